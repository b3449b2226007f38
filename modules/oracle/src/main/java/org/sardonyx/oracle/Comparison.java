package org.sardonyx.oracle;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.MapValue;
import org.sardonyx.tensor.OptionalValue;
import org.sardonyx.tensor.SequenceValue;
import org.sardonyx.tensor.SparseTensor;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/**
 * How far what was found is from what was expected, and whether that is within a tolerance.
 *
 * @param agrees whether kinds, types and shapes are equal and every element is within the tolerance
 * @param problem what is different in kind, type or shape, or how many elements are outside; empty
 *     where they agree
 * @param elements how many elements were compared
 * @param outside how many are outside the tolerance
 * @param notFinite how many are NaN or infinite on one side and something else on the other
 * @param maxAbs the largest absolute difference of elements finite on both sides
 * @param maxRel the largest {@code |a - e| / max(|e|, floor)}; the floor is 1e-3 of the root mean
 *     square of what is expected
 * @param maxUlp the largest distance in units in the last place of the element type, over elements
 *     that are expected to be of at least that floor (below it only maxAbs tells something); 0 for
 *     integers
 * @param rms root mean square of the differences
 * @param cosine the cosine of the two as vectors; 1 where both are zero
 * @param worst the element furthest outside its allowance: its position with both values; null
 *     where nothing was compared
 */
