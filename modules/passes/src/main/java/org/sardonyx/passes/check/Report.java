package org.sardonyx.passes.check;

import java.util.ArrayList;
import java.util.List;
import org.sardonyx.error.Diagnostic;
import org.sardonyx.error.Diagnostic.Severity;
import org.sardonyx.passes.walk.Where;

/** What was found so far. */
public final class Report {

  private final List<Diagnostic> diagnostics = new ArrayList<>();

  void error(String rule, Where where, String message) {
    diagnostics.add(new Diagnostic(Severity.ERROR, rule, where.location(), message));
  }

  void warning(String rule, Where where, String message) {
    diagnostics.add(new Diagnostic(Severity.WARNING, rule, where.location(), message));
  }

  public void add(Diagnostic diagnostic) {
    diagnostics.add(diagnostic);
  }

  public List<Diagnostic> diagnostics() {
    return List.copyOf(diagnostics);
  }

  /** Returns a name as messages show it. */
  static String quote(String name) {
    return "\"" + org.sardonyx.error.Text.escape(name) + "\"";
  }
}
