/** Files that people write: suites, specifications. */
@NullMarked
package org.sardonyx.conformance.yaml;

import org.jspecify.annotations.NullMarked;
