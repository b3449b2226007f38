package org.sardonyx.conformance.suite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.Budget;
import org.sardonyx.conformance.RandomInputs;
import org.sardonyx.conformance.Verdict;
import org.sardonyx.conformance.metamorphic.Relation;
import org.sardonyx.conformance.yaml.Section;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.Text;
import org.sardonyx.oracle.Tolerance;

/**
 * Models and how they are to be judged, as a suite file says; {@code docs/suite.schema.json} has
 * its keys.
 *
 * @param name of the suite
 * @param models in the order of the file
 */
public record Suite(String name, List<Entry> models) {

  /** What a model is compared with, beside the arbiter. */
  public enum Reference {
    ONNXRUNTIME,
    /** The outputs that are stored: beside the model, or where the suite says. */
    GOLDEN,
    NONE
  }

  /**
   * A model.
   *
   * @param model the file
   * @param label what it is called in reports: its path as the suite sees it
   * @param data folders of data sets; empty for those beside the model
   * @param generated random inputs; null where none are asked for
   * @param reference what it is compared with
   * @param golden the folder of the data sets that hold stored outputs; null for beside the model
   * @param arbiter whether the float64 arbiter decides
   * @param budget how far outputs may be off
   * @param timeout for one run of the reference
   * @param expected what is known to be off
   * @param relations what must hold of the model without a reference
   */
  public record Entry(
      Path model,
      String label,
      List<Path> data,
      @Nullable Generated generated,
      Reference reference,
      @Nullable Path golden,
      boolean arbiter,
      Budget budget,
      Duration timeout,
      List<Expectation> expected,
      Relations relations) {

    /** Makes one of which no relations are looked at, with what is stored beside the model. */
    public Entry(
        Path model,
        String label,
        List<Path> data,
        @Nullable Generated generated,
        Reference reference,
        boolean arbiter,
        Budget budget,
        Duration timeout,
        List<Expectation> expected) {
      this(
          model,
          label,
          data,
          generated,
          reference,
          null,
          arbiter,
          budget,
          timeout,
          expected,
          Relations.NONE);
    }
  }

  /**
   * The relations that are looked at.
   *
   * @param asked which
   * @param byName whether the suite names them: one that does not apply is an error then
   */
  public record Relations(Set<Relation> asked, boolean byName) {

    static final Relations NONE = new Relations(Set.of(), false);

    private static final Relations ALL = new Relations(Set.of(Relation.values()), false);

    public Relations {
      asked = Collections.unmodifiableSet(new TreeSet<>(asked));
    }

    /** What a suite may say, in words. */
    public static final String CHOICE =
        "all, or a list of "
            + Stream.of(Relation.values()).map(Relation::word).collect(Collectors.joining(", "));

    /** Whether {@link #of} takes a word. */
    public static boolean isKnown(String word) {
      return word.equals("all")
          || Stream.of(Relation.values()).anyMatch(relation -> relation.word().equals(word));
    }

    /** Returns the relations of these words, or all that apply for the word {@code all} alone. */
    public static Relations of(List<String> words) {
      return words.contains("all")
          ? ALL
          : new Relations(
              Stream.of(Relation.values())
                  .filter(relation -> words.contains(relation.word()))
                  .collect(Collectors.toSet()),
              true);
    }

    static Relations read(Section section, Relations otherwise) {
      List<String> words = section.texts("metamorphic");
      if (words.isEmpty()) {
        return section.has("metamorphic") ? NONE : otherwise;
      }
      for (String word : words) {
        if (!isKnown(word) || (word.equals("all") && words.size() > 1)) {
          throw section.wrong("metamorphic", "is " + CHOICE + ", not \"" + Text.escape(word) + '"');
        }
      }
      return of(words);
    }
  }

  /**
   * Random inputs.
   *
   * @param count how many sets
   * @param seed of the first; the others follow
   * @param dims sizes of dimensions, as {@link RandomInputs} takes them
   * @param ranges what elements lie between
   */
  public record Generated(
      int count, long seed, Map<String, Long> dims, Map<String, RandomInputs.Range> ranges) {}

