/** Operators on images: resampling, boxes, regions. */
@NullMarked
package org.sardonyx.operators.image;

import org.jspecify.annotations.NullMarked;
