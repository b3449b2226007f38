package org.sardonyx.conformance.arbiter;

import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * Rounding that can go either way: each number is moved by one part of itself, up or down. Which
 * way depends on the number, its place and the seed alone, so that one object serves all threads,
 * and a value that comes back in the next step of a loop is moved anew.
 *
 * @param unit the part: the unit roundoff of a type; 0 for no rounding
 * @param seed another one draws other ways
 */
public record Jitter(double unit, long seed) implements Operator {

  /** Exact. */
  public static final Jitter NONE = new Jitter(0, 0);

  /** The domain of {@link #DEF}. */
  public static final String DOMAIN = "org.sardonyx";

  /** The same as an operator. */
  public static final OperatorDef DEF =
      OperatorDef.named("Jitter")
          .domain(DOMAIN)
          .accuracy(Accuracy.ROUNDED)
          .version(1)
          .input("x", "T")
          .output("y", "T")
          .attribute("unit", 0f)
          .attribute("seed", 0L)
          .type("T", DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16, DataType.BFLOAT16)
          .create(Jitter::of);

  private static Jitter of(Attributes attributes) {
    return new Jitter(attributes.getFloat("unit"), attributes.getInt("seed"));
  }

  @Override
  public void infer(Inference in) {
    in.shape(0, in.shape(0));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    double[] moved = x.toDoubles().clone();
    for (int i = 0; i < moved.length; i++) {
      moved[i] = of(moved[i], i);
    }
    in.set(0, Tensor.fromDoubles(x.dataType(), moved, x.shape()));
  }

  /** Returns what becomes of the number at a place. */
  double of(double x, int place) {
    if (unit == 0 || x == 0 || !Double.isFinite(x)) {
      return x;
    }
    // The finalizer of SplitMix64.
    long z = seed * 0x9E3779B97F4A7C15L + Double.doubleToRawLongBits(x) + 31L * place;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return (z ^ (z >>> 31)) < 0 ? x - x * unit : x + x * unit;
  }
}