  /**
   * A verdict that is expected, so that it fails nothing; if it does not come, that fails.
   *
   * @param output the output; {@code *} for any
   * @param verdict what is expected of it
   * @param reason why
   * @param sometimes whether it need not come, as where it depends on the machine
   */
  public record Expectation(String output, Verdict verdict, String reason, boolean sometimes) {
    boolean isAbout(String name) {
      return output.equals("*") || output.equals(name);
    }
  }

  private static final int MOST_SETS = 1000;

  /**
   * Reads a suite file, YAML or JSON.
   *
   * @throws InvalidInput where it is wrong, with line and key, or where a pattern finds no model
   */
  public static Suite read(Path file) {
    Path folder = file.toAbsolutePath().normalize().getParent();
    Section root = Section.read(file);
    String name = root.text("name", String.valueOf(file.getFileName()));
    Defaults defaults = Defaults.STANDARD.with(root);
    List<Entry> models = new ArrayList<>();
    for (Section section : root.sections("models")) {
      models.addAll(entries(section, folder, defaults));
    }
    root.end();
    if (models.isEmpty()) {
      throw root.wrong("models", "names no model");
    }
    return new Suite(name, List.copyOf(models));
  }

  /** What a suite says for all its models, and a model may say anew. */
  private record Defaults(
      Reference reference, boolean arbiter, Budget budget, Duration timeout, Relations relations) {

    static final Defaults STANDARD =
        new Defaults(
            Reference.ONNXRUNTIME, true, Budget.STANDARD, Duration.ofMinutes(5), Relations.NONE);

    Defaults with(Section section) {
      Budget judged = budget;
      if (section.has("budget") && section.has("tolerance")) {
        throw section.wrong("budget", "and \"tolerance\" exclude one another");
      }
      if (section.has("budget")) {
        judged = readBudget(section);
      } else if (section.has("tolerance")) {
        Section numbers = section.section("tolerance");
        double rtol = numbers.number("rtol", 0);
        double atol = numbers.number("atol", 0);
        if (!(rtol >= 0 && atol >= 0)) {
          throw section.wrong("tolerance", "is not negative");
        }
        numbers.end();
        judged = Budget.fixed(new Tolerance(rtol, atol, 0, 0));
      }
      double seconds = section.number("timeout", timeout.toMillis() / 1e3);
      if (!(seconds > 0 && seconds <= 86_400)) {
        throw section.wrong("timeout", "is seconds, at most a day");
      }
      return new Defaults(
          section.choice("reference", Reference.class, reference),
          section.flag("arbiter", arbiter),
          judged,
          Duration.ofMillis((long) (seconds * 1e3)),
          Relations.read(section, relations));
    }
  }

  private static Budget readBudget(Section section) {
    if (section.text("budget", "").equals("measured")) {
      return Budget.measured(1);
    }
    double scale = section.number("budget", 1);
    if (!(scale > 0)) {
      throw section.wrong("budget", "is greater than 0");
    }
    return new Budget(scale);
  }

  private static List<Entry> entries(Section section, @Nullable Path folder, Defaults defaults) {
    Path base = folder == null ? Path.of("") : folder;
    String pattern = section.text("model");
    Defaults own = defaults.with(section);
    if (own.reference() == Reference.NONE && !own.arbiter()) {
      throw section.wrong("arbiter", "is false and there is no reference: nothing to compare with");
    }
    List<Path> data = section.texts("data").stream().map(base::resolve).toList();
    for (Path one : data) {
      if (!Files.isDirectory(one)) {
        throw section.wrong("data", "names a folder that is not there: " + one.getFileName());
      }
    }
    Path golden = section.has("golden") ? base.resolve(section.text("golden")) : null;
    if (golden != null && own.reference() != Reference.GOLDEN) {
      throw section.wrong("golden", "is a folder for \"reference: golden\"");
    }
    if (golden != null && !Files.isDirectory(golden)) {
      throw section.wrong("golden", "names a folder that is not there: " + golden.getFileName());
    }
    Generated generated = section.has("inputs") ? generated(section.section("inputs")) : null;
    List<Expectation> expected = new ArrayList<>();
    for (Section one : section.sections("expect")) {
      expected.add(
          new Expectation(
              one.text("output", "*"),
              one.choice("verdict", Verdict.class, Verdict.AGREE),
              one.text("reason"),
              one.flag("sometimes", false)));
      if (!one.has("verdict")) {
        throw one.wrong("verdict", "is missing");
      }
      one.end();
    }
    section.end();
    Found found;
    try {
      found = find(base, pattern);
    } catch (PatternSyntaxException e) {
      throw section.wrong("model", "is no pattern of paths: " + e.getDescription());
    }
    if (found.files().isEmpty()) {
      throw section.wrong("model", "finds no file");
    }
    return found.files().stream()
        .map(file ->
            new Entry(
                file,
                found.label(file),
                data,
                generated,
                own.reference(),
                golden == null ? null : stored(golden, found.label(file)),
                own.arbiter(),
                own.budget(),
                own.timeout(),
                List.copyOf(expected),
                own.relations()))
        .toList();
  }

