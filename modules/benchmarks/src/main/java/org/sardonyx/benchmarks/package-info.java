/** JMH benchmarks. */
@NullMarked
package org.sardonyx.benchmarks;

import org.jspecify.annotations.NullMarked;
