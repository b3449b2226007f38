package org.sardonyx.conformance.metamorphic;

/** What must hold of a model without anything to compare it with. */
public enum Relation {
  BATCH_PERMUTATION("rows in another order give the same rows in that order"),
  BATCH_OF_COPIES("rows that are equal give equal rows"),
  PADDING("steps beyond the lengths change nothing within them"),
  CHUNKS("a stream of two parts gives what one run gives"),
  PREFILL(
      "one run for each step, with keys and values carried along, gives what one run over all gives"),
  UNROLLED("Loop, Scan and recurrent layers written out step by step give the same"),
  HIDDEN_PERMUTATION("hidden units of a recurrent layer in another order change nothing"),
  LAYOUT("a recurrent layer with its batch first, between transposes, changes nothing"),
  OPSET("the model in a newer and an older version of ai.onnx gives the same"),
  SIMPLIFY("the model as it stands gives what the simplified one gives"),
  KERNELS("plain loops give what vectors give"),
  THREADS("several threads give the bits of one");

  private final String says;

  Relation(String says) {
    this.says = says;
  }

  /** Returns the relation in words. */
  public String says() {
    return says;
  }

  /** Returns the name used in reports: {@code batch-permutation}. */
  public String word() {
    return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }
}
