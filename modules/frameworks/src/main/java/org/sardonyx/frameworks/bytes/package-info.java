/** Bytes, archives and documents that nobody vouches for, read within limits. */
@NullMarked
package org.sardonyx.frameworks.bytes;

import org.jspecify.annotations.NullMarked;
