/** Operators on sequences and optionals. */
@NullMarked
package org.sardonyx.operators.sequence;

import org.jspecify.annotations.NullMarked;
