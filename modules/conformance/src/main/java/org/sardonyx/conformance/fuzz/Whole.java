package org.sardonyx.conformance.fuzz;

import java.util.ArrayList;
import java.util.List;
import org.sardonyx.graph.GraphBuilder.Call;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Chains of integer operators, which every engine computes alike to the last bit. */
final class Whole {

  /** Above this a value is taken modulo something, so that float holds it exactly. */
  private static final long LARGE = 2000;

  private final Draft d;
  private final DataType type;
  private Ref x;
  private List<Integer> shape;
  private long bound;

  private Whole(Draft d) {
    this.d = d;
    this.type = d.any(DataType.INT64, DataType.INT64, DataType.INT32);
    int[] sizes = new int[d.between(1, 3)];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = d.between(1, 6);
    }
    this.x = d.given(numbers(-20, 20, sizes));
    this.shape = Draft.list(sizes);
    this.bound = 20;
  }

  static Live any(Draft d) {
    Whole whole = new Whole(d);
    for (int nodes = d.between(2, 6); nodes > 0; nodes--) {
      whole.step();
      if (whole.bound > LARGE) {
        whole.x = d.node("Mod", whole.x, whole.scalar(97));
        whole.bound = 97;
      }
    }
    Ref floats = d.call("Cast", whole.x).with("to", d.type.code()).output();
    Ref small = d.node("Mul", floats, d.scalar(1.0 / 128));
    return d.moved(small, whole.shape, new Live(small, whole.shape, whole.bound / 128.0, true));
  }

  private Tensor numbers(int least, int most, int... sizes) {
    long[] values = new long[Tensor.checkedSize(sizes)];
    for (int i = 0; i < values.length; i++) {
      values[i] = d.between(least, most);
    }
    return Tensor.fromLongs(type, values, sizes);
  }

  private Ref scalar(long value) {
    return d.graph.constant(Tensor.fromLongs(type, new long[] {value}));
  }

  /** Returns numbers that broadcast to the value. */
  private Ref other(int least, int most) {
    List<Integer> sizes = new ArrayList<>(shape.subList(d.between(0, shape.size()), shape.size()));
    sizes.replaceAll(size -> d.oneIn(3) ? 1 : size);
    return d.weights(numbers(least, most, Draft.ints(sizes)));
  }

  private void step() {
    String op =
        d.any(
            "Add",
            "Sub",
            "Mul",
            "Div",
            "Mod",
            "Min",
            "Max",
            "Abs",
            "Neg",
            "Sign",
            "Clip",
            "Where",
            "BitwiseAnd",
            "BitwiseOr",
            "BitwiseXor",
            "CumSum",
            "ReduceSum",
            "ReduceMax",
            "Gather",
            "Transpose",
            "MatMul",
            "Equal");
    int last = shape.size() - 1;
    switch (op) {
      case "Add", "Sub" -> become(d.node(op, x, other(-20, 20)), bound + 20);
      case "Mul" -> become(d.node(op, x, other(-9, 9)), 9 * bound);
      case "Div" -> become(d.node(op, x, d.flip() ? other(1, 9) : other(-9, -2)), bound);
      case "Mod" -> become(d.node(op, x, d.flip() ? other(1, 9) : other(-9, -2)), 9);
      case "Min", "Max" -> become(d.node(op, x, other(-30, 30)), Math.max(30, bound));
      case "Clip" -> become(d.node(op, x, scalar(-15), scalar(12)), 15);
      case "Where" -> {
        Ref yes = d.node("Greater", x, other(-20, 20));
        become(d.node(op, yes, x, other(-20, 20)), Math.max(20, bound));
      }
      case "Equal" -> {
        Ref yes = d.node(op, d.node("Mod", x, scalar(3)), other(0, 2));
        become(d.call("Cast", yes).with("to", type.code()).output(), 1);
      }
      case "BitwiseAnd", "BitwiseOr", "BitwiseXor" ->
          become(d.node(op, x, other(-64, 63)), 2 * Math.max(64, bound));
      case "CumSum" ->
          become(
              d.node(op, x, d.graph.constant(Tensor.scalar((long) last))), bound * shape.get(last));
      case "ReduceSum", "ReduceMax" -> {
        Call call = d.call(op, x, d.ints(d.spelled(last, shape.size())));
        become(call.output(), op.equals("ReduceSum") ? bound * shape.get(last) : bound);
        shape = sized(last, 1);
      }
      case "Gather" -> {
        int size = shape.getFirst();
        become(
            d.node(op, x, d.ints(d.random.nextInt(size), d.spelled(d.random.nextInt(size), size))),
            bound);
        shape = sized(0, 2);
      }
      case "Transpose" -> {
        become(d.node(op, x), bound);
        shape = shape.reversed();
      }
      case "MatMul" -> {
        if (shape.size() >= 2) {
          int columns = d.between(1, 4);
          Ref w = d.weights(numbers(-5, 5, shape.get(last), columns));
          become(d.node(op, x, w), 5 * bound * shape.get(last));
          shape = sized(last, columns);
        }
      }
      default -> become(d.node(op, x), bound);
    }
  }

  private void become(Ref next, long newBound) {
    x = next;
    bound = newBound;
  }

  private List<Integer> sized(int axis, int size) {
    List<Integer> sizes = new ArrayList<>(shape);
    sizes.set(axis, size);
    return sizes;
  }
}
