package org.sardonyx.conformance.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.sardonyx.graph.GraphBuilder.Call;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.Tensor;

/** Operators that move elements. */
final class Shaping {

  private Shaping() {}

  static Live any(Draft d) {
    Live x = d.pick(1, 4);
    return switch (d.between(0, 13)) {
      case 0 -> reshape(d, x);
      case 1 -> computed(d, x);
      case 2 -> {
        int[] order = d.permutation(x.rank());
        List<Integer> shape = IntStream.of(order).mapToObj(x::dim).toList();
        long[] perm = IntStream.of(order).asLongStream().toArray();
        yield d.moved(d.call("Transpose", x.ref()).withInts("perm", perm).output(), shape, x);
      }
      case 3 -> concat(d, x);
      case 4 -> split(d, x);
      case 5 -> slice(d, x);
      case 6 -> d.flip() ? squeeze(d, x) : unsqueeze(d, x);
      case 7 -> {
        int axis = d.between(0, x.rank());
        List<Integer> shape =
            List.of(
                product(x.shape().subList(0, axis)), product(x.shape().subList(axis, x.rank())));
        yield d.moved(d.call("Flatten", x.ref()).with("axis", axis).output(), shape, x);
      }
      case 8 -> d.flip() ? expand(d, x) : tile(d, x);
      case 9 -> pad(d, x);
      case 10 -> gather(d, x);
      case 11 -> space(d);
      case 12 -> {
        Live matrix = d.pick(2, 4);
        Call call =
            d.call("Trilu", matrix.ref(), d.graph.constant(Tensor.scalar((long) d.between(-1, 2))));
        yield d.moved((d.flip() ? call : call.with("upper", 0)).output(), matrix.shape(), matrix);
      }
      default -> scatter(d, x);
    };
  }

  static int product(List<Integer> sizes) {
    return sizes.stream().reduce(1, (a, b) -> a * b);
  }

  /** Returns a value in another shape, which must have as many elements. */
  static Live to(Draft d, Live x, List<Integer> shape) {
    long[] target = Draft.longs(shape);
    if (target.length > 0 && d.flip()) {
      target[d.random.nextInt(target.length)] = -1;
    }
    for (int axis = 0; axis < Math.min(target.length, x.rank()); axis++) {
      if (target[axis] == x.dim(axis) && d.oneIn(4)) {
        target[axis] = 0;
      }
    }
    return d.moved(d.node("Reshape", x.ref(), d.ints(target)), shape, x);
  }

  /** Joins two axes that are beside each other, or splits one. */
  private static Live reshape(Draft d, Live x) {
    List<Integer> shape = new ArrayList<>(x.shape());
    int axis = d.axis(x);
    int size = x.dim(axis);
    if (x.rank() > 1 && (d.flip() || size < 2 || x.rank() > 3)) {
      axis = Math.min(axis, x.rank() - 2);
      shape.set(axis, shape.get(axis) * shape.remove(axis + 1));
    } else {
      List<Integer> factors =
          IntStream.rangeClosed(1, size).filter(f -> size % f == 0).boxed().toList();
      int factor = factors.get(d.random.nextInt(factors.size()));
      shape.set(axis, factor);
      shape.add(axis + 1, size / factor);
    }
    return to(d, x, shape);
  }

  /** Reshapes to what the graph computes from the shape. */
  private static Live computed(Draft d, Live x) {
    Ref sizes = d.node("Shape", x.ref());
    if (d.flip()) {
      Ref first = d.call("Gather", sizes, d.ints(0)).with("axis", 0).output();
      Ref target = d.call("Concat", first, d.ints(-1)).with("axis", 0).output();
      List<Integer> shape = List.of(x.dim(0), product(x.shape().subList(1, x.rank())));
      return d.moved(d.node("Reshape", x.ref(), target), shape, x);
    }
    Live flat = to(d, x, List.of(x.size()));
    Live changed = Elementwise.unary(d, flat);
    return d.moved(d.node("Reshape", changed.ref(), sizes), x.shape(), changed);
  }

