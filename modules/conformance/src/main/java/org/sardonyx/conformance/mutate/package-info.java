/**
 * Readers of files, tried on broken ones: whatever a file holds, a reader gives what is in it or a
 * {@code ModelException}, within time and memory.
 */
@NullMarked
package org.sardonyx.conformance.mutate;

import org.jspecify.annotations.NullMarked;
