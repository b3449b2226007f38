/** Compiles a model for this machine and runs it. */
@NullMarked
package org.sardonyx.runtime;

import org.jspecify.annotations.NullMarked;
