/** Networks saved by DL4J. */
@NullMarked
package org.sardonyx.frameworks.dl4j;

import org.jspecify.annotations.NullMarked;
