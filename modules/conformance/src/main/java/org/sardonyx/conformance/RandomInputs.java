package org.sardonyx.conformance;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.OptionalValue;
import org.sardonyx.tensor.SequenceValue;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * Random inputs that a model can do something with: of the declared types and shapes, and where the
 * graph asks for it ids below the size of a vocabulary, lengths within the time axis, masks of
 * zeros and ones. The same seed gives the same inputs everywhere.
 *
 * <p>Floats are normal with mean 0 and deviation 1. Dimensions without a number take the size that
 * was given for their name, else 2 for a batch, 7 for what looks like time, 3 for the rest.
 */
public final class RandomInputs {

  private final Model model;
  private final Map<String, Long> dims;
  private final Map<String, Range> ranges;
  private final Random random;

  /**
   * The numbers an input may take.
   *
   * @param low the least
   * @param high the greatest
   */
  public record Range(double low, double high) {
    public Range {
      if (!(low <= high)) {
        throw new IllegalArgumentException("a range goes from the lesser to the greater number");
      }
    }
  }

  private RandomInputs(Model model, Map<String, Long> dims, Map<String, Range> ranges, long seed) {
    this.model = model;
    this.dims = dims;
    this.ranges = ranges;
    this.random = new Random(seed);
  }

  /**
   * Returns an input for every graph input that has no default.
   *
   * @param dims sizes by name of a dimension ({@code batch}), or of an input and an axis ({@code
   *     x.0})
   * @param ranges ranges by name of an input, which take precedence over what the graph asks for
   * @throws InvalidInput where {@code dims} or {@code ranges} name what is not there
   * @throws UnsupportedModel where an input is of a type that nothing can be drawn for
   */
  public static Map<String, Value> of(
      Model model, Map<String, Long> dims, Map<String, Range> ranges, long seed) {
    return new RandomInputs(model, dims, ranges, seed).draw();
  }

  private Map<String, Value> draw() {
    Graph graph = model.graph();
    Set<String> defaults = new HashSet<>();
    for (TensorData initializer : graph.initializers()) {
      defaults.add(initializer.name());
    }
    Set<String> names = new HashSet<>();
    Set<String> dimNames = new HashSet<>();
    for (ValueInfo input : graph.inputs()) {
      names.add(input.name());
      if (input.type() instanceof Type.OfTensor(DataType _, Shape shape) && shape.hasRank()) {
        for (int axis = 0; axis < shape.rank(); axis++) {
          dimNames.add(input.name() + "." + axis);
          if (shape.dim(axis) instanceof Dim.Named(String name)) {
            dimNames.add(name);
          }
        }
      }
    }
    refuseUnknown("dimension", dims.keySet(), dimNames);
    refuseUnknown("input", ranges.keySet(), names);
    Map<String, Wanted> wanted = Wanted.of(model);
    Map<String, Value> inputs = new LinkedHashMap<>();
    for (ValueInfo input : graph.inputs()) {
      if (!defaults.contains(input.name())) {
        Type type = input.type();
        if (type == null) {
          throw new UnsupportedModel("input \"" + input.name() + "\" declares no type");
        }
        inputs.put(input.name(), value(input.name(), type, wanted.get(input.name())));
      }
    }
    return inputs;
  }

  private static void refuseUnknown(String what, Set<String> given, Set<String> known) {
    List<String> unknown = new ArrayList<>(given);
    unknown.removeAll(known);
    if (!unknown.isEmpty()) {
      throw new InvalidInput(
          "the model has no "
              + what
              + " "
              + unknown
              + "; it has "
              + known.stream().sorted().toList());
    }
  }

  private Value value(String name, Type type, @Nullable Wanted wanted) {
    return switch (type) {
      case Type.OfTensor(DataType element, Shape shape) ->
          tensor(name, element, sizes(name, shape), wanted);
      case Type.OfSequence(Type element) ->
          new SequenceValue(
              element, List.of(value(name, element, wanted), value(name, element, wanted)));
      case Type.OfOptional(Type element) ->
          new OptionalValue(element, value(name, element, wanted));
      case Type.OfSparseTensor _, Type.OfMap _, Type.Opaque _ ->
          throw new UnsupportedModel(
              "no random values of type " + type.spec() + " for input \"" + name + "\"");
    };
  }

