package org.sardonyx.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.sardonyx.conformance.suite.ModelFiles;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.SparseTensorData;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.onnx.ReadOptions;
import org.sardonyx.onnx.WriteOptions;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.text.OnnxText;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The model that a command works on. */
final class ModelFile {

  @Spec(Spec.Target.MIXEE)
  CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description = "An ONNX file, or ONNX's text form where the name ends in .onnxtxt.")
  Path path;

  @Option(names = "--no-external", description = "Open no file but the model itself.")
  boolean noExternal;

  ModelFile() {}

  /** Reads the model; weights in other files are opened when they are asked for. */
  Model read() {
    return ModelFiles.read(path, reading());
  }

  private ReadOptions reading() {
    ReadOptions options = Output.reading(spec);
    return noExternal ? options.withExternalData(false) : options;
  }

  /** Returns another file, read under the same conditions. */
  ModelFile beside(Path other) {
    ModelFile file = new ModelFile();
    file.path = other;
    file.spec = spec;
    file.noExternal = noExternal;
    return file;
  }

  /** Returns the file for engines, which open it themselves; of a text, a copy in binary form. */
  Path binary() {
    if (!OnnxText.isText(path)) {
      return path;
    }
    try {
      Path copy = Files.createTempFile("model", ".onnx");
      copy.toFile().deleteOnExit();
      Onnx.write(read(), copy);
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes a model, as text where the name says so. */
  static void write(Model model, Path to, WriteOptions options) {
    if (OnnxText.isText(to)) {
      OnnxText.write(model, to);
    } else {
      Onnx.write(model, to, options);
    }
  }

  /**
   * Reads a model that is to be run. Engines open it themselves, by its path; so one that needs
   * other files is refused here where none may be opened.
   */
  Model readWhole() {
    Model model = read();
    if (!reading().externalData()) {
      load(model.graph());
      model.functions().forEach(function -> function.nodes().forEach(ModelFile::load));
    }
    return model;
  }

  private static void load(Graph graph) {
    graph.initializers().forEach(TensorData::load);
    graph.sparseInitializers().forEach(SparseTensorData::load);
    graph.nodes().forEach(ModelFile::load);
  }

  private static void load(Node node) {
    for (Attribute attribute : node.attributes()) {
      switch (attribute.value()) {
        case Attribute.OfTensor(TensorData tensor) -> tensor.load();
        case Attribute.OfTensors(List<TensorData> tensors) -> tensors.forEach(TensorData::load);
        case Attribute.OfSparseTensor(SparseTensorData tensor) -> tensor.load();
        case Attribute.OfSparseTensors(List<SparseTensorData> tensors) ->
            tensors.forEach(SparseTensorData::load);
        case Attribute.OfGraph(Graph graph) -> load(graph);
        case Attribute.OfGraphs(List<Graph> graphs) -> graphs.forEach(ModelFile::load);
        default -> {}
      }
    }
  }
}