public record Comparison(
    boolean agrees,
    String problem,
    long elements,
    long outside,
    long notFinite,
    double maxAbs,
    double maxRel,
    double maxUlp,
    double rms,
    double cosine,
    @Nullable Worst worst) {

  /**
   * The worst element.
   *
   * @param index its position in each dimension
   * @param expected what is expected there
   * @param found what was found there
   */
  public record Worst(List<Integer> index, double expected, double found) {
    @Override
    public String toString() {
      return "at " + index + ": expected " + expected + ", found " + found;
    }
  }

  /** Compares two values of any kind; sequences and maps element by element. */
  public static Comparison of(Value expected, Value found, Tolerance tolerance) {
    return switch (expected) {
      case Tensor e ->
          found instanceof Tensor f ? tensors(e, f, tolerance) : differentKind(expected, found);
      case SequenceValue e ->
          found instanceof SequenceValue f
              ? lists(e.elements(), f.elements(), (x, y) -> of(x, y, tolerance))
              : differentKind(expected, found);
      case OptionalValue e -> {
        Value inner = found instanceof OptionalValue f ? f.value() : found;
        if (e.value() == null || inner == null) {
          yield e.value() == null && inner == null
              ? same(0)
              : different(e.value() == null ? "expected no value" : "there is no value");
        }
        yield of(e.value(), inner, tolerance);
      }
      case MapValue e -> {
        if (!(found instanceof MapValue f)) {
          yield differentKind(expected, found);
        }
        yield maps(e, f, tolerance);
      }
      case SparseTensor e ->
          found instanceof SparseTensor f
              ? lists(
                  List.of(e.values(), e.indices()),
                  List.of(f.values(), f.indices()),
                  (x, y) -> of(x, y, tolerance))
              : differentKind(expected, found);
    };
  }

  /**
   * Compares what was found with the truth in double: as {@link #of}, but where the truth is a
   * double tensor, what was found may be of any floating-point type, and units in the last place
   * are those of its type. A truth beyond the range of that type is an infinity.
   */
  public static Comparison withTruth(Value truth, Value found, Tolerance tolerance) {
    if (truth instanceof Tensor t
        && found instanceof Tensor f
        && t.dataType() == DataType.DOUBLE
        && f.dataType().isFloat()
        && t.sameShape(f)) {
      Tensor rounded = Tensor.fromDoubles(f.dataType(), t.doubles().clone(), t.shape());
      double[] reachable = t.doubles().clone();
      for (int i = 0; i < reachable.length; i++) {
        if (Double.isInfinite(rounded.getDouble(i))) {
          reachable[i] = rounded.getDouble(i);
        }
      }
      return floats(Tensor.of(reachable, t.shape()), f, tolerance);
    }
    if (truth instanceof SequenceValue t && found instanceof SequenceValue f) {
      return lists(t.elements(), f.elements(), (e, a) -> withTruth(e, a, tolerance));
    }
    if (truth instanceof OptionalValue t && t.value() != null) {
      Value inner = found instanceof OptionalValue f ? f.value() : found;
      return inner == null
          ? different("there is no value")
          : withTruth(t.value(), inner, tolerance);
    }
    return of(truth, found, tolerance);
  }

  /** Returns one line for people. */
  public String summary() {
    return agrees
        ? String.format(
            Locale.ROOT, "max abs %.3g, max rel %.3g, max ulp %.3g", maxAbs, maxRel, maxUlp)
        : problem + (worst == null ? "" : "; worst " + worst);
  }

  private static Comparison same(long elements) {
    return new Comparison(true, "", elements, 0, 0, 0, 0, 0, 0, 1, null);
  }

  private static Comparison different(String problem) {
    return new Comparison(false, problem, 0, 0, 0, 0, 0, 0, 0, 0, null);
  }

  private static Comparison differentKind(Value expected, Value found) {
    return different("expected " + expected.type().spec() + ", found " + found.type().spec());
  }

  private static Comparison maps(MapValue expected, MapValue found, Tolerance tolerance) {
    int n = expected.keys().size();
    if (n != found.keys().size()) {
      return different("expected " + n + " keys, found " + found.keys().size());
    }
    Value[] ordered = new Value[n];
    for (int i = 0; i < n; i++) {
      for (int k = 0; k < n; k++) {
        if (key(expected.keys(), i).equals(key(found.keys(), k))) {
          ordered[i] = found.values().elements().get(k);
        }
      }
      if (ordered[i] == null) {
        return different("key number " + i + " is missing");
      }
    }
    return lists(
        expected.values().elements(), Arrays.asList(ordered), (x, y) -> of(x, y, tolerance));
  }

  private static Object key(Tensor keys, int i) {
    return keys.dataType() == DataType.STRING ? keys.strings()[i] : (Object) keys.getLong(i);
  }

  private static Comparison lists(
      List<? extends Value> expected,
      List<? extends Value> found,
      BiFunction<Value, Value, Comparison> compare) {
    if (expected.size() != found.size()) {
      return different("expected " + expected.size() + " elements, found " + found.size());
    }
    Comparison all = same(0);
    for (int i = 0; i < expected.size(); i++) {
      Comparison one = compare.apply(expected.get(i), found.get(i));
      String problem =
          !all.agrees || one.agrees ? all.problem : "element " + i + ": " + one.problem;
      all =
          new Comparison(
              all.agrees && one.agrees,
              problem,
              all.elements + one.elements,
              all.outside + one.outside,
              all.notFinite + one.notFinite,
              Math.max(all.maxAbs, one.maxAbs),
              Math.max(all.maxRel, one.maxRel),
              Math.max(all.maxUlp, one.maxUlp),
              Math.max(all.rms, one.rms),
              Math.min(all.cosine, one.cosine),
              one.maxAbs >= all.maxAbs && one.worst != null ? one.worst : all.worst);
    }
    return all;
  }

  private static Comparison tensors(Tensor expected, Tensor found, Tolerance tolerance) {
    if (expected.dataType() != found.dataType() || !expected.sameShape(found)) {
      return different("expected " + expected + ", found " + found);
    }
    if (expected.dataType() == DataType.STRING) {
      for (int i = 0; i < expected.size(); i++) {
        if (!Objects.equals(expected.strings()[i], found.strings()[i])) {
          return different("strings differ at " + index(expected.shape(), i));
        }
      }
      return same(expected.size());
    }
    if (expected.dataType().isInteger() || expected.dataType() == DataType.BOOL) {
      return integers(expected, found, tolerance);
    }
    return floats(expected, found, tolerance);
  }

  private static Comparison integers(Tensor expected, Tensor found, Tolerance tolerance) {
    Sums sums = new Sums(expected, found.dataType(), tolerance);
    for (int i = 0; i < expected.size(); i++) {
      long e = expected.getLong(i);
      long f = found.getLong(i);
      // Differences of equal numbers are 0 even where double cannot hold them.
      if (e == f) {
        sums.add(i, (double) e, (double) e);
      } else {
        double difference = Math.max(1, Math.abs((double) f - (double) e));
        sums.add(i, (double) e, f > e ? (double) e + difference : (double) e - difference);
      }
    }
    return sums.result(false);
  }

  private static Comparison floats(Tensor expected, Tensor found, Tolerance tolerance) {
    Sums sums = new Sums(expected, found.dataType(), tolerance);
    boolean complex = expected.dataType().kind() == DataType.Kind.COMPLEX;
    int n = complex ? 2 * expected.size() : expected.size();
    for (int i = 0; i < n; i++) {
      sums.add(i, element(expected, i, complex), element(found, i, complex));
    }
    return sums.result(!complex);
  }

  private static double element(Tensor tensor, int i, boolean complex) {
    if (!complex) {
      return tensor.getDouble(i);
    }
    return tensor.dataType() == DataType.COMPLEX64 ? tensor.floats()[i] : tensor.doubles()[i];
  }

  private static List<Integer> index(int[] shape, int flat) {
    Integer[] index = new Integer[shape.length];
    int rest = flat;
    for (int i = shape.length - 1; i >= 0; i--) {
      index[i] = rest % shape[i];
      rest /= shape[i];
    }
    return Arrays.asList(index);
  }

  /** Returns the distance from {@code x} to the next larger number of the type. */
  public static double ulp(DataType type, double x) {
    int mantissa;
    int least;
    switch (type) {
      case FLOAT, COMPLEX64 -> {
        return Math.ulp((float) x);
      }
      case DOUBLE, COMPLEX128 -> {
        return Math.ulp(x);
      }
      case FLOAT16 -> {
        mantissa = 10;
        least = -14;
      }
      case BFLOAT16 -> {
        mantissa = 7;
        least = -126;
      }
      case FLOAT8E4M3FN, FLOAT8E4M3FNUZ -> {
        mantissa = 3;
        least = -6;
      }
      case FLOAT8E5M2, FLOAT8E5M2FNUZ -> {
        mantissa = 2;
        least = -14;
      }
      case FLOAT4E2M1 -> {
        mantissa = 1;
        least = 0;
      }
      default -> {
        mantissa = 0;
        least = -127;
      }
    }
    return Math.scalb(1.0, Math.max(least, x == 0 ? least : Math.getExponent(x)) - mantissa);
  }

  /** Runs over the elements of two tensors. */
  private static final class Sums {
    private final Tensor expected;
    private final DataType type;
    private final Tolerance tolerance;
    private final double maximum;
    private final double floor;
    private long elements;
    private long outside;
    private long notFinite;
    private double maxAbs;
    private double maxRel;
    private double maxUlp;
    private double squares;
    private double product;
    private double expectedSquares;
    private double foundSquares;
    private double worstExcess = -1;
    private int worstIndex = -1;
    private double worstExpected;
    private double worstFound;

    Sums(Tensor expected, DataType type, Tolerance tolerance) {
      this.expected = expected;
      this.type = type;
      this.tolerance = tolerance;
      boolean complex = expected.dataType().kind() == DataType.Kind.COMPLEX;
      double max = 0;
      double sum = 0;
      int n = complex ? 2 * expected.size() : expected.size();
      for (int i = 0; i < n; i++) {
        double e = Math.abs(element(expected, i, complex));
        if (e <= Double.MAX_VALUE) {
          max = Math.max(max, e);
          sum += e * e;
        }
      }
      maximum = max;
      floor = n == 0 ? 0 : 1e-3 * Math.sqrt(sum / n);
    }

    void add(int i, double e, double f) {
      elements++;
      if (!Double.isFinite(e) || !Double.isFinite(f)) {
        boolean same = (Double.isNaN(e) && Double.isNaN(f)) || e == f;
        if (!same) {
          notFinite++;
          outside++;
          note(i, e, f, Double.POSITIVE_INFINITY);
        }
        return;
      }
      double difference = Math.abs(f - e);
      double allowed =
          Math.max(
              tolerance.atol() + tolerance.rtol() * Math.abs(e), tolerance.relToMax() * maximum);
      if (difference > allowed) {
        outside++;
      }
      maxAbs = Math.max(maxAbs, difference);
      if (difference > 0) {
        maxRel = Math.max(maxRel, difference / Math.max(Math.abs(e), floor));
        if (Math.abs(e) >= floor && type.isFloat()) {
          maxUlp = Math.max(maxUlp, difference / ulp(type, e));
        }
      }
      squares += difference * difference;
      product += e * f;
      expectedSquares += e * e;
      foundSquares += f * f;
      double excess = difference == 0 ? 0 : allowed == 0 ? Double.MAX_VALUE : difference / allowed;
      note(i, e, f, excess);
    }

    private void note(int i, double e, double f, double excess) {
      if (excess > worstExcess) {
        worstExcess = excess;
        worstIndex = i;
        worstExpected = e;
        worstFound = f;
      }
    }

    Comparison result(boolean withCosine) {
      double norm = Math.sqrt(expectedSquares) * Math.sqrt(foundSquares);
      double cosine =
          norm > 0 ? Math.min(1, product / norm) : expectedSquares == foundSquares ? 1 : 0;
      boolean alike = !withCosine || cosine >= tolerance.minCosine();
      String problem = "";
      if (outside > 0) {
        problem = outside + " of " + elements + " elements are outside " + tolerance;
      } else if (!alike) {
        problem = "the cosine is " + cosine + ", below " + tolerance.minCosine();
      }
      Worst worst = null;
      if (worstIndex >= 0) {
        boolean complex = expected.dataType().kind() == DataType.Kind.COMPLEX;
        worst =
            new Worst(
                index(expected.shape(), complex ? worstIndex / 2 : worstIndex),
                worstExpected,
                worstFound);
      }
      return new Comparison(
          outside == 0 && alike,
          problem,
          elements,
          outside,
          notFinite,
          maxAbs,
          maxRel,
          maxUlp,
          elements == 0 ? 0 : Math.sqrt(squares / elements),
          cosine,
          worst);
    }
  }
}
