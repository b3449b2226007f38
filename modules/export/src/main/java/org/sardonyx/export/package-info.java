/** Models checked before they are written, and models from specifications and files of weights. */
@NullMarked
package org.sardonyx.export;

import org.jspecify.annotations.NullMarked;
