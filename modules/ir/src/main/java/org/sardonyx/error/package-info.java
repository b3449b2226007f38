/** What can be wrong with a model or an input, and where. */
@NullMarked
package org.sardonyx.error;

import org.jspecify.annotations.NullMarked;
