package org.sardonyx.torch;

import java.util.List;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Model;
import org.sardonyx.torch.exported.ExportedProgram;
import org.sardonyx.torch.pickle.Pickled;
import org.sardonyx.torch.script.Conversion;
import org.sardonyx.torch.script.Program;

/**
 * Makes models of archives of {@code torch.jit.save}, traced, scripted or frozen, and of {@code
 * torch.export.save}: the method {@code forward} of the module, or the exported graph, is followed,
 * and what it does with tensors becomes a graph. Sizes of inputs stay open.
 */
public final class TorchScript {

  private TorchScript() {}

  /**
   * A model.
   *
   * @param model the model
   * @param notes what a person should know of it: what was assumed, and what was left out
   */
  public record Result(Model model, List<String> notes) {}

  /**
   * Converts a module.
   *
   * @throws UnsupportedModel where the program uses what is not known
   * @throws MalformedModel where the code is none
   */
  public static Result convert(TorchFile file, TorchOptions options) {
    if (file.kind() == TorchFile.Kind.EXPORTED) {
      return exported(file, options);
    }
    if (file.kind() != TorchFile.Kind.SCRIPT) {
      throw new UnsupportedModel(
          file.label()
              + " holds no program (torch.jit.save), but "
              + file.tensors().size()
              + " tensors: --draft-spec begins a description of the model that they belong to");
    }
    try {
      if (!(file.root() instanceof Pickled.Instance root)) {
        throw new MalformedModel("data.pkl holds no module");
      }
      if (!(file.constants() instanceof Pickled.Tuple(var constants))) {
        throw new MalformedModel("constants.pkl holds no tuple");
      }
      Program program = new Program(file.archive(), file.stem());
      Conversion.Result result =
          Conversion.of(
              root.type().name(),
              options,
              (emit, ports) ->
                  Conversion.forward(
                      emit,
                      ports,
                      program,
                      root,
                      file.storages(),
                      constants,
                      file.constantStorages()));
      return new Result(result.model(), result.notes());
    } catch (ModelException e) {
      throw e.within(file.label());
    }
  }

  private static Result exported(TorchFile file, TorchOptions options) {
    ExportedArchive archive = file.exported();
    try {
      ExportedProgram program =
          new ExportedProgram(archive.program(), archive.weights(), archive.constants(), options);
      Conversion.Result result = Conversion.of("exported", options, program::follow);
      return new Result(result.model(), result.notes());
    } catch (ModelException e) {
      throw e.within(file.label());
    }
  }
}
