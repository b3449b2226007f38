/** The front door: read a model, run it. */
@NullMarked
package org.sardonyx;

import org.jspecify.annotations.NullMarked;
