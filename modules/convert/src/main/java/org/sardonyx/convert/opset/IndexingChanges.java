package org.sardonyx.convert.opset;

import static org.sardonyx.convert.opset.Rewrite.with;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Node;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** Operators that take elements by index or put them there. */
final class IndexingChanges {

  /** Operators whose integers are sizes and places. */
  private static final Set<String> COUNTS =
      Set.of("ArgMax", "ArgMin", "NonZero", "Shape", "Size", "TopK");

  private IndexingChanges() {}

  static void add(Changes all) {
    all.change("Gather", 11, Adapter.KEEP, IndexingChanges::gatherDown);
    all.types("Gather", 13);
    all.since("GatherElements", 11, IndexingChanges::gatherElements);
    all.begins(11, "GatherND", "ScatterND", "Unique");
    for (String name : List.of("Compress", "OneHot", "Unique")) {
      all.types(name, 28);
    }
    all.types("GatherElements", 13);
    all.same("GatherND", 12);
    all.types("GatherND", 13);
    all.begins(9, "Compress", "NonZero", "OneHot", "Scatter", "EyeLike");
    all.types("EyeLike", 22);
    all.types("NonZero", 13);
    all.change("Compress", 11, Adapter.KEEP, Axes.counted("axis"));
    all.change("OneHot", 11, IndexingChanges::oneHotUp, IndexingChanges::oneHotDown);
    all.change(
        "Scatter",
        11,
        rewrite -> rewrite.put(renamed(rewrite.node(), "ScatterElements")),
        Adapter.refuse("the version is deprecated, and ScatterElements is what to use"));
    all.since("ScatterElements", 11, IndexingChanges::scatterDown);
    for (String name : List.of("ScatterElements", "ScatterND")) {
      all.types(name, 13);
      all.same(name, 16);
      all.change(name, 18, Adapter.KEEP, IndexingChanges::noExtremes);
    }
    all.begins(24, "TensorScatter");
    all.begins(10, "NonMaxSuppression");
    // Optional inputs that are empty, and boxes that are given corner by corner: all the same.
    all.same("NonMaxSuppression", 11);
  }

  /** Elements of known sizes by their place in one dimension. */
  private static void gatherElements(Rewrite rewrite) {
    int rank = rewrite.rank(0);
    int axis = (int) Axes.normal(rewrite, rewrite.integer("axis", 0));
    int[] picked = new int[rank];
    long[] strides = new long[rank];
    long stride = 1;
    for (int i = rank - 1; i >= 0; i--) {
      picked[i] = Math.toIntExact(rewrite.size(1, i));
      strides[i] = stride;
      stride = Math.multiplyExact(stride, rewrite.size(0, i));
    }
    Tensor base = Tensor.zeros(DataType.INT64, picked);
    for (int k = 0; k < base.size(); k++) {
      int rest = k;
      long place = 0;
      for (int i = rank - 1; i >= 0; i--) {
        place += i == axis ? 0 : rest % picked[i] * strides[i];
        rest /= picked[i];
      }
      base.setLong(k, place);
    }
    Attribute toInt64 = Attribute.of("to", (long) DataType.INT64.code());
    Attribute toDouble = Attribute.of("to", (long) DataType.DOUBLE.code());
    String index = rewrite.op("Cast", rewrite.in(1), toInt64);
    String zero = rewrite.scalar(DataType.DOUBLE, 0);
    String less = rewrite.op("Less", List.of(rewrite.op("Cast", index, toDouble), zero));
    String size = rewrite.longs(rewrite.size(0, axis));
    String more = rewrite.op("Mul", List.of(rewrite.op("Cast", less, toInt64), size));
    String counted = rewrite.op("Add", List.of(index, more));
    String far = rewrite.op("Mul", List.of(counted, rewrite.longs(strides[axis])));
    String place = rewrite.op("Add", List.of(rewrite.constant(base), far));
    String flat = rewrite.op("Reshape", List.of(rewrite.in(0), rewrite.longs(-1)));
    rewrite.last("Gather", List.of(flat, place), Attribute.of("axis", 0L));
  }

  private static Node renamed(Node node, String opType) {
    return new Node(
        node.name(),
        "",
        opType,
        "",
        node.inputs(),
        node.outputs(),
        node.attributes(),
        node.docString(),
        node.metadata(),
        node.extra());
  }

