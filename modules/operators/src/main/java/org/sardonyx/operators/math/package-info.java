/** Arithmetic: elementwise, cumulative, bitwise, and products of matrices. */
@NullMarked
package org.sardonyx.operators.math;

import org.jspecify.annotations.NullMarked;
