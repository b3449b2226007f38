package org.sardonyx.conformance.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Operators;
import org.sardonyx.operators.Signature;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.ProcessEngine;

/**
 * Every version of every operator, in every type, against ONNX Runtime and the arbiter: a part of
 * the cases here, all of them with {@code -Dsweep.full=true}, which also compares the coverage
 * table, or writes it anew with {@code -Dsweep.write=true}.
 */
class OperatorSweepTest {

  private static final boolean FULL = Boolean.getBoolean("sweep.full");

  /** One case of how many is run in the ordinary form. */
  private static final int SHARE = Integer.getInteger("sweep.share", 16);

  /** How many problems are reported; where they are not more than 20, in their smallest form. */
  private static final int SHOWN = Integer.getInteger("sweep.shown", 20);

  /** {@code -Dsweep.only=^Cast,Pad}: all cases of the operators that a pattern finds, no table. */
  private static final @Nullable String ONLY = System.getProperty("sweep.only");

  /** {@code -Dsweep.findings=none}: reports what the list of findings would explain. */
  private static final boolean FINDINGS = !"none".equals(System.getProperty("sweep.findings"));

  private static final long STANDARD_SEED = 20261123L;

  @TempDir static Path folder;

  private static OperatorSweep sweep;
  private static List<OperatorSweep.Item> items;
  private static List<OperatorSweep.Drawn> cases;

  @BeforeAll
  static void draw() {
    sweep = new OperatorSweep(Operators.standard(), Recipes.standard(), Sweep.seed());
    items = sweep.items();
    cases = new ArrayList<>();
    for (OperatorSweep.Item item : items) {
      cases.addAll(sweep.draws(item));
    }
  }

  /** Deprecated versions are left out: a model that uses one is refused, by ONNX Runtime too. */
  @Test
  void everyVersionOfEveryOperatorHasARecipe() {
    assertEquals(List.of(), sweep.missing());
    Set<String> drawn = new HashSet<>();
    cases.forEach(c -> drawn.add(c.item().def() + "-" + c.item().signature().sinceVersion()));
    for (OperatorDef def : sweep.definitions()) {
      for (Signature signature : def.versions()) {
        assertTrue(
            signature.deprecated() || drawn.contains(def + "-" + signature.sinceVersion()),
            () -> "no case is drawn for " + def + "-" + signature.sinceVersion());
      }
    }
    Set<OperatorSweep.Item> withCases = new HashSet<>();
    cases.forEach(c -> withCases.add(c.item()));
    items.forEach(item -> assertTrue(withCases.contains(item), () -> "no case of " + item));
  }

  @Test
  void everyTypeOfTheFirstVariableIsDrawn() {
    assertTrue(items.size() > 4000, () -> items.size() + " versions in types");
    assertTrue(cases.size() > 30_000, () -> cases.size() + " cases");
  }

  @Test
  void agreesWithTheReference() throws InterruptedException, IOException {
    System.out.printf(
        "sweep: seed %d, %s%n", Sweep.seed(), FULL ? "all cases" : "one case of " + SHARE);
    List<OperatorSweep.Drawn> chosen = new ArrayList<>();
    Pattern only = ONLY == null ? null : Pattern.compile(ONLY.replace(',', '|'));
    for (int i = 0; i < cases.size(); i++) {
      boolean wanted = only != null && only.matcher(cases.get(i).item().toString()).find();
      if (only == null ? FULL || i % SHARE == 0 : wanted) {
        chosen.add(cases.get(i));
      }
    }
    Findings findings = FINDINGS ? Findings.onnxRuntime() : Findings.none();
    SweepRun run = new SweepRun(folder, 2, findings);
    Coverage coverage = new Coverage();
    List<SweepRun.Outcome> failed = new ArrayList<>();
    List<SweepRun.Outcome> outcomes = new ArrayList<>(run.run(chosen));
    outcomes.forEach(outcome -> coverage.add(outcome.drawn(), outcome.reference()));
    List<SweepRun.Outcome> alone = run.run(coverage.hidden(sweep));
    alone.forEach(outcome -> coverage.addHidden(outcome.drawn(), outcome.reference()));
    outcomes.addAll(alone);
    int agreed = 0;
    for (SweepRun.Outcome outcome : outcomes) {
      agreed += outcome.reference().equals(SweepRun.AGREES) ? 1 : 0;
      if (!outcome.problems().isEmpty()) {
        failed.add(outcome);
      }
    }
    System.out.printf("sweep: %d cases, %d agree%n", outcomes.size(), agreed);
    assertTrue(failed.isEmpty(), () -> report(run, failed));
    assertFalse(
        only == null && agreed * 2 < outcomes.size(), "the reference agrees in few cases only");
    if (Sweep.seed() != STANDARD_SEED || only != null || !FINDINGS) {
      return;
    }
    Path docs = Path.of(System.getProperty("sweep.docs", "../../docs"));
    if (FULL) {
      table(docs, coverage, findings);
      assertEquals(List.of(), findings.unused(), "findings that no case shows any more");
    } else {
      sampled(docs, outcomes.subList(0, chosen.size()));
    }
  }

