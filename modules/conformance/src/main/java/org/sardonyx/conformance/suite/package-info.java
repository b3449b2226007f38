/** Suites of models: what they say, how they run, and reports. */
@NullMarked
package org.sardonyx.conformance.suite;

import org.jspecify.annotations.NullMarked;
