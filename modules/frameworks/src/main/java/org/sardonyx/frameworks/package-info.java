/** What the imports from frameworks have in common. */
@NullMarked
package org.sardonyx.frameworks;

import org.jspecify.annotations.NullMarked;
