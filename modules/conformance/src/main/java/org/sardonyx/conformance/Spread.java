package org.sardonyx.conformance;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.detail.TimeAxis;
import org.sardonyx.oracle.Comparison;
import org.sardonyx.oracle.Tolerance;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** What a last-place change of inputs and weights makes of an output. */
final class Spread {

  /** Nothing. */
  static final Spread NONE = new Spread(0, new double[0], null);

  private final double whole;

  /** By time step; empty where there are none. */
  private final double[] steps;

  private final @Nullable TimeAxis axis;

  private Spread(double whole, double[] steps, @Nullable TimeAxis axis) {
    this.whole = whole;
    this.steps = steps;
    this.axis = axis;
  }

  /** Makes one of the changes of the elements of a tensor. */
  static Spread of(double[] changes, int[] shape, @Nullable TimeAxis axis) {
    TimeAxis along = axis != null && axis.fits(shape) ? axis : null;
    double[] steps = new double[along == null ? 0 : shape[along.axis()]];
    double whole = 0;
    for (int i = 0; i < changes.length; i++) {
      whole = Math.max(whole, changes[i]);
      if (along != null) {
        int step = along.step(i, shape);
        steps[step] = Math.max(steps[step], changes[i]);
      }
    }
    return new Spread(whole, steps, along);
  }

  /** Returns the larger changes of the two. */
  Spread or(Spread other) {
    double[] most = steps.length >= other.steps.length ? steps.clone() : other.steps.clone();
    for (int t = 0; t < Math.min(steps.length, other.steps.length); t++) {
      most[t] = Math.max(steps[t], other.steps[t]);
    }
    return new Spread(Math.max(whole, other.whole), most, axis != null ? axis : other.axis);
  }

  /** Returns the largest change of an element. */
  double whole() {
    return whole;
  }

  /** Returns the largest changes up to and with each step: what was lost does not come back. */
  private double[] running() {
    double[] running = steps.clone();
    for (int t = 1; t < running.length; t++) {
      running[t] = Math.max(running[t], running[t - 1]);
    }
    return running;
  }

  /**
   * Returns how many first steps can be compared, where the dynamics are chaotic: a change that
   * grows ten thousandfold over the steps, to more than a hundredth of the output. 0 where they are
   * not, or where not even one step can be compared.
   *
   * @param scale the largest element of the output
   * @param allowed what a step may be off by the change, and still tell something
   */
  int comparable(double scale, double allowed) {
    double[] running = running();
    if (running.length < 4 || !(whole >= 1e-2 * scale)) {
      return 0;
    }
    int count = 0;
    double first = Double.POSITIVE_INFINITY;
    while (count < running.length && running[count] <= allowed) {
      first = running[count] > 0 ? Math.min(first, running[count]) : first;
      count++;
    }
    return whole >= 1e4 * first ? count : 0;
  }

  /**
   * Whether what was found is as near the truth as the tolerance and this spread allow, step by
   * step.
   *
   * @param factor what an engine may err, in changes that a last place makes
   * @param until how many steps count; all where there are none
   */
  boolean allows(Value truth, Value found, Tolerance base, double factor, int until) {
    if (!(truth instanceof Tensor t)
        || !(found instanceof Tensor f)
        || t.dataType() != DataType.DOUBLE
        || !f.dataType().isFloat()
        || !t.sameShape(f)) {
      return Comparison.withTruth(truth, found, base).agrees();
    }
    Tensor rounded = Tensor.fromDoubles(f.dataType(), t.doubles().clone(), t.shape());
    double relative = base.relToMax() * scale(t);
    double[] running = running();
    for (int i = 0; i < t.size(); i++) {
      int step = axis == null ? 0 : axis.step(i, t.shape());
      if (axis != null && step >= until) {
        continue;
      }
      double e = t.doubles()[i];
      double a = f.getDouble(i);
      boolean same = e == a || (Double.isNaN(e) && Double.isNaN(a)) || rounded.getDouble(i) == a;
      double more = factor * (axis == null ? whole : running[step]);
      double allowed = Math.max(base.atol() + base.rtol() * Math.abs(e), relative) + more;
      if (!same && !(Math.abs(a - e) <= allowed) && !Double.isInfinite(more)) {
        return false;
      }
    }
    return true;
  }

  /** Returns the largest finite element. */
  static double scale(Tensor tensor) {
    return Arrays.stream(tensor.doubles())
        .map(Math::abs)
        .filter(x -> x <= Double.MAX_VALUE)
        .max()
        .orElse(0);
  }
}
