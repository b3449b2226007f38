/** Engines that run a model, and the comparison of what they return. */
@NullMarked
package org.sardonyx.oracle;

import org.jspecify.annotations.NullMarked;
