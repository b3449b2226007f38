package org.sardonyx.conformance.sweep;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.sardonyx.conformance.sweep.Mutant.Change;
import org.sardonyx.graph.Attribute;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Invocation;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** The mistakes that engines were seen to make, or that are easily made. */
final class Mutants {

  private static final int X = 0;
  private static final int W = 1;
  private static final int R = 2;
  private static final int B = 3;
  private static final int LENS = 4;
  private static final int H = 5;
  private static final int C = 6;
  private static final int P = 7;

  private Mutants() {}

  static List<Mutant> all() {
    List<Mutant> all = new ArrayList<>();
    for (String operator : List.of("LSTM", "GRU", "RNN")) {
      recurrent(operator, all);
    }
    lstm(all);
    gru(all);
    attention(all);
    return all;
  }

  private static int gates(String operator) {
    return operator.equals("LSTM") ? 4 : operator.equals("GRU") ? 3 : 1;
  }

  private static void recurrent(String operator, List<Mutant> all) {
    int gates = gates(operator);
    all.add(Mutant.of(operator, "R transposed").input(R, Mutants::transposed));
    all.add(Mutant.of(operator, "no bias").drop(B));
    all.add(
        Mutant.of(operator, "only the biases of W")
            .input(B, (b, call, a) -> b.dim(1) == 0 ? b : halves(b, 1, 0)));
    all.add(
        Mutant.of(operator, "only the biases of R")
            .input(B, (b, call, a) -> b.dim(1) == 0 ? b : halves(b, 0, 1)));
    all.add(Mutant.of(operator, "sequence_lens ignored").drop(LENS));
    all.add(
        Mutant.of(operator, "sequence_lens of the other rows")
            .input(LENS, (lens, call, a) -> Mutant.reordered(lens, i -> lens.size() - 1 - i)));
    all.add(
        Mutant.of(operator, "sequence_lens one short")
            .input(LENS, (lens, call, a) -> mapped(lens, length -> Math.max(0, length - 1))));
    all.add(Mutant.of(operator, "clip ignored").forget("clip"));
    all.add(Mutant.of(operator, "activations ignored").forget("activations"));
    all.add(Mutant.of(operator, "activation_alpha ignored").forget("activation_alpha"));
    all.add(Mutant.of(operator, "activation_beta ignored").forget("activation_beta"));
    if (gates > 1) {
      all.add(
          Mutant.of(operator, "activations in another order")
              .attribute(Mutants::reversedActivations));
    }
    all.add(
        Mutant.of(operator, "forward for reverse")
            .attribute(a -> direction(a, "reverse", "forward")));
    all.add(
        Mutant.of(operator, "reverse for forward")
            .attribute(a -> direction(a, "forward", "reverse")));
    all.add(
        Mutant.of(operator, "directions change places")
            .output(0, (y, call, a) -> otherDirection(y, yAxis(a)))
            .output(1, (h, call, a) -> otherDirection(h, stateAxis(a))));
    all.add(Mutant.of(operator, "initial_h ignored").drop(H));
    all.add(
        Mutant.of(operator, "initial_h of the other rows")
            .input(H, (h, call, a) -> along(h, 1 - stateAxis(a), (at, size) -> size - 1 - at)));
    all.add(Mutant.of(operator, "Y_h at the last step of X").drop(LENS).keep(0).keep(2));
    all.add(
        Mutant.of(operator, "Y one step late")
            .output(
                0,
                (y, call, a) ->
                    along(
                        y, a.getInt("layout", 0) == 1 ? 1 : 0, (at, size) -> Math.max(0, at - 1))));
    all.add(
        Mutant.of(operator, "weights rounded to float16")
            .input(W, (w, call, a) -> rounded(w))
            .input(R, (r, call, a) -> rounded(r)));
    all.add(
        Mutant.of(operator, "NaN taken for 0")
            .input(X, (x, call, a) -> mapped(x, v -> Double.isNaN(v) ? 0 : v)));
  }

  private static void lstm(List<Mutant> all) {
    all.add(swapped("LSTM", "gates i and o swapped", 0, 1));
    all.add(swapped("LSTM", "gates f and c swapped", 2, 3));
    all.add(swapped("LSTM", "gates in the order of other frameworks: i, f", 1, 2));
    all.add(Mutant.of("LSTM", "no peepholes").drop(P));
    all.add(
        Mutant.of("LSTM", "peepholes in the order i, f, o")
            .input(
                P, (p, call, a) -> along(blocks(p, 3), 1, Mutants::lastTwo).reshaped(p.shape())));
    all.add(Mutant.of("LSTM", "initial_c ignored").drop(C));
    all.add(Mutant.of("LSTM", "initial_h ignored where there is initial_c").drop(H).keep(2));
    all.add(Mutant.of("LSTM", "input_forget ignored").flip("input_forget"));
    all.add(Mutant.of("LSTM", "Y_c at the last step of X").drop(LENS).keep(0).keep(1));
    all.add(Mutant.of("LSTM", "Y_c bounded").output(2, (c, call, a) -> mapped(c, Math::tanh)));
  }

