/** What two models have different. */
@NullMarked
package org.sardonyx.conformance.diff;

import org.jspecify.annotations.NullMarked;
