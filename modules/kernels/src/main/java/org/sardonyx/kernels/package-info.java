/** Loops over primitive arrays: what every operator spends its time in. */
@NullMarked
package org.sardonyx.kernels;

import org.jspecify.annotations.NullMarked;
