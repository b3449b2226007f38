/** Making every float of a model double. */
@NullMarked
package org.sardonyx.passes.promote;

import org.jspecify.annotations.NullMarked;
