/** Outputs kept to find later what has changed. */
@NullMarked
package org.sardonyx.conformance.golden;

import org.jspecify.annotations.NullMarked;
