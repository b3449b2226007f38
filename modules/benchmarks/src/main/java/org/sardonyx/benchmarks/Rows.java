package org.sardonyx.benchmarks;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tables of the figures, and what limits the rows that are below theirs. */
final class Rows {

  private final Measuring measuring;
  private final Floor.@Nullable Machine machine;
  private final Verdicts verdicts;
  private final Notes notes;
  private final String only;

  /**
   * Makes them.
   *
   * @param notes what was found out about rows
   * @param only which are measured
   */
  Rows(
      Measuring measuring,
      Floor.@Nullable Machine machine,
      Verdicts verdicts,
      Notes notes,
      String only) {
    this.measuring = measuring;
    this.machine = machine;
    this.verdicts = verdicts;
    this.notes = notes;
    this.only = only;
  }

  String text(List<Figure> figures) {
    StringBuilder text = new StringBuilder();
    String work = "";
    int done = 0;
    for (Figure figure : figures) {
      done++;
      for (String row : figure.rows()) {
        if (!(figure.work() + " " + row).matches(".*(" + only + ").*")) {
          continue;
        }
        System.err.println(done + "/" + figures.size() + " " + figure.work() + ": " + row);
        List<String> ways = new ArrayList<>();
        if (figure.isPinned()) {
          ways.addAll(List.of(EngineBenchmark.INTO, EngineBenchmark.PINNED));
        }
        if (figure.isUser()) {
          ways.addAll(List.of(EngineBenchmark.OURS, EngineBenchmark.USER));
        }
        Rounds rounds =
            figure.threads() > 1
                ? measuring.apart(figure.benchmark(), row, ways, figure.threads())
                : measuring.turns(figure.benchmark(), row, ways, true);
        if (!figure.work().equals(work)) {
          work = figure.work();
          text.append(
              """

              ## %s

              Must %s, aim %s (pinned / user).

              | row | into | pinned | run | user | pinned / into | user / run | least | of it | |
              |---|---:|---:|---:|---:|---:|---:|---:|---:|---|
              """
                  .formatted(work, Table.goals(figure.must()), Table.goals(figure.aim())));
        }
        text.append(line(figure, row, rounds));
      }
    }
    return text.toString();
  }

  private String line(Figure figure, String row, @Nullable Rounds rounds) {
    if (rounds == null) {
      return "| `%s` | - | - | - | - | - | - | - | - | %s |\n"
          .formatted(row, verdicts.missing(figure.work() + ": " + row));
    }
    Measured[] ratios = {
      rounds.ratio(EngineBenchmark.PINNED, EngineBenchmark.INTO),
      rounds.ratio(EngineBenchmark.USER, EngineBenchmark.OURS)
    };
    if (figure.work().equals(Figure.WHOLE) && ratios[1] != null) {
      verdicts.whole.add(ratios[1].median());
    }
    Floor floor =
        machine == null
            ? null
            : machine.floor(Figure.made(figure.benchmark()).work(row), figure.threads());
    Measured best = rounds.of(figure.isPinned() ? EngineBenchmark.INTO : EngineBenchmark.OURS);
    String says =
        "%s: `%s` %s / %s, must %s"
            .formatted(
                figure.work(),
                row,
                Table.ratio(Table.median(ratios[0])),
                Table.ratio(Table.median(ratios[1])),
                Table.goals(figure.must()));
    String verdict;
    if (isUnsteady(ratios, figure)) {
      verdict = verdicts.unsteady(says);
    } else if (reaches(ratios, figure.must())) {
      verdict = verdicts.reaches(reaches(ratios, figure.aim()));
    } else {
      verdict = verdicts.below(says + limits(figure, row, rounds, floor));
    }
    return "| `%s` | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n"
        .formatted(
            row,
            Table.figure(rounds.of(EngineBenchmark.INTO)),
            Table.figure(rounds.of(EngineBenchmark.PINNED)),
            Table.figure(rounds.of(EngineBenchmark.OURS)),
            Table.figure(rounds.of(EngineBenchmark.USER)),
            Table.ratio(Table.median(ratios[0])),
            Table.ratio(Table.median(ratios[1])),
            floor == null ? "-" : Table.micros(floor.micros()),
            floor == null ? "-" : Table.percent(floor.micros() / Table.median(best)),
            verdict);
  }

  private static boolean isUnsteady(@Nullable Measured[] ratios, Figure figure) {
    for (int i = 0; i < ratios.length; i++) {
      Measured ratio = ratios[i];
      if (figure.must()[i] > 0 && ratio != null && ratio.spread() > Verdicts.MOST_SPREAD) {
        return true;
      }
    }
    return false;
  }

  private static boolean reaches(@Nullable Measured[] ratios, double[] goals) {
    for (int i = 0; i < goals.length; i++) {
      if (goals[i] > 0 && !(Table.median(ratios[i]) >= goals[i])) {
        return false;
      }
    }
    return true;
  }

  /** Returns what a row waits for, as far as it was measured. */
  private String limits(Figure figure, String row, Rounds rounds, @Nullable Floor floor) {
    List<String> parts = new ArrayList<>();
    double into = Table.median(rounds.of(EngineBenchmark.INTO));
    double pinned = Table.median(rounds.of(EngineBenchmark.PINNED));
    if (floor != null && !Double.isNaN(into)) {
      parts.add(
          "%s of the least time (%s), ONNX Runtime %s: at the least it were %s"
              .formatted(
                  Table.percent(floor.micros() / into),
                  floor.what(),
                  Table.percent(floor.micros() / pinned),
                  Table.ratio(pinned / floor.micros())));
    }
    if (figure.benchmark() == ElementwiseBenchmark.class) {
      String inCache = inCache(row, into, pinned);
      if (!inCache.isEmpty()) {
        parts.add(inCache);
      }
    }
    return (parts.isEmpty() ? "" : ". " + String.join("; ", parts))
        + notes.of((figure.threads() > 1 ? figure.threads() + "-threads:" : "") + row);
  }

  /**
   * Returns how much of a row is arithmetic: what three of its rows take longer than one, which are
   * in the fastest cache, and whose calls cost the same.
   */
  private String inCache(String row, double into, double pinned) {
    int[] sizes = Subject.sizes(row);
    String what = row.substring(0, row.indexOf(','));
    List<String> ways = List.of(EngineBenchmark.INTO, EngineBenchmark.PINNED);
    Rounds one = measuring.turns(ElementwiseBenchmark.class, what + ",1," + sizes[1], ways, true);
    Rounds more = measuring.turns(ElementwiseBenchmark.class, what + ",3," + sizes[1], ways, true);
    if (one == null || more == null) {
      return "";
    }
    double[] arithmetic = new double[2];
    for (int i = 0; i < 2; i++) {
      double difference = Table.median(more.of(ways.get(i))) - Table.median(one.of(ways.get(i)));
      arithmetic[i] = difference / 2 * sizes[0];
    }
    return "arithmetic alone, numbers in the first cache: %s of %s us, ONNX Runtime %s of %s"
        .formatted(
            Table.micros(arithmetic[0]),
            Table.micros(into),
            Table.micros(arithmetic[1]),
            Table.micros(pinned));
  }
}
