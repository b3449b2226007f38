/** Fourier transforms. */
@NullMarked
package org.sardonyx.operators.signal;

import org.jspecify.annotations.NullMarked;
