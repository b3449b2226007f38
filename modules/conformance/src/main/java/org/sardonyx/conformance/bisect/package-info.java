/** Where a model goes wrong: the first node, the body, the time step, the origin of a NaN. */
@NullMarked
package org.sardonyx.conformance.bisect;

import org.jspecify.annotations.NullMarked;
