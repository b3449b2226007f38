/** What every pass needs to go through a model: paths, versions, functions, order, fresh names. */
@NullMarked
package org.sardonyx.passes.walk;

import org.jspecify.annotations.NullMarked;
