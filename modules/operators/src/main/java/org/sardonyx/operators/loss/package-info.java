/** Losses of classifiers. */
@NullMarked
package org.sardonyx.operators.loss;

import org.jspecify.annotations.NullMarked;
