/** Parameters saved by DJL. */
@NullMarked
package org.sardonyx.frameworks.djl;

import org.jspecify.annotations.NullMarked;
