/** What can be made smaller, one file a rule. */
@NullMarked
package org.sardonyx.optimize.rules;

import org.jspecify.annotations.NullMarked;
