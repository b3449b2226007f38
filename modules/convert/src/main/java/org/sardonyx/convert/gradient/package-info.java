/** Derivatives of graphs, in reverse mode. */
@NullMarked
package org.sardonyx.convert.gradient;

import org.jspecify.annotations.NullMarked;
