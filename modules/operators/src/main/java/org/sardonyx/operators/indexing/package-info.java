/** Operators that pick, place and sort elements by index. */
@NullMarked
package org.sardonyx.operators.indexing;

import org.jspecify.annotations.NullMarked;
