/** Tensors: an element type, a shape, and one primitive array. */
@NullMarked
package org.sardonyx.tensor;

import org.jspecify.annotations.NullMarked;
