package org.sardonyx.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.ThreeWay.Output;
import org.sardonyx.conformance.detail.Details;
import org.sardonyx.conformance.detail.TimeAxis;
import org.sardonyx.graph.Model;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.oracle.Tolerance;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** Judges outputs that are off by what the model itself makes of rounding. */
final class Conditioned {

  /** How often inputs and weights are moved to learn what rounding does to a model. */
  private static final int DRAWS = 3;

  /** What an engine may err beyond the budget, in changes that such a move makes. */
  private static final double MAGNIFIED = 4;

  /** The same where there is no other budget: a sum of n terms errs like some sqrt(n) moves. */
  private static final double MEASURED = 16;

  /** From which change on a model counts as ill-conditioned, in parts of the largest element. */
  private static final double ILL = 1e-3;

  private static final Set<Verdict> OFF =
      Set.of(Verdict.OURS_WORSE, Verdict.REFERENCE_WORSE, Verdict.BOTH_OFF);

  private final ThreeWay judged;
  private final Budget budget;

  Conditioned(ThreeWay judged, Budget budget) {
    this.judged = judged;
    this.budget = budget;
  }

  ThreeWay by(Model model, Map<String, Value> inputs, long seed) {
    ThreeWay.Side truth = judged.truth();
    boolean nothingOff = judged.outputs().stream().noneMatch(o -> OFF.contains(o.verdict()));
    if (nothingOff || truth == null || truth.failure() != null) {
      return judged;
    }
    Map<String, TimeAxis> axes = TimeAxis.of(model);
    Map<String, Spread> spread;
    try {
      spread = new Conditioning(model, inputs, truth.outputs()).spread(DRAWS, seed, axes);
    } catch (EngineFailed e) {
      return judged;
    }
    List<Output> outputs = new ArrayList<>();
    for (Output output : judged.outputs()) {
      Spread changes = spread.get(output.name());
      outputs.add(changes == null ? output : judge(output, changes, truth));
    }
    return new ThreeWay(judged.ours(), judged.reference(), truth, outputs, judged.deviations());
  }

  private Output judge(Output output, Spread spread, ThreeWay.Side truth) {
    Value exact = truth.outputs().get(output.name());
    Details details = output.details().withSpread(spread.whole(), -1);
    if (!OFF.contains(output.verdict()) || exact == null || spread.whole() == 0) {
      return output.with(output.verdict(), output.reason(), details);
    }
    Value ours = judged.ours().outputs().get(output.name());
    Value reference =
        judged.reference() == null ? null : judged.reference().outputs().get(output.name());
    double scale =
        exact instanceof Tensor tensor && tensor.dataType() == DataType.DOUBLE
            ? Spread.scale(tensor)
            : 0;
    double factor = budget.measured() ? MEASURED * budget.scale() : MAGNIFIED;
    Tolerance base = output.budget();
    int first =
        spread.comparable(
            scale, Math.max(1e-3 * scale, base.atol() + base.relToMax() * scale) / factor);
    if (first > 0) {
      Details seen = details.withSpread(spread.whole(), first);
      boolean oursFits = ours == null || spread.allows(exact, ours, base, factor, first);
      boolean otherFits = reference == null || spread.allows(exact, reference, base, factor, first);
      if (oursFits && otherFits) {
        String reason =
            String.format(
                Locale.ROOT,
                "the dynamics diverge: a last-place change grows to %.3g; the first %d steps agree; %s",
                spread.whole(),
                first,
                output.reason());
        return output.with(Verdict.DIVERGENT, reason, seen);
      }
      Verdict verdict =
          oursFits ? Verdict.REFERENCE_WORSE : otherFits ? Verdict.OURS_WORSE : Verdict.BOTH_OFF;
      String reason =
          "within the first " + first + " steps, before the dynamics diverge; " + output.reason();
      return output.with(verdict, reason, seen);
    }
    boolean oursFits = fits(exact, ours, base, factor, spread);
    boolean otherFits = fits(exact, reference, base, factor, spread);
    if (!oursFits || !otherFits) {
      Verdict verdict =
          oursFits ? Verdict.REFERENCE_WORSE : otherFits ? Verdict.OURS_WORSE : Verdict.BOTH_OFF;
      return output.with(budget.measured() ? verdict : output.verdict(), output.reason(), details);
    }
    if (budget.measured() && spread.whole() <= ILL * scale) {
      return output.with(Verdict.AGREE, output.reason(), details);
    }
    String reason =
        String.format(
            Locale.ROOT,
            "moving inputs and weights by their last place moves the truth by %.3g; %s",
            spread.whole(),
            output.reason());
    return output.with(Verdict.ILL_CONDITIONED, reason, details);
  }

  private static boolean fits(
      Value exact, @Nullable Value found, Tolerance base, double factor, Spread spread) {
    return found == null || spread.allows(exact, found, base, factor, Integer.MAX_VALUE);
  }
}
