/** Text operators of domain com.microsoft. */
@NullMarked
package org.sardonyx.operators.text.microsoft;

import org.jspecify.annotations.NullMarked;
