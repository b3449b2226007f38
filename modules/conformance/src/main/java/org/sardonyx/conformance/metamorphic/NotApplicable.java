package org.sardonyx.conformance.metamorphic;

/** Says why a relation does not apply to a model. */
final class NotApplicable extends Exception {

  private static final long serialVersionUID = 1;

  private final String why;

  NotApplicable(String why) {
    super(why);
    this.why = why;
  }

  String why() {
    return why;
  }
}
