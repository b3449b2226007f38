/** Operators that make tensors out of little: constants, ranges, random numbers, windows. */
@NullMarked
package org.sardonyx.operators.generator;

import org.jspecify.annotations.NullMarked;
