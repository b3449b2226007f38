/** Generators of domain com.microsoft. */
@NullMarked
package org.sardonyx.operators.generator.microsoft;

import org.jspecify.annotations.NullMarked;
