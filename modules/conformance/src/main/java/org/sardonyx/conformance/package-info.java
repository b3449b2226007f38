/** Verdicts on models by native engine, ONNX Runtime and double-precision arbiter. */
@NullMarked
package org.sardonyx.conformance;

import org.jspecify.annotations.NullMarked;
