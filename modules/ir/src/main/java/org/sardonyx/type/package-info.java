/** Types and shapes of values, with known, named and unknown dimensions. */
@NullMarked
package org.sardonyx.type;

import org.jspecify.annotations.NullMarked;
