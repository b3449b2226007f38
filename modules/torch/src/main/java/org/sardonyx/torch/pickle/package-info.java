/** Python's pickles as data: nothing is called. */
@NullMarked
package org.sardonyx.torch.pickle;

import org.jspecify.annotations.NullMarked;
