package org.sardonyx.convert.opset;

import org.jspecify.annotations.Nullable;

/**
 * What becomes of an operator where a version of ai.onnx changes it.
 *
 * @param typesOnly whether the two versions differ in the types that they take and in nothing else
 * @param up from the version before to this one; null where this one is the first
 * @param down from this version to the one before
 */
record Change(boolean typesOnly, @Nullable Adapter up, Adapter down) {}
