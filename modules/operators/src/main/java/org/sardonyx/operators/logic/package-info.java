/** Comparisons, truth values and the choice between two tensors. */
@NullMarked
package org.sardonyx.operators.logic;

import org.jspecify.annotations.NullMarked;
