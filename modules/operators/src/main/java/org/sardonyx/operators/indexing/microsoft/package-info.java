/** Indexing operators of domain com.microsoft. */
@NullMarked
package org.sardonyx.operators.indexing.microsoft;

import org.jspecify.annotations.NullMarked;