  private static void gru(List<Mutant> all) {
    all.add(Mutant.of("GRU", "linear_before_reset flipped").flip("linear_before_reset"));
    all.add(swapped("GRU", "gates z and r swapped", 0, 1));
    all.add(swapped("GRU", "gates r and h swapped", 1, 2));
    Change minusZ =
        (w, call, a) -> {
          Tensor parts = blocks(w, w.rank() == 2 ? 6 : 3);
          int inner = parts.size() / parts.dim(0) / parts.dim(1);
          Tensor result = parts.copy();
          for (int i = 0; i < parts.size(); i++) {
            if (i / inner % parts.dim(1) % 3 == 0) {
              result.setDouble(i, -parts.getDouble(i));
            }
          }
          return result.reshaped(w.shape());
        };
    all.add(
        Mutant.of("GRU", "z and 1 - z change places")
            .input(W, minusZ)
            .input(R, minusZ)
            .input(B, minusZ));
    all.add(
        Mutant.of("GRU", "the biases of h merged")
            .input(
                B,
                (b, call, a) -> {
                  int hidden = b.dim(1) / 6;
                  Tensor merged = b.copy();
                  for (int d = 0; d < b.dim(0); d++) {
                    for (int j = 0; j < hidden; j++) {
                      int ofW = d * b.dim(1) + 2 * hidden + j;
                      int ofR = ofW + 3 * hidden;
                      merged.setDouble(ofW, b.getDouble(ofW) + b.getDouble(ofR));
                      merged.setDouble(ofR, 0);
                    }
                  }
                  return merged;
                }));
  }

  private static void attention(List<Mutant> all) {
    all.add(Mutant.of("Attention", "is_causal flipped").flip("is_causal"));
    all.add(Mutant.of("Attention", "scale ignored").forget("scale"));
    all.add(Mutant.of("Attention", "softcap ignored").forget("softcap"));
    all.add(Mutant.of("Attention", "the mask ignored").drop(3));
    all.add(
        Mutant.of("Attention", "the mask one key late")
            .input(
                3, (mask, call, a) -> along(mask, mask.rank() - 1, (at, n) -> (at + n - 1) % n)));
    all.add(
        Mutant.of("Attention", "a bool mask says what to leave out")
            .input(
                3,
                (mask, call, a) ->
                    mask.dataType() == DataType.BOOL ? mapped(mask, x -> 1 - x) : mask));
    all.add(Mutant.of("Attention", "past keys taken for 0").input(4, Mutants::zeros));
    all.add(Mutant.of("Attention", "past values of another time").input(5, Mutants::lateCache));
    all.add(Mutant.of("Attention", "nonpad_kv_seqlen ignored").drop(6));
    all.add(Mutant.of("Attention", "heads shared in another order").input(1, Mutants::otherHeads));
    all.add(Mutant.of("Attention", "left window one wider").attribute(a -> wider(a, "left")));
    all.add(Mutant.of("Attention", "right window one wider").attribute(a -> wider(a, "right")));
    all.add(Mutant.of("Attention", "always the raw scores").forget("qk_matmul_output_mode"));
    all.add(
        Mutant.of("Attention", "the modes of cap and mask as they were published first")
            .attribute(Mutants::oldMode));
    all.add(
        Mutant.of("Attention", "rows that see nothing give the mean")
            .output(0, (y, call, a) -> mapped(y, v -> v == 0 ? 0.01 : v)));
    all.add(Mutant.of("RotaryEmbedding", "interleaved flipped").flip("interleaved"));
    all.add(
        Mutant.of("RotaryEmbedding", "turned the other way")
            .input(2, (sin, call, a) -> mapped(sin, x -> -x)));
    all.add(
        Mutant.of("RotaryEmbedding", "positions one late")
            .input(3, (ids, call, a) -> mapped(ids, x -> Math.max(0, x - 1))));
  }