  private static Live concat(Draft d, Live x) {
    int axis = d.axis(x);
    List<Integer> shape = new ArrayList<>(x.shape());
    List<Ref> refs = new ArrayList<>(List.of(x.ref()));
    double bound = x.bound();
    boolean exact = x.exact();
    for (int more = d.between(0, 2); more >= 0 && product(shape) * 2 <= Draft.MOST; more--) {
      Live same = d.like(x.shape());
      int[] sizes = Draft.ints(x.shape());
      sizes[axis] = d.between(1, 3);
      Live next = same == null || d.flip() ? d.fresh(sizes) : same;
      refs.add(d.random.nextInt(refs.size() + 1), next.ref());
      shape.set(axis, shape.get(axis) + next.dim(axis));
      bound = Math.max(bound, next.bound());
      exact &= next.exact();
    }
    Ref joined =
        d.call("Concat", refs.toArray(Ref[]::new)).with("axis", d.spelled(axis, x.rank())).output();
    return d.moved(joined, shape, new Live(joined, shape, bound, exact));
  }

  private static Live split(Draft d, Live x) {
    int axis = d.axis(x);
    if (x.dim(axis) < 2) {
      return slice(d, x);
    }
    int first = d.between(1, x.dim(axis) - 1);
    boolean halves = d.flip();
    if (halves) {
      first = (x.dim(axis) + 1) / 2;
    }
    Call call =
        halves
            ? d.call("Split", x.ref()).with("num_outputs", 2)
            : d.call("Split", x.ref(), d.ints(first, x.dim(axis) - first));
    List<Ref> parts = call.with("axis", d.spelled(axis, x.rank())).outputs(2);
    List<Integer> shape = new ArrayList<>(x.shape());
    shape.set(axis, x.dim(axis) - first);
    d.moved(parts.getLast(), shape, x);
    shape.set(axis, first);
    return d.moved(parts.getFirst(), shape, x);
  }

  private static Live slice(Draft d, Live x) {
    int axis = d.axis(x);
    int size = x.dim(axis);
    int start = d.between(0, size - 1);
    int end = d.between(start + 1, size);
    int step = d.any(1, 1, 2, 3);
    List<Integer> shape = new ArrayList<>(x.shape());
    shape.set(axis, (end - start + step - 1) / step);
    long from = start;
    long to = end == size && d.flip() ? Long.MAX_VALUE : end;
    if (d.oneIn(3)) {
      // Backwards over the same range.
      from = end - 1L;
      to = start == 0 ? Long.MIN_VALUE : start - 1L;
      step = -step;
    }
    Ref out =
        d.node(
            "Slice",
            x.ref(),
            d.ints(from),
            d.ints(to),
            d.ints(d.spelled(axis, x.rank())),
            d.ints(step));
    return d.moved(out, shape, x);
  }

  private static Live squeeze(Draft d, Live x) {
    int axis = x.shape().indexOf(1);
    if (axis < 0) {
      return unsqueeze(d, x);
    }
    List<Integer> shape = new ArrayList<>(x.shape());
    shape.remove(axis);
    return d.moved(d.node("Squeeze", x.ref(), d.ints(d.spelled(axis, x.rank()))), shape, x);
  }

  private static Live unsqueeze(Draft d, Live x) {
    int axis = d.between(0, x.rank());
    List<Integer> shape = new ArrayList<>(x.shape());
    shape.add(axis, 1);
    Ref at = d.ints(d.spelled(axis, x.rank() + 1));
    return d.moved(d.node("Unsqueeze", x.ref(), at), shape, x);
  }

  private static Live expand(Draft d, Live x) {
    int axis = x.shape().indexOf(1);
    if (axis < 0 || x.size() * 5 > Draft.MOST) {
      return unsqueeze(d, x);
    }
    List<Integer> shape = new ArrayList<>(x.shape());
    shape.set(axis, d.between(2, 5));
    return d.moved(d.node("Expand", x.ref(), d.ints(Draft.longs(shape))), shape, x);
  }

  private static Live tile(Draft d, Live x) {
    long[] repeats = new long[x.rank()];
    List<Integer> shape = new ArrayList<>();
    for (int axis = 0; axis < x.rank(); axis++) {
      repeats[axis] = x.size() * 8 <= Draft.MOST && axis < 3 ? d.between(1, 2) : 1;
      shape.add((int) (x.dim(axis) * repeats[axis]));
    }
    return d.moved(d.node("Tile", x.ref(), d.ints(repeats)), shape, x);
  }

