/** Activation functions of neural networks. */
@NullMarked
package org.sardonyx.operators.activation;

import org.jspecify.annotations.NullMarked;