  /** Returns the folder of a model within that of stored outputs; that itself where it has none. */
  private static Path stored(Path golden, String label) {
    Path own = golden.resolve(label.replaceFirst("\\.[^./]*$", ""));
    return Files.isDirectory(own) ? own : golden;
  }

  private static Generated generated(Section section) {
    long count = section.whole("count", 1);
    if (count < 1 || count > MOST_SETS) {
      throw section.wrong("count", "is 1 to " + MOST_SETS);
    }
    Map<String, Long> dims = new LinkedHashMap<>();
    if (section.has("dims")) {
      Section sizes = section.section("dims");
      sizes.names().forEach(name -> dims.put(name, sizes.whole(name)));
    }
    Map<String, RandomInputs.Range> ranges = new LinkedHashMap<>();
    if (section.has("ranges")) {
      Section bounds = section.section("ranges");
      for (String name : bounds.names()) {
        List<String> ends = bounds.texts(name);
        try {
          ranges.put(
              name,
              new RandomInputs.Range(
                  Double.parseDouble(ends.get(0)), Double.parseDouble(ends.get(1))));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
          throw bounds.wrong(name, "is a list of two numbers, the lesser first");
        }
      }
    }
    long seed = section.whole("seed", 1);
    section.end();
    return new Generated((int) count, seed, dims, ranges);
  }

  /** Files, and the folder that they are named from. */
  private record Found(Path from, List<Path> files) {

    String label(Path file) {
      return absolute(from).relativize(absolute(file)).toString();
    }

    private static Path absolute(Path path) {
      return path.toAbsolutePath().normalize();
    }
  }

  /**
   * Returns the file of a path, or those that a pattern with * or ** finds, by name. A pattern may
   * begin with a folder outside that of the suite; files are then named from there.
   */
  private static Found find(Path folder, String pattern) {
    int wild = pattern.length();
    for (char c : new char[] {'*', '?', '[', '{'}) {
      int at = pattern.indexOf(c);
      wild = at < 0 ? wild : Math.min(wild, at);
    }
    int cut = pattern.lastIndexOf('/', wild);
    Path file = folder.resolve(pattern.substring(0, wild)).normalize();
    if (wild == pattern.length()) {
      return new Found(folder, Files.isRegularFile(file) ? List.of(file) : List.of());
    }
    Path root = folder.resolve(pattern.substring(0, Math.max(cut, 0))).normalize();
    if (pattern.startsWith("/") && cut == 0) {
      root = Path.of("/");
    }
    if (!Files.isDirectory(root)) {
      return new Found(folder, List.of());
    }
    Path start = root;
    PathMatcher matcher =
        FileSystems.getDefault().getPathMatcher("glob:" + pattern.substring(cut + 1));
    try (Stream<Path> files = Files.walk(start)) {
      return new Found(
          start.startsWith(folder) ? folder : start,
          files
              .filter(Files::isRegularFile)
              .filter(one -> matcher.matches(start.relativize(one)))
              .sorted()
              .toList());
    } catch (IOException | UncheckedIOException e) {
      throw new InvalidInput("the folder of the suite cannot be read", e);
    }
  }
}
