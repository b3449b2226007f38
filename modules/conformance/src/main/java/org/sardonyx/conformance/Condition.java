package org.sardonyx.conformance;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.DoublePredicate;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** When an entry of the register can show at a node. What cannot be seen from outside may be. */
interface Condition {

  /** What ONNX Runtime lets DequantizeLinear pass. */
  List<String> MOVES = List.of("Transpose", "Reshape", "Squeeze", "Unsqueeze", "Slice", "MaxPool");

  boolean holds(Site site);

  /**
   * A node in its model.
   *
   * @param node the node
   * @param model the model
   * @param known values that are inputs or constants of the node's graph
   * @param declared what inference says of the node's graph with the inputs as they are declared
   * @param given the same with the inputs as they are
   */
  record Site(
      Node node,
      Model model,
      Map<String, Value> known,
      Function<String, @Nullable Type> declared,
      Function<String, @Nullable Type> given) {

    boolean gives(int input) {
      return input < node.inputs().size() && !node.inputs().get(input).isEmpty();
    }

    boolean wants(int output) {
      return output < node.outputs().size() && !node.outputs().get(output).isEmpty();
    }

    @Nullable Tensor input(int input) {
      return gives(input) && known.get(node.inputs().get(input)) instanceof Tensor tensor
          ? tensor
          : null;
    }

    /** Whether the input is given, and is not known or fulfils the test. */
    boolean may(int input, Predicate<Tensor> test) {
      Tensor tensor = input(input);
      return gives(input) && (tensor == null || test.test(tensor));
    }

    /** Returns the shape of an input; of unknown rank where it is not known. */
    private Shape shape(int input, Function<String, @Nullable Type> types) {
      return gives(input)
              && types.apply(node.inputs().get(input)) instanceof Type.OfTensor(var _, Shape shape)
          ? shape
          : Shape.UNKNOWN;
    }

    /** Whether each plane of the first input has one element, as far as is known. */
    boolean mayHavePlanesOfOne() {
      Shape x = shape(0, given);
      for (int axis = 2; x.hasRank() && axis < x.rank(); axis++) {
        if (x.dim(axis) instanceof Dim.Known(long size) && size != 1) {
          return false;
        }
      }
      return true;
    }

    /** Whether the last size of an input is not declared, nor follows from what is. */
    boolean isOpenAtTheEnd(int input) {
      Shape shape = shape(input, declared);
      return gives(input)
          && !(shape.hasRank()
              && shape.rank() > 0
              && shape.dim(shape.rank() - 1) instanceof Dim.Known);
    }

    /** Whether a node of the outermost graph reads the first output. */
    boolean isRead() {
      String first = node.outputs().getFirst();
      return model.graph().nodes().stream().anyMatch(other -> Graphs.reads(other).contains(first));
    }

    /** Whether the first input is of a type, as far as is known. */
    boolean mayBe(DataType type) {
      return !(given.apply(node.inputs().getFirst()) instanceof Type.OfTensor(var known, var _))
          || known == type;
    }

    /** Whether a node of an operator reads the first output, in bodies too. */
    boolean isReadBy(String operator) {
      return isReadBy(operator, model.graph());
    }

    private boolean isReadBy(String operator, Graph graph) {
      String first = node.outputs().getFirst();
      return graph.nodes().stream()
          .anyMatch(other ->
              (other.isOnnx(operator) && other.inputs().contains(first))
                  || Graphs.bodies(other).stream().anyMatch(body -> isReadBy(operator, body)));
    }

    boolean anyType(DataType type) {
      for (int i = 0; i < node.inputs().size(); i++) {
        Tensor tensor = input(i);
        if (tensor != null && tensor.dataType() == type) {
          return true;
        }
      }
      return false;
    }

    boolean anyInput(DoublePredicate test) {
      for (int i = 0; i < node.inputs().size(); i++) {
        if (may(i, tensor -> Condition.has(tensor, test))) {
          return true;
        }
      }
      return false;
    }

    boolean isSet(String attribute) {
      return node.attribute(attribute) != null;
    }

    long integer(String attribute, long otherwise) {
      Attribute found = node.attribute(attribute);
      return found != null && found.value() instanceof Attribute.OfInt(long value)
          ? value
          : otherwise;
    }

    float number(String attribute, float otherwise) {
      Attribute found = node.attribute(attribute);
      return found != null && found.value() instanceof Attribute.OfFloat(float value)
          ? value
          : otherwise;
    }

    boolean is(String attribute, String... any) {
      Attribute found = node.attribute(attribute);
      return found != null
          && found.value() instanceof Attribute.OfString text
          && List.of(any).contains(text.text());
    }

    boolean names(String attribute, List<String> any) {
      Attribute found = node.attribute(attribute);
      return found != null
          && found.value() instanceof Attribute.OfStrings strings
          && strings.texts().stream().anyMatch(t -> any.contains(t.toLowerCase(Locale.ROOT)));
    }

    long opset() {
      for (OpsetImport opset : model.opsetImports()) {
        if (opset.domain().isEmpty() || opset.domain().equals("ai.onnx")) {
          return opset.version();
        }
      }
      return 0;
    }

    boolean batchFirst() {
      return integer("layout", 0) == 1;
    }
  }

