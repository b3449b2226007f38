package org.sardonyx.passes;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.sardonyx.error.Diagnostic;
import org.sardonyx.error.Diagnostic.Severity;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.Location;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Model;
import org.sardonyx.operators.Operators;
import org.sardonyx.passes.check.Rules;

/**
 * Finds everything in a model that breaks a rule of ONNX, each with its place through nested graphs
 * and functions and the name of the rule; and, as warnings, what is legal and likely a mistake.
 *
 * <p>Findings whose rule begins with {@code unsupported} are no fault of the model: it is newer
 * than this library, or asks for what is not implemented.
 */
public final class Check {

  private static final String UNSUPPORTED = "unsupported";

  private final Operators operators;

  private Check(Operators operators) {
    this.operators = operators;
  }

  public static Check of(Operators operators) {
    return new Check(operators);
  }

  /**
   * Returns every finding: those about structure first, then those about types and shapes.
   *
   * @throws LimitExceeded where memory ends
   */
  public List<Diagnostic> check(Model model) {
    try {
      return found(model);
    } catch (OutOfMemoryError e) {
      throw LimitExceeded.heap();
    }
  }

  private List<Diagnostic> found(Model model) {
    Set<Diagnostic> found = new LinkedHashSet<>(new Rules(model, operators).check());
    try {
      found.addAll(Infer.of(operators).inferred(model).findings());
    } catch (LimitExceeded e) {
      found.add(
          new Diagnostic(
              Severity.ERROR, UNSUPPORTED + "-" + e.limit(), Location.NOWHERE, e.what()));
    }
    return List.copyOf(found);
  }

  /**
   * Returns the warnings of a model that has no errors.
   *
   * @throws InvalidModel with every finding, where the model breaks a rule
   * @throws UnsupportedModel where it breaks none but asks for what is not implemented
   * @throws LimitExceeded where memory ends
   */
  public List<Diagnostic> requireValid(Model model) {
    List<Diagnostic> found = check(model);
    List<Diagnostic> errors = new ArrayList<>();
    for (Diagnostic diagnostic : found) {
      if (diagnostic.severity() == Severity.ERROR) {
        errors.add(diagnostic);
      }
    }
    if (errors.isEmpty()) {
      return found;
    }
    if (errors.stream().allMatch(Check::isUnsupported)) {
      throw new UnsupportedModel(
          errors.stream()
              .limit(10)
              .map(Diagnostic::toString)
              .collect(Collectors.joining("\n  ", "the model cannot be run here:\n  ", "")));
    }
    List<Diagnostic> all = new ArrayList<>(errors);
    found.stream().filter(d -> d.severity() != Severity.ERROR).forEach(all::add);
    throw new InvalidModel(all);
  }

  /**
   * Whether a finding says that the model asks for what is not implemented, not that it is wrong.
   */
  public static boolean isUnsupported(Diagnostic diagnostic) {
    return diagnostic.rule().startsWith(UNSUPPORTED);
  }
}
