package org.sardonyx.conformance.sweep;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.regex.Pattern;
import org.sardonyx.conformance.Verdict;

/**
 * What the sweep found out about the reference and the register of deviations does not say: by the
 * label of the case and what was different, each with its reason. A label with its seed makes the
 * case again.
 */
final class Findings {

  /**
   * An entry.
   *
   * @param id its name in reports: {@code S04}
   * @param label what the label of a case must contain
   * @param problem what each of its problems must contain
   * @param reason why it is so
   */
  record Finding(String id, Pattern label, Pattern problem, String reason) {

    /** Never a fault of ours: it is about the reference alone. */
    boolean explains(String caseLabel, String what) {
      return !what.startsWith("ours: ")
          && !what.startsWith("arbiter: ")
          && !what.contains(Verdict.OURS_WORSE.word())
          && label.matcher(caseLabel).find()
          && problem.matcher(what).find();
    }
  }

  private final List<Finding> all;
  private final Set<String> used = new ConcurrentSkipListSet<>();

  private Findings(List<Finding> all) {
    this.all = List.copyOf(all);
  }

  /** Returns no findings. */
  static Findings none() {
    return new Findings(List.of());
  }

  /** Returns what is known of ONNX Runtime. */
  static Findings onnxRuntime() {
    List<Finding> all = new ArrayList<>();
    try (InputStream in = Findings.class.getResourceAsStream("onnxruntime-findings.tsv")) {
      if (in == null) {
        throw new IllegalStateException("the findings are not on the class path");
      }
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1)) {
        if (line.isBlank() || line.startsWith("#")) {
          continue;
        }
        String[] cells = line.split("\t", -1);
        all.add(
            new Finding(cells[0], Pattern.compile(cells[1]), Pattern.compile(cells[2]), cells[3]));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Findings(all);
  }

  List<Finding> all() {
    return all;
  }

  /** Removes the problems that an entry explains, and returns the entries. */
  Set<String> explain(String label, List<String> problems) {
    Set<String> ids = new TreeSet<>();
    problems.removeIf(problem -> {
      for (Finding finding : all) {
        if (finding.explains(label, problem)) {
          ids.add(finding.id());
          return true;
        }
      }
      return false;
    });
    used.addAll(ids);
    return ids;
  }

  /** Returns the entries that explained nothing. */
  List<String> unused() {
    return all.stream().map(Finding::id).filter(id -> !used.contains(id)).toList();
  }
}
