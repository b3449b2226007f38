package org.sardonyx.layers;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.Tensor;

/**
 * softmax(q k^T / sqrt(d)) v for each head, where q, k, v are projections of the features cut into
 * heads of d features; the heads side by side are projected once more. Keys that do not count get
 * no weight; a query without any gives zeros before the last projection.
 */
public final class MultiHeadAttention implements Layer<Series, Series> {

  private final int heads;
  private final Projection query;
  private final Projection key;
  private final Projection value;
  private final Projection result;
  private final boolean causal;

  private MultiHeadAttention(
      int heads,
      Projection query,
      Projection key,
      Projection value,
      Projection result,
      boolean causal) {
    this.heads = heads;
    this.query = query;
    this.key = key;
    this.value = value;
    this.result = result;
    this.causal = causal;
  }

  /**
   * One of the four projections.
   *
   * @param weight [output, input] or [input, output], as the format has dense layers
   * @param bias [output]; null for none
   */
  public record Projection(Tensor weight, @Nullable Tensor bias) {}

  /**
   * Makes one.
   *
   * @throws InvalidInput where types or shapes do not fit, or the features cannot be cut into heads
   */
  public static MultiHeadAttention of(
      WeightFormat format,
      int heads,
      Projection query,
      Projection key,
      Projection value,
      Projection result) {
    String what = "attention (" + format.name() + "): ";
    Projection q = converted(what + "query", format, query);
    Projection k = converted(what + "key", format, key);
    Projection v = converted(what + "value", format, value);
    Projection r = converted(what + "result", format, result);
    Weights.requireSame(what + "queries and keys", q.weight().dim(1), k.weight().dim(1));
    Weights.requireSame(what + "values and result", v.weight().dim(1), r.weight().dim(0));
    if (heads < 1 || q.weight().dim(1) % heads != 0 || v.weight().dim(1) % heads != 0) {
      throw new InvalidInput(
          what + q.weight().dim(1) + " features cannot be cut into " + heads + " heads");
    }
    return new MultiHeadAttention(heads, q, k, v, r, false);
  }

  /**
   * Makes one of PyTorch's {@code nn.MultiheadAttention}.
   *
   * @param inWeight {@code in_proj_weight}, [3 * features, features]
   * @param inBias {@code in_proj_bias}, [3 * features]
   * @param outWeight {@code out_proj.weight}, [features, features]
   * @param outBias {@code out_proj.bias}, [features]
   * @throws InvalidInput where types or shapes do not fit
   */
  public static MultiHeadAttention ofPyTorch(
      int heads, Tensor inWeight, Tensor inBias, Tensor outWeight, Tensor outBias) {
    String what = "attention (PyTorch): ";
    Weights.require(what + "in_proj_weight", inWeight, 2, "[3*features,features]");
    int size = inWeight.dim(1);
    Weights.require(what + "in_proj_weight", inWeight, "it has three blocks", 3 * size, size);
    Weights.require(what + "in_proj_bias", inBias, "in_proj_weight is " + inWeight, 3 * size);
    Projection[] three = new Projection[3];
    for (int i = 0; i < 3; i++) {
      three[i] =
          new Projection(
              Weights.rows(inWeight, i * size, size), Weights.rows(inBias, i * size, size));
    }
    Projection out = new Projection(outWeight, outBias);
    return of(WeightFormat.PYTORCH, heads, three[0], three[1], three[2], out);
  }

  private static Projection converted(String what, WeightFormat format, Projection given) {
    Tensor matrix =
        Weights.require(what + " weights", given.weight(), 2, "[output,input] or transposed");
    Tensor own = format.dense() == WeightFormat.Side.ROWS ? Weights.transposed(matrix) : matrix;
    Tensor bias =
        given.bias() == null
            ? null
            : Weights.require(
                what + " bias", given.bias(), "the weights are " + matrix, own.dim(1));
    return new Projection(own, bias);
  }

  /** Returns the same, in which no step sees a later one. */
  public MultiHeadAttention causal() {
    return new MultiHeadAttention(heads, query, key, value, result, true);
  }

  @Override
  public Series on(Series x) {
    return between(x, x, x);
  }

  /** Lets one series look at another. */
  public Series between(Series queries, Series memory) {
    return between(queries, memory, memory);
  }

