package org.sardonyx.passes;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.sardonyx.passes.infer.Specs;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.MapValue;
import org.sardonyx.tensor.OptionalValue;
import org.sardonyx.tensor.SequenceValue;
import org.sardonyx.tensor.SparseTensor;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * The sizes that the named dimensions of a model have in one run. Filled by comparing values with
 * their types, inputs first; what then disagrees contradicts the inference, or the model.
 */
public final class Bindings {

  private final Map<String, Long> sizes = new HashMap<>();

  /** Begins with no size known. */
  public Bindings() {}

  /** Returns the sizes that are known by now. */
  public Map<String, Long> sizes() {
    return Collections.unmodifiableMap(sizes);
  }

  /** Returns the size of a dimension, empty where a name in it has no size yet. */
  public OptionalLong evaluate(Dim dim) {
    try {
      return dim.evaluate(sizes);
    } catch (ArithmeticException _) {
      return OptionalLong.empty();
    }
  }

  /**
   * Compares a value with the type that was inferred for it: an unknown dimension may have any
   * size, a name that is met for the first time takes the size it is met with, a name that has a
   * size must have it again, and a computed dimension must be what it computes once its names have
   * sizes.
   *
   * @param inferred the type; null where nothing is known
   * @return what disagrees, or null
   */
  public @Nullable String disagreement(@Nullable Type inferred, Value actual) {
    return switch (inferred) {
      case null -> null;
      case Type.OfTensor(DataType element, Shape shape) ->
          actual instanceof Tensor tensor
              ? tensor(element, shape, tensor.type())
              : kind(inferred, actual);
      case Type.OfSparseTensor(DataType element, Shape shape) ->
          actual instanceof SparseTensor sparse
              ? tensor(element, shape, Type.tensor(sparse.values().dataType(), sparse.shape()))
              : kind(inferred, actual);
      case Type.OfSequence(Type element) -> {
        if (!(actual instanceof SequenceValue sequence)) {
          yield kind(inferred, actual);
        }
        for (int i = 0; i < sequence.elements().size(); i++) {
          String found = disagreement(element, sequence.elements().get(i));
          if (found != null) {
            yield "element " + i + ": " + found;
          }
        }
        yield null;
      }
      case Type.OfOptional(Type element) -> {
        if (!(actual instanceof OptionalValue optional)) {
          yield kind(inferred, actual);
        }
        yield optional.value() == null ? null : disagreement(element, optional.value());
      }
      case Type.OfMap _ ->
          actual instanceof MapValue && Specs.of(inferred).equals(Specs.of(actual.type()))
              ? null
              : kind(inferred, actual);
      case Type.Opaque _ -> null;
    };
  }

  private static String kind(Type inferred, Value actual) {
    return "inferred " + Specs.of(inferred) + ", is " + Specs.of(actual.type());
  }

  private @Nullable String tensor(DataType element, Shape shape, Type.OfTensor actual) {
    if (element != actual.elementType()) {
      return "inferred " + element.specName() + ", is " + actual.elementType().specName();
    }
    if (!shape.hasRank()) {
      return null;
    }
    String both = "inferred " + shape + ", is " + actual.shape();
    if (shape.rank() != actual.shape().rank()) {
      return both;
    }
    long[] sizes = actual.shape().sizes();
    for (int i = 0; i < sizes.length; i++) {
      if (!bind(shape.dim(i), sizes[i])) {
        OptionalLong expected = evaluate(shape.dim(i));
        return both
            + ": dimension "
            + i
            + " is "
            + shape.dim(i)
            + (expected.isPresent() ? " = " + expected.getAsLong() : "");
      }
    }
    return null;
  }

  private boolean bind(Dim dim, long size) {
    if (dim instanceof Dim.Named(String name)) {
      Long before = sizes.putIfAbsent(name, size);
      return before == null || before == size;
    }
    OptionalLong expected = evaluate(dim);
    return expected.isEmpty() || expected.getAsLong() == size;
  }
}
