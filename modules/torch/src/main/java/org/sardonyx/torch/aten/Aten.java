package org.sardonyx.torch.aten;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Dim;

/** The operators of PyTorch: which are written in ONNX's, and why others are not. */
public final class Aten {

  /** Results that share elements with what they are made of. */
  private static final Set<String> VIEWS =
      Set.of(
          "view",
          "reshape",
          "view_as",
          "reshape_as",
          "flatten",
          "unflatten",
          "permute",
          "transpose",
          "t",
          "numpy_T",
          "swapaxes",
          "unsqueeze",
          "squeeze",
          "expand",
          "expand_as",
          "select",
          "slice",
          "narrow",
          "movedim",
          "moveaxis",
          "swapdims",
          "unfold",
          "diagonal",
          "ravel",
          "mT",
          "mH",
          "adjoint");

  /** Lists of results that share elements with what they are made of. */
  private static final Set<String> LISTS_OF_VIEWS =
      Set.of("chunk", "split", "split_with_sizes", "tensor_split", "unbind");

  /** Names that end in an underscore and change nothing. */
  private static final Set<String> NOT_IN_PLACE = Set.of("requires_grad_", "detach_");

  private static final Map<String, Op> OPS = operators();
  private static final Map<String, String> REFUSED = refused();

  private Aten() {}

  private static Map<String, Op> operators() {
    Map<String, Op> ops = new HashMap<>();
    Elementwise.register(ops);
    Arithmetic.register(ops);
    Shaping.register(ops);
    Repeating.register(ops);
    Parts.register(ops);
    Padding.register(ops);
    Reducing.register(ops);
    Indexing.register(ops);
    Products.register(ops);
    Attention.register(ops);
    Norms.register(ops);
    Windows.register(ops);
    Resizing.register(ops);
    Recurrents.register(ops);
    Creating.register(ops);
    Prims.register(ops);
    Lists.register(ops);
    Texts.register(ops);
    Composed.register(ops);
    Running.register(ops);
    Bags.register(ops);
    Diagonals.register(ops);
    Adaptive.register(ops);
    Patches.register(ops);
    Selecting.register(ops);
    Derived.register(ops);
    Losses.register(ops);
    Packing.register(ops);
    Nesting.register(ops);
    Quantized.register(ops);
    refused().keySet().forEach(ops::remove);
    return Map.copyOf(ops);
  }

  private static Map<String, String> refused() {
    Map<String, String> no = new TreeMap<>();
    no.put("unique", "ONNX's Unique does not give what PyTorch's does");
    no.put("_unique2", "ONNX's Unique does not give what PyTorch's does");
    no.put("fft_fft", "complex tensors have no place in ONNX");
    no.put("fft_rfft", "complex tensors have no place in ONNX");
    no.put("stft", "complex tensors have no place in ONNX");
    no.put("istft", "complex tensors have no place in ONNX");
    no.put("view_as_complex", "complex tensors have no place in ONNX");
    no.put("multinomial", "ONNX draws without weights that are computed");
    no.put("quantize_per_channel", "quantized modules: quantize the ONNX model instead");
    no.put("linalg_inv", "ONNX has no inverse of a matrix");
    no.put("linalg_solve", "ONNX solves no equations");
    no.put("lgamma", "ONNX has no gamma function");
    no.put("digamma", "ONNX has no gamma function");
    no.put("erfinv", "ONNX has no inverse of erf");
    no.put("as_strided", "what it gives depends on where elements lie in memory");
    no.put("renorm", "rows are changed by what they are: use normalize");
    no.put("backward", "gradients are not taken in a model");
    return no;
  }

  /** Returns the names of the operators that are written in ONNX's. */
  public static Set<String> mapped() {
    return new TreeSet<>(OPS.keySet());
  }

  /** Returns the operators that are refused by name, with the reasons. */
  public static Map<String, String> notMapped() {
    return Collections.unmodifiableMap(REFUSED);
  }

