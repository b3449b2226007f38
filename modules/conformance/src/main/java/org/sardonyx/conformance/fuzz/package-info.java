/** Valid random models, run in three engines: what nobody planned to test. */
@NullMarked
package org.sardonyx.conformance.fuzz;

import org.jspecify.annotations.NullMarked;
