package org.sardonyx.conformance.lint;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.sardonyx.error.Diagnostic;
import org.sardonyx.error.Diagnostic.Severity;
import org.sardonyx.graph.Model;
import org.sardonyx.operators.Operators;
import org.sardonyx.passes.Check;
import org.sardonyx.passes.Infer;
import org.sardonyx.passes.Inferred;

/**
 * Everything that {@link Check} finds, and what {@link LintRule} lists beside it.
 *
 * <p>A finding is suppressed by {@code rule} or {@code rule:node name}: where the model's metadata
 * have it under {@link #KEY}, separated by commas, or where the caller says so.
 */
public final class Lint {

  /** The key of the metadata that suppress findings. */
  public static final String KEY = "sardonyx.lint.ignore";

  private final Operators operators;

  private Lint(Operators operators) {
    this.operators = operators;
  }

  public static Lint of(Operators operators) {
    return new Lint(operators);
  }

  /**
   * What was found.
   *
   * @param found what counts
   * @param suppressed what does not
   * @param unused suppressions that suppressed nothing
   */
  public record Result(List<Diagnostic> found, List<Diagnostic> suppressed, List<String> unused) {
    public Result {
      found = List.copyOf(found);
      suppressed = List.copyOf(suppressed);
      unused = List.copyOf(unused);
    }
  }

  /**
   * Looks at a model.
   *
   * @param ignored suppressions beside those of the model
   */
  public Result lint(Model model, Collection<String> ignored) {
    List<Diagnostic> all = new ArrayList<>(Check.of(operators).check(model));
    if (all.stream().noneMatch(d -> d.severity() == Severity.ERROR && !Check.isUnsupported(d))) {
      Inferred inferred = Infer.of(operators).infer(model);
      all.addAll(new UseRules(inferred).findings());
      all.addAll(new NodeTraps(inferred).findings());
    }
    Set<String> wanted = new TreeSet<>(ignored);
    model.metadata().stream()
        .filter(entry -> entry.key().equals(KEY))
        .flatMap(entry -> Arrays.stream(entry.value().split(",", -1)))
        .map(String::strip)
        .filter(text -> !text.isEmpty())
        .forEach(wanted::add);
    List<Diagnostic> found = new ArrayList<>();
    List<Diagnostic> suppressed = new ArrayList<>();
    Set<String> unused = new TreeSet<>(wanted);
    for (Diagnostic diagnostic : all) {
      List<String> by =
          diagnostic.severity() == Severity.ERROR
              ? List.of()
              : wanted.stream().filter(text -> suppresses(text, diagnostic)).toList();
      by.forEach(unused::remove);
      (by.isEmpty() ? found : suppressed).add(diagnostic);
    }
    return new Result(found, suppressed, List.copyOf(unused));
  }

  private static boolean suppresses(String text, Diagnostic diagnostic) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      return text.equals(diagnostic.rule());
    }
    String node = "node \"" + text.substring(colon + 1) + "\" (";
    return text.substring(0, colon).equals(diagnostic.rule())
        && diagnostic.location().path().stream().anyMatch(step -> step.startsWith(node));
  }
}
