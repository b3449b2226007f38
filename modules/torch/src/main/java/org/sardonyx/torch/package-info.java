/** PyTorch's files as tensors and as models. */
@NullMarked
package org.sardonyx.torch;

import org.jspecify.annotations.NullMarked;
