package org.sardonyx.conformance.fuzz;

import java.util.ArrayList;
import java.util.List;
import org.sardonyx.graph.GraphBuilder.Call;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.Tensor;

/** Attention: the operator with its options, and as exporters spell it out. */
final class Attending {

  private Attending() {}

  static Live any(Draft d) {
    return d.opset >= 23 && !d.oneIn(3) ? operator(d) : spelledOut(d);
  }

  private static Live operator(Draft d) {
    int batch = d.between(1, 3);
    int groups = d.between(1, 2);
    int keyHeads = d.between(1, 3);
    int heads = groups * keyHeads;
    int width = d.any(2, 4, 8, 9);
    int valueWidth = d.flip() ? width : d.any(3, 4, 8);
    int queries = d.between(1, 7);
    int keys = d.between(1, 9);
    boolean flat = d.flip();
    Live q = input(d, flat, batch, heads, queries, width);
    Live k = input(d, flat, batch, keyHeads, keys, width);
    Live v = input(d, flat, batch, keyHeads, keys, valueWidth);
    List<Ref> refs = new ArrayList<>(List.of(q.ref(), k.ref(), v.ref()));
    boolean past = d.oneIn(3);
    int before = past ? d.between(1, 4) : 0;
    boolean masked = d.flip();
    if (masked) {
      int[] shape =
          d.flip()
              ? new int[] {queries, before + keys}
              : new int[] {batch, 1, queries, before + keys};
      refs.add(mask(d, shape));
    } else {
      refs.add(Ref.ABSENT);
    }
    if (past) {
      refs.add(d.fresh(batch, keyHeads, before, width).ref());
      refs.add(d.fresh(batch, keyHeads, before, valueWidth).ref());
    }
    Call call = d.call("Attention", refs.toArray(Ref[]::new));
    if (flat) {
      call.with("q_num_heads", heads).with("kv_num_heads", keyHeads);
    }
    if (d.oneIn(3)) {
      call.with("is_causal", 1);
    }
    if (d.oneIn(3)) {
      call.with("scale", d.real(0.2, 1));
    }
    if (d.oneIn(4)) {
      call.with("softcap", d.real(1, 5));
    }
    List<Ref> outputs = call.outputs(past ? 3 : 1);
    List<Integer> shape =
        flat
            ? List.of(batch, queries, heads * valueWidth)
            : List.of(batch, heads, queries, valueWidth);
    if (past) {
      d.moved(outputs.get(1), List.of(batch, keyHeads, before + keys, width), k);
      d.moved(outputs.get(2), List.of(batch, keyHeads, before + keys, valueWidth), v);
    }
    return d.add(outputs.getFirst(), shape, Math.max(2, v.bound()));
  }

  private static Live input(Draft d, boolean flat, int batch, int heads, int steps, int width) {
    int[] shape =
        flat ? new int[] {batch, steps, heads * width} : new int[] {batch, heads, steps, width};
    Live same = d.like(Draft.list(shape));
    return same == null ? d.fresh(shape) : same;
  }

  /** A mask that leaves each query its first key at least. */
  private static Ref mask(Draft d, int... shape) {
    int keys = shape[shape.length - 1];
    if (d.flip()) {
      return d.weights(d.numbers(1, shape));
    }
    boolean[] seen = new boolean[Tensor.checkedSize(shape)];
    for (int i = 0; i < seen.length; i++) {
      seen[i] = i % keys == 0 || d.flip();
    }
    return d.graph.constant(Tensor.of(seen, shape));
  }

  /** Attention over the steps of a value with products, softmax and transposes. */
  private static Live spelledOut(Draft d) {
    Live x = d.pick(3);
    int heads = d.between(1, 3);
    int width = d.any(2, 4, 5, 8);
    Ref q = split(d, x, heads, width, 0, 2, 1, 3);
    Ref k = split(d, x, heads, width, 0, 2, 3, 1);
    Ref v = split(d, x, heads, width, 0, 2, 1, 3);
    Ref scores = d.node("MatMul", q, k);
    Ref scale = d.scalar(1 / Math.sqrt(width));
    scores = d.node("Mul", scores, scale);
    int steps = x.dim(1);
    if (d.flip()) {
      float[] causal = new float[steps * steps];
      for (int i = 0; i < causal.length; i++) {
        causal[i] = i % steps > i / steps ? -10000 : 0;
      }
      scores = d.node("Add", scores, d.graph.constant(d.typed(causal, steps, steps)));
    }
    Ref weights = d.call("Softmax", scores).with("axis", -1).output();
    Ref mixed = d.node("MatMul", weights, v);
    Ref turned = d.call("Transpose", mixed).withInts("perm", 0, 2, 1, 3).output();
    Ref joined = d.node("Reshape", turned, d.ints(0, 0, (long) heads * width));
    Live out = d.add(joined, List.of(x.dim(0), steps, heads * width), 2.5 * x.bound());
    if (d.flip()) {
      return out;
    }
    Live back = Products.dense(d, out, x.dim(2));
    // The residual.
    return d.add(d.node("Add", x.ref(), back.ref()), x.shape(), x.bound() + back.bound());
  }

  private static Ref split(Draft d, Live x, int heads, int width, long... perm) {
    Ref w = d.weights(d.numbers(1 / Math.sqrt(x.dim(2)), x.dim(2), heads * width));
    Ref y = d.node("MatMul", x.ref(), w);
    Ref apart = d.node("Reshape", y, d.ints(0, 0, heads, width));
    return d.call("Transpose", apart).withInts("perm", perm).output();
  }
}
