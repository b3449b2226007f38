/** Attention and what goes with it: scaled dot products, rotary positions, linear attention. */
@NullMarked
package org.sardonyx.operators.attention;

import org.jspecify.annotations.NullMarked;
