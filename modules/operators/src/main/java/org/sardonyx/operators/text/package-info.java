/** Operators on strings. */
@NullMarked
package org.sardonyx.operators.text;

import org.jspecify.annotations.NullMarked;
