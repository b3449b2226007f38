package org.sardonyx.conformance.mutate;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Mutants for a search that changes bytes and sees what code they reach, over readers of several
 * kinds. Its inputs are no files, but say how one is made:
 *
 * <pre>
 * byte 0     the kind
 * byte 1     which file to begin with
 * bytes 2-   what the changes choose, one change after another, until there are no more
 * </pre>
 *
 * So whatever the search does to an input is a change of the structure of a file, and what comes of
 * an input that reached something new goes on where that one ended.
 */
public final class Guided {

  private static final int MOST_CHANGES = 64;
  private static final int MOST_LITERAL = 8;

  private final List<Target> targets;

  public Guided(List<Target> targets) {
    this.targets = List.copyOf(targets);
  }

  /** Returns the input that is a file to begin with, as it is. */
  public static byte[] whole(int kind, int seed) {
    return new byte[] {(byte) kind, (byte) seed};
  }

  /** Returns the kind that an input is of. */
  public Target target(byte[] input) {
    return targets.get(input.length == 0 ? 0 : (input[0] & 0xff) % targets.size());
  }

  /** Returns the file that an input describes. */
  public byte[] file(byte[] input) {
    List<byte[]> seeds = target(input).seeds();
    byte[] file = seeds.get(input.length < 2 ? 0 : (input[1] & 0xff) % seeds.size());
    Choices choices = new Choices(input);
    Mutator mutator = new Mutator(target(input), choices);
    for (int i = 0; i < MOST_CHANGES && choices.left(); i++) {
      file = choices.nextInt(8) == 0 ? literal(file, choices) : mutator.changed(file, 1);
    }
    return file;
  }

  /** Puts some bytes of the input into a file: what the search has seen compared comes there. */
  private static byte[] literal(byte[] file, Choices choices) {
    int at = file.length == 0 ? 0 : choices.nextInt(file.length);
    byte[] bytes = choices.some(1 + choices.nextInt(MOST_LITERAL));
    int end = choices.nextInt(2) == 0 ? at : Math.min(file.length, at + bytes.length);
    return Mutator.insert(Mutator.cut(file, at, end), at, bytes);
  }

  /** Numbers that are bytes of an input; zeros after them. */
  private static final class Choices implements RandomGenerator {

    private final byte[] input;
    private int at = 2;

    Choices(byte[] input) {
      this.input = input;
    }

    boolean left() {
      return at < input.length;
    }

    private int next() {
      return left() ? input[at++] & 0xff : 0;
    }

    byte[] some(int count) {
      int from = Math.min(at, input.length);
      at = Math.min(input.length, from + count);
      return Arrays.copyOfRange(input, from, at);
    }

    @Override
    public int nextInt() {
      return next() | next() << 8 | next() << 16 | next() << 24;
    }

    @Override
    public long nextLong() {
      return Integer.toUnsignedLong(nextInt()) | ((long) nextInt() << 32);
    }

    /** One byte where that is enough, so that a small change of the input is a small change. */
    @Override
    public int nextInt(int bound) {
      int chosen = next();
      return (bound > 256 ? chosen | next() << 8 : chosen) % bound;
    }
  }
}
