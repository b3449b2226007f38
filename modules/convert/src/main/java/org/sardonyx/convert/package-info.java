/** Passes from model to model that nothing which runs models needs. */
@NullMarked
package org.sardonyx.convert;

import org.jspecify.annotations.NullMarked;
