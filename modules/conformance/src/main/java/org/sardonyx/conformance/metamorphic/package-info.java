/** What must hold of a model whatever it computes: checks that need no reference. */
@NullMarked
package org.sardonyx.conformance.metamorphic;

import org.jspecify.annotations.NullMarked;
