/** What an operator is, and the table of all operators. */
@NullMarked
package org.sardonyx.operators;

import org.jspecify.annotations.NullMarked;