  /**
   * Lets one series look at another with values of a third, which has the time of the second.
   *
   * @param keys what is looked at; its lengths or mask are obeyed
   */
  public Series between(Series queries, Series keys, Series values) {
    Series q = queries.in(Layout.BATCH_TIME_FEATURES);
    Series k = keys.in(Layout.BATCH_TIME_FEATURES);
    Series v = values.in(Layout.BATCH_TIME_FEATURES);
    Weights.requireInput("attention, query", query.weight().dim(0), q.size());
    Weights.requireInput("attention, key", key.weight().dim(0), k.size());
    Weights.requireInput("attention, value", value.weight().dim(0), v.size());
    Network network = q.network();
    Ref mask = k.steps() == null ? null : k.steps().mask();
    network.begin("attention");
    Formula f = network.formula();
    List<Ref> refs = new ArrayList<>(List.of(q.ref(), k.ref(), v.ref()));
    List<String> names = new ArrayList<>(List.of("query", "key", "value"));
    add(f, refs, names, "q", query);
    add(f, refs, names, "k", key);
    add(f, refs, names, "v", value);
    add(f, refs, names, "o", result);
    if (mask != null) {
      refs.add(mask);
      names.add("mask");
    }
    List<Attribute> attributes =
        List.of(Attribute.of("heads", (long) heads), Attribute.of("causal", causal ? 1L : 0L));
    FunctionBodies.Draft draft =
        new FunctionBodies.Draft(
            "MultiHeadAttention" + (causal ? "Causal" : "") + (mask == null ? "" : "Masked"),
            heads + " heads; query, key, value and Y are [batch, time, features].",
            names,
            1,
            attributes,
            (inner, in) -> List.of(body(inner, in, names)));
    return q.with(network.call(draft, refs).getFirst(), result.weight().dim(1));
  }

  private static void add(
      Formula f, List<Ref> refs, List<String> names, String letter, Projection projection) {
    names.add("W_" + letter);
    refs.add(f.weight("W_" + letter, projection.weight()));
    if (projection.bias() != null) {
      names.add("b_" + letter);
      refs.add(f.weight("b_" + letter, projection.bias()));
    }
  }

  private Ref body(Formula f, List<Ref> in, List<String> names) {
    int size = query.weight().dim(1) / heads;
    int valueSize = value.weight().dim(1) / heads;
    Ref q = f.transpose(f.reshape(projected(f, in, names, 0, "q"), 0, 0, heads, size), 0, 2, 1, 3);
    Ref k = f.transpose(f.reshape(projected(f, in, names, 1, "k"), 0, 0, heads, size), 0, 2, 3, 1);
    Ref v =
        f.transpose(f.reshape(projected(f, in, names, 2, "v"), 0, 0, heads, valueSize), 0, 2, 1, 3);
    Ref scores = f.multiply(f.product(q, k), f.scalar((float) (1 / Math.sqrt(size))));
    int mask = names.indexOf("mask");
    Ref counts = mask < 0 ? null : f.unsqueeze(in.get(mask), 1, 2);
    if (causal) {
      Ref seen = seen(f, in.get(0), in.get(1));
      counts = counts == null ? seen : f.node("And", counts, seen);
    }
    Ref y = Attention.weighedWhere(f, scores, v, counts);
    Ref merged = f.reshape(f.transpose(y, 0, 2, 1, 3), 0, 0, (long) heads * valueSize);
    return projected(f, merged, in, names, "o");
  }

  private static Ref projected(
      Formula f, List<Ref> in, List<String> names, int which, String letter) {
    return projected(f, in.get(which), in, names, letter);
  }

  private static Ref projected(Formula f, Ref x, List<Ref> in, List<String> names, String letter) {
    Ref product = f.product(x, in.get(names.indexOf("W_" + letter)));
    int bias = names.indexOf("b_" + letter);
    return bias < 0 ? product : f.add(product, in.get(bias));
  }

  /** Whether step j comes no later than step i: bool [queries, keys]. */
  private static Ref seen(Formula f, Ref query, Ref key) {
    Ref i = f.node("Range", f.scalar(0L), f.squeeze(f.sizeOf(query, 1), 0), f.scalar(1L));
    Ref j = f.node("Range", f.scalar(0L), f.squeeze(f.sizeOf(key, 1), 0), f.scalar(1L));
    return f.node("GreaterOrEqual", f.unsqueeze(i, 1), j);
  }
}
