/** Rules that make a graph smaller and leave its results alone, one to a file. */
@NullMarked
package org.sardonyx.passes.simplify;

import org.jspecify.annotations.NullMarked;