  /**
   * Applies an operator.
   *
   * @param name without its name space, as {@code add} or {@code relu_}
   */
  public static @Nullable Object call(
      Emit e, String name, List<@Nullable Object> given, Map<String, @Nullable Object> named) {
    e.advance();
    Args args = new Args(name, given, named);
    Op op = OPS.get(name);
    if (op != null) {
      @Nullable Object result = op.apply(e, args);
      if (VIEWS.contains(name)
          && result instanceof Ten view
          && given.getFirst() instanceof Ten base
          && view != base) {
        view.asViewOf(base, x -> (Ten) again(e, op, args, x));
      }
      if (LISTS_OF_VIEWS.contains(name)
          && result instanceof Items list
          && given.getFirst() instanceof Ten base) {
        if (!list.isKnown()) {
          list.asPartsOf(base, x -> (Items) again(e, op, args, x));
          return list;
        }
        for (int i = 0; i < list.items().size(); i++) {
          int at = i;
          if (list.items().get(i) instanceof Ten view && view != base) {
            view.asViewOf(
                base,
                x ->
                    (Ten)
                        java.util.Objects.requireNonNull(
                            ((Items) again(e, op, args, x)).items().get(at)));
          }
        }
      }
      return result;
    }
    if (name.equals("add_") && !given.isEmpty() && given.getFirst() instanceof Items list) {
      return Lists.extend(e, list, args.get(1, "other"));
    }
    boolean inPlace = name.endsWith("_") && !name.endsWith("__") && !NOT_IN_PLACE.contains(name);
    String plain = inPlace ? name.substring(0, name.length() - 1) : name;
    Op outOfPlace = inPlace ? OPS.get(plain) : null;
    if (outOfPlace != null && !given.isEmpty() && given.getFirst() instanceof Ten target) {
      @Nullable Object result = outOfPlace.apply(e, new Args(plain, given, named));
      if (!(result instanceof Ten value)) {
        throw new UnsupportedModel(name + " gives no tensor");
      }
      boolean view = VIEWS.contains(plain);
      if (!view && e.hasRank(target) && e.hasRank(value) && e.rank(value) > e.rank(target)) {
        throw new Emit.Mismatch(name + " of a tensor of rank " + e.rank(target));
      }
      write(e, target, view ? value : kept(e, target, value));
      return target;
    }
    String why = REFUSED.get(plain);
    throw new UnsupportedModel(
        "the operator aten::"
            + Text.escape(name)
            + (why == null ? " is not among those that are known" : " is refused: " + why));
  }

  private static Object again(Emit e, Op op, Args args, Ten base) {
    List<@Nullable Object> given = new java.util.ArrayList<>(args.given());
    given.set(0, base);
    return java.util.Objects.requireNonNull(op.apply(e, new Args(args.op(), given, args.named())));
  }

  /** What is written in place keeps the type that is there. */
  private static Ten kept(Emit e, Ten target, Ten value) {
    return e.hasType(target) ? Creating.cast(e, value, e.type(target)) : value;
  }

  /** Changes a tensor in place, and what it is a view of. */
  private static void write(Emit e, Ten target, Ten value) {
    e.changing(target);
    Ten.State state = value.now();
    Ten base = target.base();
    var view = target.view();
    if (base == null || view == null) {
      target.set(
          new Ten.State(
              state.ref() == null && state.data() == null ? e.ref(value) : state.ref(),
              state.type(),
              state.dims(),
              state.data(),
              state.scalar()));
      return;
    }
    // Where the view's elements lie in the base: the view of the numbers 0, 1, 2, ...
    Ref count = e.node("ReduceProd", e.node("Shape", e.ref(base)));
    Ref flat =
        e.node(
            "Range",
            e.scalar(0L, DataType.INT64),
            e.node("Squeeze", count),
            e.scalar(1L, DataType.INT64));
    List<Dim> dims = e.dims(base);
    Ten places = e.ten(e.node("Reshape", flat, e.shapeOf(base)), DataType.INT64, dims);
    Ten where = view.apply(places);
    Ref updates = e.node("Expand", e.cast(value, e.type(base)), e.shapeOf(where));
    Ref written =
        e.call(
                "ScatterElements",
                e.node("Reshape", e.ref(base), e.int1(-1)),
                e.node("Reshape", e.ref(where), e.int1(-1)),
                e.node("Reshape", updates, e.int1(-1)))
            .with("axis", 0)
            .output();
    write(e, base, e.ten(e.node("Reshape", written, e.shapeOf(base)), e.type(base), dims));
    target.now();
  }
}
