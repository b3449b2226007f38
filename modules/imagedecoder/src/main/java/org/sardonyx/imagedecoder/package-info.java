/**
 * ImageDecoder of ai.onnx as a user's operator: {@code
 * SessionOptions.standard().withOperators(ImageDecoder.DEF)}.
 */
@org.jspecify.annotations.NullMarked
package org.sardonyx.imagedecoder;
