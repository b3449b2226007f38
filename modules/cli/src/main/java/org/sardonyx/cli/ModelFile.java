package org.sardonyx.cli;

import java.nio.file.Path;
import org.sardonyx.graph.Model;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.onnx.ReadOptions;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The model that a command works on. */
final class ModelFile {

  @Parameters(index = "0", paramLabel = "MODEL", description = "An ONNX file.")
  Path path;

  @Option(names = "--no-external", description = "Open no file but the model itself.")
  boolean noExternal;

  ModelFile() {}

  Model read() {
    return Onnx.read(path, noExternal ? ReadOptions.UNTRUSTED : ReadOptions.DEFAULT);
  }
}
