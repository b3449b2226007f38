/** Shaping operators of domain com.microsoft. */
@NullMarked
package org.sardonyx.operators.shaping.microsoft;

import org.jspecify.annotations.NullMarked;
