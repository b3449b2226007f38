package org.sardonyx.junit;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.Budget;
import org.sardonyx.conformance.CaseFolder;
import org.sardonyx.conformance.suite.Suite;
import org.sardonyx.conformance.suite.Suite.Entry;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.Limit;
import org.sardonyx.error.Limits;
import org.sardonyx.onnx.ReadOptions;

/** Reads what an annotation asks for. */
final class Entries {

  private static final Duration TIMEOUT = Duration.ofMinutes(5);

  private Entries() {}

  /**
   * Returns the models of an annotation.
   *
   * @throws InvalidInput where it asks for nothing, or for what is not there
   */
  static List<Entry> of(ConformsTo wanted, ClassLoader loader) {
    if (wanted.suite().isEmpty()) {
      if (wanted.model().isEmpty()) {
        throw new InvalidInput("@ConformsTo names a model or a suite");
      }
      return List.of(alone(wanted, loader));
    }
    boolean more =
        wanted.data().length > 0
            || wanted.inputs() != 0
            || wanted.seed() != 1
            || wanted.dims().length > 0
            || wanted.reference() != Suite.Reference.ONNXRUNTIME
            || wanted.metamorphic().length > 0
            || wanted.budget() != 1;
    if (more) {
      throw new InvalidInput(
          "@ConformsTo: with a suite, the file says what models run on and how they are judged");
    }
    Suite suite = Suite.read(find(wanted.suite(), loader));
    if (wanted.model().isEmpty()) {
      return suite.models();
    }
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + wanted.model());
    List<Entry> chosen =
        suite.models().stream().filter(entry -> matcher.matches(Path.of(entry.label()))).toList();
    if (chosen.isEmpty()) {
      throw new InvalidInput(
          "@ConformsTo: suite "
              + wanted.suite()
              + " has no model "
              + wanted.model()
              + "; it has "
              + suite.models().stream().map(Entry::label).toList());
    }
    return chosen;
  }

  /** Returns what may be done to read the models. */
  static ReadOptions reading(ConformsTo wanted) {
    ReadOptions reading = wanted.untrusted() ? ReadOptions.UNTRUSTED : ReadOptions.DEFAULT;
    Limits limits = reading.limits();
    for (String text : wanted.limits()) {
      int equals = text.lastIndexOf('=');
      Limit limit = Limit.of(text.substring(0, Math.max(0, equals)).strip());
      if (limit == null) {
        throw new InvalidInput("@ConformsTo: \"" + text + "\" is no limit: name=number");
      }
      try {
        limits = limits.with(limit, Long.parseLong(text.substring(equals + 1).strip()));
      } catch (IllegalArgumentException e) {
        throw new InvalidInput("@ConformsTo: \"" + text + "\" is no limit: name=number", e);
      }
    }
    return reading.withLimits(limits);
  }

  private static Entry alone(ConformsTo wanted, ClassLoader loader) {
    if (wanted.inputs() < 0) {
      throw new InvalidInput("@ConformsTo: inputs is not negative");
    }
    if (!(wanted.budget() > 0)) {
      throw new InvalidInput("@ConformsTo: budget is greater than 0");
    }
    Path model = find(wanted.model(), loader);
    List<Path> data = Stream.of(wanted.data()).map(folder -> find(folder, loader)).toList();
    Path beside = model.toAbsolutePath().getParent();
    boolean given =
        !data.isEmpty() || (beside != null && !new CaseFolder(beside).dataSets().isEmpty());
    int drawn = wanted.inputs() == 0 && !given ? 1 : wanted.inputs();
    return new Entry(
        model,
        wanted.model(),
        data,
        drawn == 0
            ? null
            : new Suite.Generated(drawn, wanted.seed(), dims(wanted.dims()), Map.of()),
        wanted.reference(),
        null,
        true,
        new Budget(wanted.budget()),
        TIMEOUT,
        List.of(),
        relations(List.of(wanted.metamorphic())));
  }

  private static Suite.Relations relations(List<String> words) {
    for (String word : words) {
      if (!Suite.Relations.isKnown(word)) {
        throw new InvalidInput(
            "@ConformsTo: metamorphic is " + Suite.Relations.CHOICE + ", not \"" + word + '"');
      }
    }
    return Suite.Relations.of(words);
  }

  private static Map<String, Long> dims(String[] texts) {
    Map<String, Long> dims = new LinkedHashMap<>();
    for (String text : texts) {
      int equals = text.lastIndexOf('=');
      try {
        dims.put(
            text.substring(0, Math.max(0, equals)).strip(),
            Long.parseLong(text.substring(equals + 1).strip()));
      } catch (NumberFormatException e) {
        throw new InvalidInput("@ConformsTo: \"" + text + "\" is no size: name=number", e);
      }
    }
    return dims;
  }

  private static Path find(String name, ClassLoader loader) {
    Path file = Path.of(name);
    if (Files.exists(file)) {
      return file;
    }
    Path resource = resource(loader.getResource(name));
    if (resource == null) {
      throw new InvalidInput(
          "@ConformsTo: there is no "
              + name
              + " in the working directory, nor in a folder of the class path");
    }
    return resource;
  }

  private static @Nullable Path resource(@Nullable URL url) {
    try {
      return url == null || !url.getProtocol().equals("file") ? null : Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new InvalidInput("@ConformsTo: " + url + " is no file", e);
    }
  }
}
