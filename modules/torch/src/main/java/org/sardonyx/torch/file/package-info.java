/** The containers of PyTorch's files, mapped. */
@NullMarked
package org.sardonyx.torch.file;

import org.jspecify.annotations.NullMarked;
