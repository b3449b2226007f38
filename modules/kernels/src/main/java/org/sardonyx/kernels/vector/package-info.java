/** The kernels by SIMD. The only package that uses {@code jdk.incubator.vector}. */
@NullMarked
package org.sardonyx.kernels.vector;

import org.jspecify.annotations.NullMarked;
