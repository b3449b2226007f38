package org.sardonyx.error;

/**
 * One finding about a model.
 *
 * @param severity whether the model may still be used
 * @param rule the short name of the rule that was broken, for example {@code ssa}
 * @param location where
 * @param message what, and what to do
 */
public record Diagnostic(Severity severity, String rule, Location location, String message) {

  /** How bad a finding is. */
  public enum Severity {
    /** The model breaks a rule of ONNX. */
    ERROR,
    /** The model is legal, and likely not what its author meant. */
    WARNING
  }

  @Override
  public String toString() {
    String where = location.path().isEmpty() ? "" : location + ": ";
    return severity.name().toLowerCase(java.util.Locale.ROOT)
        + " ["
        + rule
        + "] "
        + where
        + message;
  }
}
