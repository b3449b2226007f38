/** What is legal in a model and likely a mistake: rules with remedies, and SARIF. */
@NullMarked
package org.sardonyx.conformance.lint;

import org.jspecify.annotations.NullMarked;
