package org.sardonyx.conformance;

import org.jspecify.annotations.Nullable;
import org.sardonyx.oracle.Comparison;
import org.sardonyx.oracle.Tolerance;
import org.sardonyx.tensor.DataType;

/**
 * How far an output may be from the truth: by its element type, as stated here once; or by what the
 * model itself makes of rounding ({@link #measured}); or by a {@link #fixed} tolerance.
 *
 * <p>An engine that computes in a type with unit roundoff u errs, summing n terms in any order, by
 * about sqrt(n) u times the terms' size; networks do that some ten times over on sums of up to a
 * few thousand. The standard budgets allow some hundred u of the largest element, which is above
 * what correct engines were seen to differ by and below what a wrong one does: a bias left out, a
 * gate swapped.
 *
 * <ul>
 *   <li>float, u = 6e-8: 1e-5 of the element, or 1e-6, or 1e-5 of the largest element.
 *   <li>double, u = 1.1e-16: 1e-12 of the element or of the largest, or 1e-14.
 *   <li>float16, u = 4.9e-4: engines keep values in it between operators, so one rounding for each:
 *       4e-3 of the element or of the largest, or 1e-4.
 *   <li>bfloat16, u = 3.9e-3: likewise, 3e-2, or 1e-3.
 *   <li>the 8- and 4-bit floats: one step of the type at the value.
 *   <li>everything else: equal.
 * </ul>
 *
 * @param scale what all of them are multiplied by
 * @param fixed what counts instead for every type that is not exact, and is not widened where a
 *     model magnifies rounding; null for the above
 * @param measured whether a few units in the last place count instead of the above, and what the
 *     model makes of rounding is measured for every output
 */
public record Budget(double scale, @Nullable Tolerance fixed, boolean measured) {

  /** What an engine may be off for its last roundings alone. */
  private static final double ULPS = 4;

  /** As stated above. */
  public static final Budget STANDARD = new Budget(1);

  public Budget {
    if (!(scale > 0)) {
      throw new IllegalArgumentException("a budget is greater than 0");
    }
  }

  public Budget(double scale) {
    this(scale, null, false);
  }

  /** Returns a budget that is one tolerance, whatever a model makes of rounding. */
  public static Budget fixed(Tolerance tolerance) {
    return new Budget(1, tolerance, false);
  }

  /**
   * Returns a budget of some units in the last place, and what the model itself makes of a change
   * of its inputs and weights by one: much less than the standard one where a model is well
   * conditioned, at the price of some more runs of the arbiter.
   */
  public static Budget measured(double scale) {
    return new Budget(scale, null, true);
  }

  /** Returns the tolerance for elements of {@code type}. */
  public Tolerance of(DataType type) {
    if (fixed != null && (type.isFloat() || type.kind() == DataType.Kind.COMPLEX)) {
      return fixed;
    }
    if (measured) {
      switch (type) {
        case FLOAT, DOUBLE, FLOAT16, BFLOAT16 -> {
          double units = ULPS * Comparison.ulp(type, 1);
          return tolerance(units, 0, units);
        }
        default -> {}
      }
    }
    return switch (type) {
      case FLOAT, COMPLEX64 -> tolerance(1e-5, 1e-6, 1e-5);
      case DOUBLE, COMPLEX128 -> tolerance(1e-12, 1e-14, 1e-12);
      case FLOAT16 -> tolerance(4e-3, 1e-4, 4e-3);
      case BFLOAT16 -> tolerance(3e-2, 1e-3, 3e-2);
      case FLOAT8E4M3FN, FLOAT8E4M3FNUZ -> new Tolerance(0.125, 0x1p-9, 0, 0);
      case FLOAT8E5M2, FLOAT8E5M2FNUZ -> new Tolerance(0.25, 0x1p-16, 0, 0);
      case FLOAT4E2M1, FLOAT8E8M0 -> new Tolerance(0.5, 0.5, 0, 0);
      default -> Tolerance.EXACT;
    };
  }

  private Tolerance tolerance(double rtol, double atol, double relToMax) {
    return new Tolerance(rtol * scale, atol * scale, relToMax * scale, 0);
  }
}
