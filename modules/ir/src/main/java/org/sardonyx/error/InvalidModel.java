package org.sardonyx.error;

import java.util.List;
import java.util.stream.Collectors;

/** The model breaks the rules of ONNX; carries every finding. */
public final class InvalidModel extends ModelException {

  private static final long serialVersionUID = 1L;
  private static final int SHOWN = 10;

  private final transient List<Diagnostic> diagnostics;

  public InvalidModel(String what) {
    super(what, null);
    this.diagnostics =
        List.of(new Diagnostic(Diagnostic.Severity.ERROR, "model", Location.NOWHERE, what));
  }

  /** Makes one from the findings of a check, at least one of which is an error. */
  public InvalidModel(List<Diagnostic> diagnostics) {
    super(summary(diagnostics), null);
    this.diagnostics = List.copyOf(diagnostics);
  }

  /** Returns every finding, in the order of the model. */
  public List<Diagnostic> diagnostics() {
    return diagnostics;
  }

  private static String summary(List<Diagnostic> diagnostics) {
    String shown =
        diagnostics.stream()
            .limit(SHOWN)
            .map(Diagnostic::toString)
            .collect(Collectors.joining("\n  ", "the model is not valid:\n  ", ""));
    int more = diagnostics.size() - SHOWN;
    return more > 0 ? shown + "\n  and " + more + " more" : shown;
  }
}
