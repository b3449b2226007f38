/** Operators that change the shape or the element type of a tensor. */
@NullMarked
package org.sardonyx.operators.shaping;

import org.jspecify.annotations.NullMarked;