  /** Returns the condition of a key of the register. */
  static Condition of(String key) {
    return switch (key) {
      case "always" -> site -> true;
      case "layout" -> site -> site.integer("layout", 0) == 1;
      case "double" -> site -> site.anyType(DataType.DOUBLE);
      case "same-padding-dilated" ->
          site -> site.is("auto_pad", "SAME_UPPER", "SAME_LOWER") && site.isSet("dilations");
      case "float16" -> site -> site.anyType(DataType.FLOAT16);
      case "even-size" -> site -> site.integer("size", 1) % 2 == 0;
      case "integers-between" ->
          site -> site.is("mode", "linear", "cubic") && site.may(0, x -> x.dataType().isInteger());
      case "bfloat16" -> site -> site.anyType(DataType.BFLOAT16);
      case "clip" -> site -> site.isSet("clip");
      case "row-of-length-0" ->
          site -> site.may(4, lens -> has(lens, length -> length == 0)) || size(site, 0) == 0;
      case "time-0" -> site -> size(site, 0) == 0;
      case "batch-0" -> site -> size(site, 1) == 0;
      case "batch-0-or-time-0-without-lens" ->
          site -> size(site, 1) == 0 || (size(site, 0) == 0 && !site.gives(4));
      case "not-finite" -> site -> site.anyInput(x -> !Double.isFinite(x));
      case "softplus-of-large" ->
          site ->
              site.names("activations", List.of("softplus"))
                  && site.anyInput(x -> Math.abs(x) > 20);
      case "threshold" -> site -> site.names("activations", List.of("thresholdedrelu"));
      case "activation-defaults" ->
          site -> site.names("activations", List.of("affine", "scaledtanh", "thresholdedrelu"));
      case "no-hidden-size" -> site -> !site.isSet("hidden_size");
      case "mask-rank-1-or-short" ->
          site ->
              site.may(
                  3,
                  mask -> {
                    Tensor k = site.input(1);
                    Tensor past = site.input(4);
                    int more = past == null ? 0 : past.dim(-2);
                    return mask.rank() <= 1 || k == null || mask.dim(-1) < k.dim(-2) + more;
                  });
      case "empty-input" -> site -> emptyInput(site);
      case "scale-not-positive" -> site -> site.isSet("scale") && site.number("scale", 1) <= 0;
      case "windows" -> site -> site.isSet("left_window_size") || site.isSet("right_window_size");
      case "scores-after-mask" -> site -> site.integer("qk_matmul_output_mode", 0) == 2;
      case "double-mask-and-more" ->
          site ->
              site.anyType(DataType.DOUBLE)
                  && site.may(3, mask -> mask.dataType() == DataType.DOUBLE)
                  && (site.integer("is_causal", 0) == 1 || site.gives(6));
      case "causal-one-query-after-past" ->
          site -> {
            Tensor q = site.input(0);
            return site.integer("is_causal", 0) == 1
                && site.gives(4)
                && (q == null || q.dim(-2) == 1);
          };
      case "nan" -> site -> site.anyInput(Double::isNaN);
      case "minus-infinity" -> site -> site.anyInput(x -> x == Double.NEGATIVE_INFINITY);
      case "opset-newer-than-26" -> site -> site.opset() > 26;
      case "presents-left-out" -> site -> site.gives(3) && !(site.wants(1) && site.wants(2));
      case "unsorted" ->
          // Asked of the first node, for all of them.
          site ->
              site.node().equals(site.model().graph().nodes().getFirst()) && unsorted(site.model());
      case "no-loop-condition" -> site -> !site.gives(1);
      case "u8-s8-sums" -> {
        // Two products of up to 255 * 127 are added in 16 bits. DynamicQuantizeMatMul makes uint8.
        yield site -> {
          String operator = site.node().opType();
          int weights = operator.startsWith("Q") ? 3 : 1;
          boolean dynamic = operator.startsWith("Dynamic");
          boolean turned = operator.equals("ConvInteger");
          return (dynamic
                  || site.may(
                      turned ? weights : 0,
                      x -> x.dataType() == DataType.UINT8 && has(x, v -> v > 128)))
              && site.may(
                  turned ? 0 : weights,
                  w -> w.dataType() == DataType.INT8 && has(w, v -> v > 64 || v < -64));
        };
      }
      case "fused-u8-s8" -> site -> FusedQuantization.mayAddPairs(site.model(), site.node());
      case "double-times-input" -> site -> site.mayBe(DataType.DOUBLE) && site.isReadBy("Mul");
      case "int8-then-moved" ->
          site ->
              site.opset() >= 21
                  && site.mayBe(DataType.INT8)
                  && MOVES.stream().anyMatch(site::isReadBy);
      case "scatter-float16" ->
          site ->
              site.mayBe(DataType.FLOAT16)
                  && (site.is("reduction", "add", "mul")
                      || (site.node().opType().equals("ScatterND")
                          && site.is("reduction", "max", "min")));
      case "planes-of-1" -> Site::mayHavePlanesOfOne;
      case "flat-values-of-open-size" ->
          site -> site.isSet("q_num_heads") && site.isOpenAtTheEnd(2) && site.isRead();
      case "division-by-minus-1" -> site -> site.may(1, b -> has(b, x -> x == -1));
      default -> throw new IllegalStateException("the register has an unknown key " + key);
    };
  }

