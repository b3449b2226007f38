/** Image operators of domain com.microsoft. */
@NullMarked
package org.sardonyx.operators.image.microsoft;

import org.jspecify.annotations.NullMarked;
