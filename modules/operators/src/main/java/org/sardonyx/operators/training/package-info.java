/** Steps of optimizers: domain ai.onnx.preview.training. */
@NullMarked
package org.sardonyx.operators.training;

import org.jspecify.annotations.NullMarked;