  /** Whether a node of the outermost graph reads what a later one gives. */
  private static boolean unsorted(Model model) {
    Set<String> later = new HashSet<>();
    for (Node node : model.graph().nodes().reversed()) {
      later.addAll(node.outputs());
      later.remove("");
      if (node.inputs().stream().anyMatch(later::contains)) {
        return true;
      }
    }
    return false;
  }

  private static boolean emptyInput(Site site) {
    for (int i = 0; i < site.node().inputs().size(); i++) {
      Tensor tensor = site.input(i);
      if (tensor != null && tensor.size() == 0) {
        return true;
      }
    }
    return false;
  }

  /** T (axis 0) or N (axis 1) of a recurrent operator; -1 where it is not known. */
  private static int size(Site site, int axis) {
    Tensor x = site.input(0);
    if (x == null || x.rank() != 3) {
      return -1;
    }
    return x.dim(site.batchFirst() ? 1 - axis : axis);
  }

  /** Whether an element fulfils the test. */
  static boolean has(Tensor tensor, DoublePredicate test) {
    if (!tensor.dataType().isFloat()
        && !tensor.dataType().isInteger()
        && tensor.dataType() != DataType.BOOL) {
      return false;
    }
    for (int i = 0; i < tensor.size(); i++) {
      if (test.test(tensor.getDouble(i))) {
        return true;
      }
    }
    return false;
  }
}
