/** Conformance of models as tests of JUnit 5. */
@NullMarked
package org.sardonyx.junit;

import org.jspecify.annotations.NullMarked;
