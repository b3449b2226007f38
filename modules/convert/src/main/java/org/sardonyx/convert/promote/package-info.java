/** Making every float of a model double. */
@NullMarked
package org.sardonyx.convert.promote;

import org.jspecify.annotations.NullMarked;
