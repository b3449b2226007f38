/** Reductions of dimensions to one number each: sums, norms, extremes and where they are. */
@NullMarked
package org.sardonyx.operators.reduction;

import org.jspecify.annotations.NullMarked;
