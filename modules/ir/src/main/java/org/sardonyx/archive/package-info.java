/** Archives that nobody vouches for, read by whoever reads files that are archives. */
@NullMarked
package org.sardonyx.archive;

import org.jspecify.annotations.NullMarked;
