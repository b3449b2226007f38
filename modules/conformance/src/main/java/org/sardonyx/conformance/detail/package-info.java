/** How outputs are off: in units in the last place, over time, in their order. */
@NullMarked
package org.sardonyx.conformance.detail;

import org.jspecify.annotations.NullMarked;