  private int[] sizes(String name, Shape shape) {
    if (!shape.hasRank()) {
      return new int[] {3};
    }
    int[] sizes = new int[shape.rank()];
    for (int axis = 0; axis < sizes.length; axis++) {
      Long given = dims.get(name + "." + axis);
      Dim dim = shape.dim(axis);
      if (given == null && dim instanceof Dim.Named(String named)) {
        given = dims.get(named);
      }
      long size =
          given != null
              ? given
              : switch (dim) {
                case Dim.Known(long known) -> known;
                case Dim.Named(String named) -> usual(named, axis);
                case Dim.Computed _, Dim.Unknown _ -> usual("", axis);
              };
      if (size < 0 || size > Integer.MAX_VALUE) {
        throw new InvalidInput("dimension " + axis + " of \"" + name + "\" cannot be " + size);
      }
      sizes[axis] = (int) size;
    }
    return sizes;
  }

  private static long usual(String name, int axis) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.contains("batch") || lower.equals("n") || lower.equals("b")) {
      return 2;
    }
    if (lower.contains("time")
        || lower.contains("seq")
        || lower.contains("len")
        || lower.equals("t")
        || lower.equals("s")) {
      return 7;
    }
    return name.isEmpty() ? axis == 0 ? 2 : 7 : 3;
  }

  private Tensor tensor(String name, DataType type, int[] shape, @Nullable Wanted wanted) {
    Tensor tensor = Tensor.zeros(type, shape);
    Range range = ranges.get(name);
    if (type == DataType.STRING) {
      for (int i = 0; i < tensor.size(); i++) {
        tensor.strings()[i] = "word" + random.nextInt(100);
      }
      return tensor;
    }
    if (type.kind() == DataType.Kind.COMPLEX) {
      fillComplex(tensor);
      return tensor;
    }
    if (range != null) {
      for (int i = 0; i < tensor.size(); i++) {
        double x = range.low() + random.nextDouble() * (range.high() - range.low());
        tensor.setDouble(i, type.isFloat() ? x : Math.floor(x + 0.5));
      }
      return tensor;
    }
    if (wanted != null && wanted.isMask()) {
      fillMask(tensor);
    } else if (wanted != null && !type.isFloat()) {
      fillIntegers(tensor, wanted);
    } else if (type.isFloat()) {
      for (int i = 0; i < tensor.size(); i++) {
        tensor.setDouble(i, (float) random.nextGaussian());
      }
    } else if (type == DataType.BOOL) {
      for (int i = 0; i < tensor.size(); i++) {
        tensor.setLong(i, i == 0 || random.nextInt(4) > 0 ? 1 : 0);
      }
    } else {
      fillIntegers(tensor, new Wanted.Integers(0, type.bits() < 8 ? 1 : 3));
    }
    return tensor;
  }

  private void fillComplex(Tensor tensor) {
    for (int i = 0; i < 2 * tensor.size(); i++) {
      if (tensor.dataType() == DataType.COMPLEX64) {
        tensor.floats()[i] = (float) random.nextGaussian();
      } else {
        tensor.doubles()[i] = random.nextGaussian();
      }
    }
  }

  /** Fills rows that begin with ones and may end with zeros; the first row holds only ones. */
  private void fillMask(Tensor mask) {
    int length = mask.rank() == 0 ? 1 : mask.dim(-1);
    for (int row = 0; row < (length == 0 ? 0 : mask.size() / length); row++) {
      int ones = row == 0 ? length : 1 + random.nextInt(length);
      for (int i = 0; i < ones; i++) {
        mask.setDouble(row * length + i, 1);
      }
    }
  }

  private void fillIntegers(Tensor tensor, Wanted wanted) {
    Map<String, Long> bound = new HashMap<>();
    for (ValueInfo input : model.graph().inputs()) {
      if (input.type() instanceof Type.OfTensor(DataType _, Shape shape) && shape.hasRank()) {
        int[] sizes = sizes(input.name(), shape);
        for (int axis = 0; axis < sizes.length; axis++) {
          if (shape.dim(axis) instanceof Dim.Named(String name)) {
            bound.put(name, (long) sizes[axis]);
          }
        }
      }
    }
    Wanted.Integers between = wanted.integers(bound);
    for (int i = 0; i < tensor.size(); i++) {
      long span = Math.max(1, between.high() - between.low() + 1);
      // The first element takes the upper bound, so that the longest row fills the time axis.
      long drawn = i == 0 ? between.high() : between.low() + random.nextLong(span);
      tensor.setLong(i, drawn);
    }
  }
}