  /**
   * Negative indices count from the end by the text of version 11. Constant ones are counted;
   * others stay, since every engine takes them in version 1 too.
   */
  private static void gatherDown(Rewrite rewrite) {
    Tensor indices = rewrite.constant(1);
    long axis = rewrite.integer("axis", 0);
    Node node = rewrite.node();
    if (axis < 0) {
      node = with(node, Attribute.of("axis", Axes.normal(rewrite, axis)));
    }
    if (indices != null && Arrays.stream(indices.toLongs()).anyMatch(i -> i < 0)) {
      Shape shape = rewrite.shape(0);
      if (shape.hasRank()
          && shape.dim((int) Axes.normal(rewrite, axis)) instanceof Dim.Known(long size)) {
        long[] counted = Arrays.stream(indices.toLongs()).map(i -> i < 0 ? i + size : i).toArray();
        rewrite.release(1);
        String name =
            rewrite.constant(Tensor.fromLongs(indices.dataType(), counted, indices.shape()));
        node = node.withInputs(List.of(rewrite.in(0), name));
      }
    }
    rewrite.keep(node);
  }

  private static boolean isNeverNegative(Rewrite rewrite, int input) {
    Tensor constant = rewrite.constant(input);
    if (constant != null) {
      return Arrays.stream(constant.toDoubles()).allMatch(value -> value >= 0);
    }
    if (rewrite.type(input) instanceof Type.OfTensor(DataType type, Shape _)
        && (type.kind() == DataType.Kind.UNSIGNED)) {
      return true;
    }
    Node producer = rewrite.facts().producer(rewrite.in(input));
    return producer != null && producer.isOnnx() && COUNTS.contains(producer.opType());
  }

  /** Before version 11 a negative index was out of range, and its row all off. */
  private static void oneHotUp(Rewrite rewrite) {
    if (isNeverNegative(rewrite, 0)) {
      rewrite.keep();
    } else {
      String negative = rewrite.op("Less", List.of(rewrite.in(0), zero(rewrite)));
      String[] chosen = {negative, depth(rewrite), rewrite.in(0)};
      keepIndices(rewrite, rewrite.op("Where", List.of(chosen)));
    }
  }

  private static void oneHotDown(Rewrite rewrite) {
    if (isNeverNegative(rewrite, 0)) {
      rewrite.keep();
    } else {
      String negative = rewrite.op("Less", List.of(rewrite.in(0), zero(rewrite)));
      String counted = rewrite.op("Add", List.of(rewrite.in(0), depth(rewrite)));
      String placed = rewrite.op("Where", List.of(negative, counted, rewrite.in(0)));
      // What is still negative is nowhere, and there are engines that count it once more.
      String nowhere = rewrite.op("Less", List.of(placed, zero(rewrite)));
      keepIndices(rewrite, rewrite.op("Where", List.of(nowhere, depth(rewrite), placed)));
    }
  }

  private static void keepIndices(Rewrite rewrite, String indices) {
    List<String> inputs = new ArrayList<>(rewrite.node().inputs());
    inputs.set(0, indices);
    rewrite.keep(rewrite.node().withInputs(inputs));
  }

  private static String zero(Rewrite rewrite) {
    return rewrite.constant(Tensor.zeros(rewrite.element(0)));
  }

  /** Returns depth, which may be [1], as a scalar of the type of the indices. */
  private static String depth(Rewrite rewrite) {
    String cast =
        rewrite.op("Cast", rewrite.in(1), Attribute.of("to", (long) rewrite.element(0).code()));
    return rewrite.op("Reshape", List.of(cast, rewrite.longs()));
  }

  private static void scatterDown(Rewrite rewrite) {
    if (!rewrite.text("reduction", "none").equals("none")) {
      throw rewrite.refuse("reduction was not to be had");
    }
    long axis = rewrite.integer("axis", 0);
    rewrite.last(
        "Scatter", rewrite.node().inputs(), Attribute.of("axis", Axes.normal(rewrite, axis)));
  }

  private static void noExtremes(Rewrite rewrite) {
    String reduction = rewrite.text("reduction", "none");
    if (reduction.equals("max") || reduction.equals("min")) {
      throw rewrite.refuse("reduction " + reduction + " was not to be had");
    }
    rewrite.keep();
  }
}
