package org.sardonyx.frameworks.dl4j;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.sardonyx.archive.Archive;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.Text;
import org.sardonyx.frameworks.ImportOptions;
import org.sardonyx.frameworks.bytes.Fields;
import org.sardonyx.frameworks.bytes.FileBytes;
import org.sardonyx.graph.Model;
import org.sardonyx.layers.Network;

/**
 * Reads networks that DL4J saved: MultiLayerNetwork and ComputationGraph, as of 1.0.0-beta and
 * later.
 *
 * <p>The model takes and gives what {@code output(...)} of the network does, in the same format
 * (NCW or NWC). A MultiLayerNetwork has the input {@code x} and the output {@code y}; a
 * ComputationGraph has the names of its own. Numbers of rows of tables are int64 [batch, time].
 * Weights become float, whatever type they had.
 */
public final class Dl4j {

  private static final String CONFIGURATION = "configuration.json";
  private static final String COEFFICIENTS = "coefficients.bin";
  private static final Set<String> OF_TRAINING =
      Set.of("updaterState.bin", "updater.bin", "noParams.marker");
  private static final Set<String> OF_DATA = Set.of("normalizer.bin", "preprocessor.bin");

  private Dl4j() {}

  /**
   * Reads a network.
   *
   * @throws MalformedModel where the file is none, or its parts contradict each other
   * @throws org.sardonyx.error.UnsupportedModel where a layer or a setting is not known
   * @throws org.sardonyx.error.LimitExceeded where the file is larger than allowed
   * @throws org.sardonyx.error.InvalidInput where it cannot be read
   */
  public static Model read(Path path, ImportOptions options) {
    try {
      return read(
          FileBytes.read(path, options.maxBytes()), String.valueOf(path.getFileName()), options);
    } catch (ModelException e) {
      throw e.within(Text.escape(String.valueOf(path.getFileName())));
    } catch (ArithmeticException e) {
      throw new MalformedModel("sizes that no network has", e)
          .within(Text.escape(String.valueOf(path.getFileName())));
    }
  }

  private static Model read(byte[] file, String fileName, ImportOptions options) {
    Archive zip = Archive.of(MemorySegment.ofArray(file));
    List<String> ignored = new ArrayList<>();
    List<String> preprocessing = new ArrayList<>();
    for (String name : zip.names()) {
      if (OF_TRAINING.contains(name)) {
        ignored.add(name);
      } else if (OF_DATA.contains(name)) {
        preprocessing.add(name);
      } else if (!name.equals(CONFIGURATION) && !name.equals(COEFFICIENTS)) {
        throw new MalformedModel(
            "entry \"" + Text.escape(name) + "\" is not of a network that DL4J saved");
      }
    }
    Configuration configuration =
        Configuration.read(Fields.of(CONFIGURATION, zip.read(CONFIGURATION, options.maxBytes())));
    Nd4jArray parameters = parameters(zip, options);
    Network net = new Network(name(fileName), options.target());
    GraphWriter.write(net, configuration, new Parameters(parameters.values()), options);
    net.note("source_framework", "DL4J");
    net.note("source_file", fileName);
    net.note("source_parameters", parameters.type() + " " + parameters.values().length);
    if (!preprocessing.isEmpty()) {
      net.note("source_not_converted", String.join(", ", preprocessing));
    }
    if (!ignored.isEmpty()) {
      net.note("source_ignored", String.join(", ", ignored));
    }
    return net.model();
  }

  private static Nd4jArray parameters(Archive zip, ImportOptions options) {
    byte[] bytes = zip.read(COEFFICIENTS, options.maxBytes());
    if (bytes.length == 0 && zip.has("noParams.marker")) {
      return new Nd4jArray("FLOAT", new float[0]);
    }
    try {
      return Nd4jArray.readVector(bytes);
    } catch (ModelException e) {
      throw e.within(COEFFICIENTS);
    }
  }

  private static String name(String fileName) {
    int dot = fileName.lastIndexOf('.');
    return dot > 0 ? fileName.substring(0, dot) : fileName;
  }
}
