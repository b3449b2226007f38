/** Convolution, pooling, normalization and dropout. */
@NullMarked
package org.sardonyx.operators.nn;

import org.jspecify.annotations.NullMarked;
