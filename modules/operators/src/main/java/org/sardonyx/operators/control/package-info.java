/** Operators that run graphs: branches and loops. */
@NullMarked
package org.sardonyx.operators.control;

import org.jspecify.annotations.NullMarked;
