/** Generated cases: models of one node with random attributes, sizes and inputs, by seed. */
@NullMarked
package org.sardonyx.conformance.sweep;

import org.jspecify.annotations.NullMarked;
