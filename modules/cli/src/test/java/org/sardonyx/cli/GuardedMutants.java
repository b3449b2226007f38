package org.sardonyx.cli;

/** Fails for one beginning in 2^48: whether {@link GuidedMutantsTest} is guided. */
public final class GuardedMutants {

  private GuardedMutants() {}

  /** What Jazzer calls. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length > 5
        && input[0] == 'g'
        && input[1] == 'u'
        && input[2] == 'i'
        && input[3] == 'd'
        && input[4] == 'e'
        && input[5] == 'd') {
      throw new IllegalStateException("found");
    }
  }
}
