package org.sardonyx.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.mutate.Guided;
import org.sardonyx.conformance.mutate.Mutants;
import org.sardonyx.conformance.mutate.Target;
import org.sardonyx.conformance.mutate.Trial;

/**
 * What Jazzer calls, in the process that {@link GuidedMutantsTest} starts: gives an input to the
 * reader of its kind. The kinds are all, or those named by {@code -Dguided.only}.
 */
public final class GuidedMutants {

  static final String ONLY = "guided.only";
  static final String BLIND = "guided.blind";
  static final String FOLDER = "guided.folder";
  static final String NOT_AGAIN = "not again";
  static final long MOST_MILLIS = 2000;
  static final long MOST_BYTES = 256L << 20;

  private final List<Target> targets;
  private final Guided guided;

  /** For comparison: mutants of the first kind that nothing guides, whatever the input; or null. */
  private final @Nullable Mutants blind;

  private long next;

  private GuidedMutants(List<Target> targets) {
    this.targets = targets;
    this.blind =
        Boolean.getBoolean(BLIND)
            ? new Mutants(targets.getFirst(), Long.getLong("seed", 11), MOST_MILLIS, MOST_BYTES)
            : null;
    this.guided = new Guided(targets);
  }

  /**
   * @param only names of kinds, with commas between them; all where it is empty
   * @param folder for temporary files
   */
  static GuidedMutants of(String only, Path folder) throws IOException {
    List<String> names = only.isEmpty() ? List.of() : Arrays.asList(only.split(",", -1));
    Path models = Path.of("../../models");
    return new GuidedMutants(
        new Targets(models, Path.of("src/test/corpus"), folder)
            .all().stream()
                .filter(target -> names.isEmpty() || names.contains(target.name()))
                .toList());
  }

  /** Writes the inputs that a search begins with. */
  void seeds(Path to) throws IOException {
    for (int kind = 0; kind < targets.size(); kind++) {
      for (int i = 0; i < targets.get(kind).seeds().size(); i++) {
        Files.write(to.resolve(targets.get(kind).name() + "-" + i), Guided.whole(kind, i));
      }
    }
  }

  /** Returns what an input does that it may not, and the smallest file that does it too. */
  String describe(byte[] input, Path smallest) throws IOException {
    Target target = guided.target(input);
    byte[] file = guided.file(input);
    Trial trial = trial(target);
    String what = trial.failure(file);
    Files.write(smallest, what == null ? file : trial.smaller(file, what));
    return target.name() + ": " + (what == null ? NOT_AGAIN : what);
  }

  /** Returns the file of an input; where nothing is to guide, the next mutant instead. */
  private byte[] file(byte[] input) {
    if (blind == null) {
      return guided.file(input);
    }
    return blind.mutant(next++);
  }

  private static Trial trial(Target target) {
    return new Trial(target, MOST_MILLIS * 1_000_000, MOST_BYTES);
  }

  /** Made when Jazzer asks first: its interface has no place for an object. */
  private static final class Jazzer {
    private static final GuidedMutants MUTANTS;

    static {
      try {
        MUTANTS = of(System.getProperty(ONLY, ""), Path.of(System.getProperty(FOLDER, "")));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /**
   * Reads an input.
   *
   * @throws IllegalStateException where that does not end as it should
   */
  public static void fuzzerTestOneInput(byte[] input) {
    Guided guided = Jazzer.MUTANTS.guided;
    Trial trial = trial(guided.target(input));
    byte[] file = Jazzer.MUTANTS.file(input);
    String what = trial.failure(file);
    if (what != null) {
      what = trial.failure(file); // the first time classes are loaded too, and changed by Jazzer
    }
    if (what != null) {
      throw new IllegalStateException(guided.target(input).name() + ": " + what);
    }
  }
}