  private static Live pad(Draft d, Live x) {
    String mode = d.any("constant", "constant", "edge", "reflect");
    long[] pads = new long[2 * x.rank()];
    List<Integer> shape = new ArrayList<>(x.shape());
    for (int axis = 0; axis < x.rank(); axis++) {
      int most = mode.equals("reflect") ? x.dim(axis) - 1 : 2;
      if (product(shape) * 3 <= Draft.MOST && d.flip()) {
        pads[axis] = d.between(0, Math.min(2, most));
        pads[axis + x.rank()] = d.between(0, Math.min(2, most));
        shape.set(axis, (int) (x.dim(axis) + pads[axis] + pads[axis + x.rank()]));
      }
    }
    Ref fill = d.flip() ? Ref.ABSENT : d.scalar(0.5);
    Call call = d.call("Pad", x.ref(), d.ints(pads), fill);
    return d.moved(
        (mode.equals("constant") ? call : call.with("mode", mode)).output(),
        shape,
        new Live(x.ref(), x.shape(), Math.max(x.bound(), 0.5), x.exact()));
  }

  private static Live gather(Draft d, Live x) {
    int axis = d.axis(x);
    int size = x.dim(axis);
    int count = d.between(1, 4);
    long[] at = new long[count];
    for (int i = 0; i < count; i++) {
      at[i] = d.spelled(d.random.nextInt(size), size);
    }
    List<Integer> shape = new ArrayList<>(x.shape());
    boolean single = x.rank() > 1 && d.oneIn(3);
    Ref index = d.graph.constant(single ? Tensor.scalar(at[0]) : Tensor.vector(at));
    if (single) {
      shape.remove(axis);
    } else {
      shape.set(axis, count);
    }
    Call call = d.call("Gather", x.ref(), index).with("axis", d.spelled(axis, x.rank()));
    return d.moved(call.output(), shape, x);
  }

  private static Live space(Draft d) {
    Live x = d.pick(4);
    if (x.dim(1) % 4 == 0 && d.flip()) {
      Call call = d.call("DepthToSpace", x.ref()).with("blocksize", 2);
      List<Integer> shape = List.of(x.dim(0), x.dim(1) / 4, x.dim(2) * 2, x.dim(3) * 2);
      return d.moved((d.flip() ? call : call.with("mode", "CRD")).output(), shape, x);
    }
    if (x.dim(2) % 2 == 0 && x.dim(3) % 2 == 0) {
      List<Integer> shape = List.of(x.dim(0), x.dim(1) * 4, x.dim(2) / 2, x.dim(3) / 2);
      return d.moved(d.call("SpaceToDepth", x.ref()).with("blocksize", 2).output(), shape, x);
    }
    if (x.size() * 4 > Draft.MOST) {
      return slice(d, x);
    }
    Ref scales = d.graph.constant(Tensor.of(new float[] {1, 1, 2, 2}, 4));
    Ref out = d.call("Resize", x.ref(), Ref.ABSENT, scales).with("mode", "linear").output();
    return d.add(out, List.of(x.dim(0), x.dim(1), x.dim(2) * 2, x.dim(3) * 2), x.bound());
  }

  private static Live scatter(Draft d, Live x) {
    int rows = d.between(1, x.dim(0));
    long[] at = new long[rows];
    int[] order = d.permutation(x.dim(0));
    for (int i = 0; i < rows; i++) {
      at[i] = d.spelled(order[i], x.dim(0));
    }
    List<Integer> shape = new ArrayList<>(x.shape());
    shape.set(0, rows);
    Ref updates = d.weights(d.numbers(0.8, Draft.ints(shape)));
    Ref index = d.graph.constant(Tensor.of(at, rows, 1));
    Call call = d.call("ScatterND", x.ref(), index, updates);
    return d.add(
        (d.flip() ? call : call.with("reduction", "add")).output(), x.shape(), x.bound() + 2);
  }
}
