/** Operators that give a value as it is. */
@NullMarked
package org.sardonyx.operators.value;

import org.jspecify.annotations.NullMarked;
