package org.sardonyx.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.sardonyx.conformance.lint.Lint;
import org.sardonyx.conformance.lint.Sarif;

/** Writes SARIF. */
final class SarifFile {

  private SarifFile() {}

  /** Writes findings about a model; its path is told from the working directory where it can be. */
  static void write(Path model, Lint.Result result, Path to) throws IOException {
    Path here = Path.of("").toAbsolutePath();
    Path whole = model.toAbsolutePath().normalize();
    Path told = whole.startsWith(here) ? here.relativize(whole) : whole;
    Files.writeString(to, Output.text(Sarif.of(told.toString(), Version.number(), result)));
  }
}
