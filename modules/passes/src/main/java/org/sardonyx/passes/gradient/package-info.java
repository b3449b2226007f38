/** Derivatives of graphs, in reverse mode. */
@NullMarked
package org.sardonyx.passes.gradient;

import org.jspecify.annotations.NullMarked;
