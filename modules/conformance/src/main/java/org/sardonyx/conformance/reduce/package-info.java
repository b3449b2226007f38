/** Failing models made small, and written as bundles that show the failure. */
@NullMarked
package org.sardonyx.conformance.reduce;

import org.jspecify.annotations.NullMarked;