  private static String report(SweepRun run, List<SweepRun.Outcome> failed) {
    StringBuilder text = new StringBuilder(failed.size() + " problems\n");
    try (Engine reference = ProcessEngine.onnxRuntime(Duration.ofSeconds(30))) {
      Judge judge = SweepRun.judge(reference, folder);
      for (SweepRun.Outcome outcome : failed.subList(0, Math.min(SHOWN, failed.size()))) {
        text.append(outcome.drawn().what().label())
            .append("\n    ")
            .append(String.join("\n    ", outcome.problems()))
            .append('\n');
        if (SHOWN <= 20) {
          text.append("    smallest: ")
              .append(Shrinker.smallest(sweep, run, outcome, judge))
              .append('\n');
        }
      }
    }
    return text.toString();
  }

  private static void table(Path docs, Coverage coverage, Findings findings) throws IOException {
    Path lines = docs.resolve("coverage.tsv");
    Path readable = docs.resolve("coverage.md");
    if (Boolean.getBoolean("sweep.write")) {
      Files.writeString(lines, coverage.lines());
      Files.writeString(readable, coverage.markdown(findings));
    }
    assertEquals(
        coverage.lines(), Files.readString(lines), "stale: write it with -Dsweep.write=true");
    assertEquals(coverage.markdown(findings), Files.readString(readable));
  }

  /** What the part of the cases shows must stand in the table, and the table hold what is drawn. */
  private static void sampled(Path docs, List<SweepRun.Outcome> outcomes) throws IOException {
    Map<String, String> table = new HashMap<>();
    for (String line : Files.readAllLines(docs.resolve("coverage.tsv"))) {
      String[] cells = line.split("\t", -1);
      for (String type : cells[2].split(" ", -1)) {
        table.put(cells[0] + "-" + cells[1] + " " + type, cells[3] + "\t" + cells[4]);
      }
    }
    Map<String, Set<String>> drawn = new HashMap<>();
    cases.forEach(c ->
        drawn
            .computeIfAbsent(c.item().toString(), k -> new HashSet<>(Set.of("")))
            .addAll(c.cells()));
    drawn.forEach((item, cells) -> {
      String row = table.get(item);
      assertTrue(
          row != null && row.startsWith(cells.size() + "\t"),
          () -> "the coverage table is stale for " + item + ": " + row + ", " + cells.size());
    });
    assertEquals(drawn.size() + 1, table.size(), "the coverage table has rows that are not drawn");
    for (SweepRun.Outcome outcome : outcomes) {
      String row = table.getOrDefault(outcome.drawn().item().toString(), "");
      // A cell counts by its best outcome: what agrees must be there, others may have been beaten.
      if (outcome.reference().equals(SweepRun.AGREES)) {
        assertTrue(row.contains(SweepRun.AGREES), () -> outcome.drawn().item() + ": " + row);
      }
    }
  }
}
