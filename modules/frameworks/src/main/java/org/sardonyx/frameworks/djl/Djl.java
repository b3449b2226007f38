package org.sardonyx.frameworks.djl;

import java.nio.file.Path;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.Text;
import org.sardonyx.frameworks.ImportOptions;
import org.sardonyx.frameworks.bytes.Fields;
import org.sardonyx.frameworks.bytes.FileBytes;
import org.sardonyx.graph.Model;
import org.sardonyx.layers.Network;

/**
 * Reads parameters that DJL saved ({@code name-0000.params}), by a specification of the blocks.
 *
 * <p>The model takes and gives what {@code forward} of the block does. Inputs have the shapes of
 * the file with dynamic batch and time; numbers of rows of tables are int64.
 */
public final class Djl {

  private static final long MAX_SPEC = 1 << 20;

  private Djl() {}

  /**
   * Reads a model.
   *
   * @param parameters the file of parameters
   * @param specification of the block that was saved, YAML or JSON
   * @throws MalformedModel where a file is none, or the specification does not fit it
   * @throws org.sardonyx.error.UnsupportedModel where a block or a setting is not known
   * @throws org.sardonyx.error.LimitExceeded where a file is larger than allowed
   * @throws org.sardonyx.error.InvalidInput where it cannot be read
   */
  public static Model read(Path parameters, Path specification, ImportOptions options) {
    Spec spec;
    try {
      spec = Spec.read(Fields.of("the specification", FileBytes.read(specification, MAX_SPEC)));
    } catch (ModelException e) {
      throw e.within(Text.escape(String.valueOf(specification.getFileName())));
    }
    String name = String.valueOf(parameters.getFileName());
    try {
      ParamsFile file = ParamsFile.open(FileBytes.read(parameters, options.maxBytes()));
      Network net = new Network(name.replaceAll("(-\\d+)?\\.params$", ""), options.target());
      new BlockWriter(net, file).write(spec);
      net.note("source_framework", "DJL");
      net.note("source_file", name);
      net.note("source_parameters", file.dataType());
      file.properties().forEach((key, value) -> net.note("djl." + key, value));
      return net.model();
    } catch (ModelException e) {
      throw e.within(Text.escape(name));
    } catch (ArithmeticException e) {
      throw new MalformedModel("sizes that no network has", e).within(Text.escape(name));
    }
  }
}