  private static Mutant swapped(String operator, String name, int one, int other) {
    int gates = gates(operator);
    Change change =
        (w, call, a) ->
            along(
                    blocks(w, w.rank() == 2 ? 2 * gates : gates),
                    1,
                    (at, size) ->
                        at % gates == one
                            ? at - one + other
                            : at % gates == other ? at - other + one : at)
                .reshaped(w.shape());
    return Mutant.of(operator, name).input(W, change).input(R, change).input(B, change);
  }

  /** As [D, blocks, rest]. */
  private static Tensor blocks(Tensor tensor, int blocks) {
    int rest = tensor.dim(0) == 0 ? 0 : tensor.size() / tensor.dim(0) / blocks;
    return tensor.reshaped(tensor.dim(0), blocks, rest);
  }

  private static int lastTwo(int at, int size) {
    return at == 0 ? 0 : size - at;
  }

  private interface Place {
    int from(int at, int size);
  }

  /** Takes the slices of an axis from elsewhere. */
  private static Tensor along(Tensor tensor, int axis, Place place) {
    int size = tensor.dim(axis);
    int count = 1;
    for (int i = axis + 1; i < tensor.rank(); i++) {
      count *= tensor.dim(i);
    }
    int inner = count;
    return Mutant.reordered(
        tensor,
        i -> {
          int at = i / inner % size;
          return i + (place.from(at, size) - at) * inner;
        });
  }

  private static Tensor mapped(Tensor tensor, DoubleUnaryOperator f) {
    Tensor result = tensor.copy();
    for (int i = 0; i < tensor.size(); i++) {
      result.setDouble(i, f.applyAsDouble(tensor.getDouble(i)));
    }
    return result;
  }

  private static Tensor transposed(Tensor r, Invocation call, Attributes attributes) {
    int hidden = r.dim(2);
    int square = hidden * hidden;
    return Mutant.reordered(
        r, i -> i / square * square + i % hidden * hidden + i % square / hidden);
  }

  private static Tensor halves(Tensor b, double first, double second) {
    Tensor result = b.copy();
    int length = b.dim(1);
    for (int i = 0; i < b.size(); i++) {
      result.setDouble(i, b.getDouble(i) * (i % length < length / 2 ? first : second));
    }
    return result;
  }

  private static Tensor rounded(Tensor tensor) {
    return tensor.dataType() == DataType.FLOAT
        ? Tensor.fromFloats(
            DataType.FLOAT,
            Tensor.fromFloats(DataType.FLOAT16, tensor.floats(), tensor.shape()).toFloats(),
            tensor.shape())
        : tensor;
  }

  private static Attribute direction(Attribute attribute, String from, String to) {
    return attribute.name().equals("direction")
            && attribute.value() instanceof Attribute.OfString text
            && text.text().equals(from)
        ? Attribute.of("direction", to)
        : attribute;
  }

  private static Attribute reversedActivations(Attribute attribute) {
    if (attribute.value() instanceof Attribute.OfStrings strings) {
      List<String> names = new ArrayList<>(strings.texts());
      Collections.reverse(names);
      return new Attribute(attribute.name(), Attribute.OfStrings.of(names));
    }
    return attribute;
  }

  private static Attribute wider(Attribute attribute, String side) {
    return attribute.name().equals(side + "_window_size")
            && attribute.value() instanceof Attribute.OfInt(long value)
            && value >= 0
        ? Attribute.of(attribute.name(), value + 1)
        : attribute;
  }

  private static Attribute oldMode(Attribute attribute) {
    return attribute.name().equals("qk_matmul_output_mode")
            && attribute.value() instanceof Attribute.OfInt(long mode)
            && (mode == 1 || mode == 2)
        ? Attribute.of(attribute.name(), 3 - mode)
        : attribute;
  }

  private static int yAxis(Attributes attributes) {
    return attributes.getInt("layout", 0) == 1 ? 2 : 1;
  }

  private static int stateAxis(Attributes attributes) {
    return attributes.getInt("layout", 0) == 1 ? 1 : 0;
  }

  private static Tensor otherDirection(Tensor tensor, int axis) {
    return along(tensor, axis, (at, size) -> size - 1 - at);
  }

  private static Tensor zeros(Tensor tensor, Invocation call, Attributes attributes) {
    return Tensor.zeros(tensor.dataType(), tensor.shape());
  }

  private static Tensor lateCache(Tensor cache, Invocation call, Attributes attributes) {
    return along(cache, 2, (at, size) -> Math.max(0, at - 1));
  }

  private static Tensor otherHeads(Tensor k, Invocation call, Attributes attributes) {
    return k.rank() == 4 ? along(k, 1, (at, size) -> size - 1 - at) : k;
  }
}
