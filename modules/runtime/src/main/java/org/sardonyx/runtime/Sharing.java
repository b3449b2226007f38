package org.sardonyx.runtime;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.tensor.MapValue;
import org.sardonyx.tensor.OptionalValue;
import org.sardonyx.tensor.SequenceValue;
import org.sardonyx.tensor.SparseTensor;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/**
 * Outputs that are views of inputs or constants. They are copied before they leave: a caller who
 * fills his input array anew, or writes to an output, changes neither other results nor the
 * session.
 */
final class Sharing {

  private Sharing() {}

  /** Adds the arrays that hold {@code value}. */
  static void collect(@Nullable Value value, Set<Object> arrays) {
    if (value == null) {
      return;
    }
    if (value instanceof Tensor tensor) {
      arrays.add(tensor.array()); // before a switch that takes milliseconds at first
      return;
    }
    switch (value) {
      case Tensor tensor -> arrays.add(tensor.array());
      case SparseTensor(Tensor values, Tensor indices, var _) -> {
        arrays.add(values.array());
        arrays.add(indices.array());
      }
      case OptionalValue(var _, Value inner) -> collect(inner, arrays);
      case MapValue(Tensor keys, SequenceValue values) -> {
        arrays.add(keys.array());
        collect(values, arrays);
      }
      case SequenceValue(var _, List<Value> elements) ->
          elements.forEach(element -> collect(element, arrays));
    }
  }

  /**
   * Returns a result as the caller may have it: with copies of those parts that lie in inputs, in
   * constants or in results before it.
   */
  static Value own(
      Value result, @Nullable Value[] given, Plan plan, Collection<? extends Value> before) {
    if (result instanceof Tensor tensor) {
      boolean shared = plan.constantArrays().contains(tensor.array());
      for (Value value : given) {
        shared |= shares(value, tensor);
      }
      for (Value value : before) {
        shared |= shares(value, tensor);
      }
      return shared && tensor.size() > 0 ? tensor.copy() : tensor;
    }
    Set<Object> arrays = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Value value : given) {
      collect(value, arrays);
    }
    before.forEach(value -> collect(value, arrays));
    return own(own(result, plan.constantArrays()), arrays);
  }

  /** As {@link #own}, of many results together. */
  static void own(
      List<String> names,
      int[] slots,
      @Nullable Value[] frame,
      @Nullable Value[] given,
      Plan plan,
      Map<String, Value> results) {
    Set<Object> arrays = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Value value : given) {
      collect(value, arrays);
    }
    for (int i = 0; i < slots.length; i++) {
      Value result = Objects.requireNonNull(frame[slots[i]]);
      Value owned = own(own(result, plan.constantArrays()), arrays);
      collect(owned, arrays);
      results.put(names.get(i), owned);
    }
  }

  /** Whether {@code tensor} lies in the same array as {@code value} or a part of it. */
  private static boolean shares(@Nullable Value value, Tensor tensor) {
    if (value == null || value instanceof Tensor) {
      return value instanceof Tensor other && other.array() == tensor.array();
    }
    Set<Object> arrays = Collections.newSetFromMap(new IdentityHashMap<>());
    collect(value, arrays);
    return arrays.contains(tensor.array());
  }

  /** Returns the value, with copies of those parts that lie in {@code arrays}. */
  static Value own(Value value, Set<Object> arrays) {
    if (value instanceof Tensor tensor) {
      return own(tensor, arrays); // as in collect
    }
    return switch (value) {
      case Tensor tensor -> own(tensor, arrays);
      case SparseTensor sparse ->
          new SparseTensor(
              own(sparse.values(), arrays), own(sparse.indices(), arrays), sparse.shape());
      case OptionalValue(var type, Value inner) ->
          inner == null ? value : new OptionalValue(type, own(inner, arrays));
      case MapValue(Tensor keys, SequenceValue values) ->
          new MapValue(own(keys, arrays), (SequenceValue) own(values, arrays));
      case SequenceValue(var type, List<Value> elements) -> {
        List<Value> owned = new ArrayList<>(elements.size());
        elements.forEach(element -> owned.add(own(element, arrays)));
        yield new SequenceValue(type, owned);
      }
    };
  }

  private static Tensor own(Tensor tensor, Set<Object> arrays) {
    return tensor.size() > 0 && arrays.contains(tensor.array()) ? tensor.copy() : tensor;
  }
}
