package org.sardonyx.cli;

import java.util.List;
import org.sardonyx.conformance.ArbiterEngine;
import org.sardonyx.conformance.NativeEngine;
import org.sardonyx.imagedecoder.ImageDecoder;
import org.sardonyx.onnx.ReadOptions;
import org.sardonyx.operators.Operators;
import org.sardonyx.runtime.SessionOptions;

/** What the command line runs: our operators, and those that stand in modules of their own. */
final class WithImages {

  private WithImages() {}

  static Operators operators() {
    return Operators.standard().with(List.of(ImageDecoder.DEF));
  }

  static ArbiterEngine arbiter(ReadOptions reading) {
    return new ArbiterEngine().with(List.of(ImageDecoder.DEF)).withLimits(reading.limits());
  }

  static NativeEngine engine(ReadOptions reading) {
    return new NativeEngine("sardonyx", options(), reading);
  }

  static SessionOptions options() {
    return SessionOptions.standard().withOperators(ImageDecoder.DEF);
  }
}
