/**
 * Operators in double, written from their equations with plain loops: what is true where two
 * engines disagree. Nothing here is shared with the operators of the runtime but their signatures.
 */
@NullMarked
package org.sardonyx.conformance.arbiter;

import org.jspecify.annotations.NullMarked;
