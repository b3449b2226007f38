package org.sardonyx.operators;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.sardonyx.operators.Signature.Parameter;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** An inference of one node, and what it stated. */
public final class OneInference implements Inference {

  /** How much of given inputs is told. */
  enum Known {
    /** Types, shapes and elements. */
    CONSTANT,
    /** Types and shapes; integer vectors by their length. */
    SHAPE,
    /** A name for every dimension and for every element of an integer vector. */
    NAMES,
    /** The same name where the sizes are the same. */
    COMMON_NAMES,
    /** Ranks. */
    RANK,
    /** Element types. */
    ELEMENT_TYPE,
    /** Nothing. */
    NOTHING
  }

  private static final int LARGEST_CONSTANT = 1024;

  private final Signature signature;
  private final List<@Nullable Type> types;
  private final Map<Integer, Tensor> constants = new HashMap<>();
  private final Map<Integer, List<Dim>> elements = new HashMap<>();
  private final Map<String, Long> bindings = new HashMap<>();
  private final List<Boolean> present = new ArrayList<>();
  private final @Nullable Type[] stated;
  private final @Nullable Shape[] shapes;
  private final Map<Integer, List<Dim>> statedElements = new HashMap<>();
  private int names;

  OneInference(Signature signature, List<@Nullable Type> types, int outputs) {
    this.signature = signature;
    this.types = new ArrayList<>(types);
    this.stated = new @Nullable Type[outputs];
    this.shapes = new @Nullable Shape[outputs];
    for (Type type : types) {
      present.add(type != null);
    }
  }

  static OneInference of(
      Signature signature, List<@Nullable Value> inputs, int outputs, Known known) {
    List<@Nullable Type> types = new ArrayList<>(Collections.nCopies(inputs.size(), null));
    OneInference inference = new OneInference(signature, types, outputs);
    for (int i = 0; i < inputs.size(); i++) {
      Value value = inputs.get(i);
      inference.present.set(i, value != null);
      if (value != null) {
        inference.tell(i, value, known);
      }
    }
    return inference;
  }

  private void tell(int i, Value value, Known known) {
    if (known == Known.NOTHING) {
      return;
    }
    if (!(value instanceof Tensor tensor)) {
      types.set(i, known == Known.CONSTANT || known == Known.SHAPE ? value.type() : null);
      return;
    }
    List<Dim> dims = new ArrayList<>();
    for (int size : tensor.shape()) {
      dims.add(
          switch (known) {
            case CONSTANT, SHAPE -> Dim.of(size);
            case NAMES -> name("n" + names++, size);
            case COMMON_NAMES -> size == 1 ? Dim.of(1) : name("size" + size, size);
            case RANK, ELEMENT_TYPE, NOTHING -> Dim.UNKNOWN;
          });
    }
    Shape shape = known == Known.ELEMENT_TYPE ? Shape.UNKNOWN : Shape.of(dims);
    types.set(i, Type.tensor(tensor.dataType(), shape));
    boolean small = tensor.rank() <= 1 && tensor.size() <= LARGEST_CONSTANT;
    if (known == Known.CONSTANT && tensor.size() <= LARGEST_CONSTANT) {
      constants.put(i, tensor);
    }
    if (isWhole(tensor.dataType()) && small && known.compareTo(Known.RANK) < 0) {
      List<Dim> list = new ArrayList<>();
      for (int k = 0; k < tensor.size(); k++) {
        long element = tensor.getLong(k);
        list.add(
            switch (known) {
              case CONSTANT -> Dim.of(element);
              case SHAPE -> Dim.UNKNOWN;
              default ->
                  tensor.dataType() == DataType.BOOL
                      ? Dim.UNKNOWN
                      : element <= 0 ? Dim.of(element) : name("e" + names++, element);
            });
      }
      elements.put(i, list);
    }
  }

  private static boolean isWhole(DataType type) {
    return type.isInteger() || type == DataType.BOOL;
  }

  private Dim name(String name, long size) {
    bindings.put(name, size);
    return Dim.named(name);
  }

  void constant(int input, @Nullable Tensor tensor) {
    if (tensor != null) {
      constants.put(input, tensor);
    }
  }

  void elements(int input, @Nullable List<Dim> dims) {
    if (dims != null) {
      elements.put(input, dims);
    }
  }

  /** Returns the type that was stated for an output, or null. */
  public @Nullable Type outputType(int output) {
    Type type = stated[output];
    Shape shape = shapes[output];
    if (type != null || shape == null) {
      return type;
    }
    DataType element = elementTypeOf(output);
    return element == null ? null : Type.tensor(element, shape);
  }

  /** Returns the shape that was stated for an output; unknown where none was. */
  public Shape outputShape(int output) {
    Shape shape = shapes[output];
    return shape == null ? Shape.UNKNOWN : shape;
  }

  /** Returns the elements that were stated for an output, or null. */
  public @Nullable List<Dim> outputDims(int output) {
    return statedElements.get(output);
  }

  /** Fails where what was stated of an output is not so. */
  void check(int output, Value actual, String what) {
    Type type = outputType(output);
    String claim = what + " claims " + type + " for output " + output;
    if (type != null && !(actual instanceof Tensor) && !type.spec().equals(actual.type().spec())) {
      throw new AssertionError(claim + ", got " + actual.type().spec());
    }
    if (!(actual instanceof Tensor tensor)) {
      return;
    }
    if (type != null && !type.spec().equals(tensor.type().spec())) {
      throw new AssertionError(claim + ", got " + tensor);
    }
    Shape shape = outputShape(output);
    if (shape.hasRank()) {
      if (shape.rank() != tensor.rank()) {
        throw new AssertionError(claim + " " + shape + ", got " + tensor);
      }
      for (int i = 0; i < shape.rank(); i++) {
        OptionalLong size = shape.dim(i).evaluate(bindings);
        if (size.isPresent() && size.getAsLong() != tensor.dim(i)) {
          throw new AssertionError(claim + " " + shape + ", got " + tensor + " with " + bindings);
        }
      }
    }
    List<Dim> dims = statedElements.get(output);
    if (dims == null) {
      return;
    }
    if (tensor.rank() > 1 || dims.size() != tensor.size()) {
      throw new AssertionError(claim + " with elements " + dims + ", got " + tensor);
    }
    for (int i = 0; i < dims.size(); i++) {
      OptionalLong element = dims.get(i).evaluate(bindings);
      if (element.isPresent() && element.getAsLong() != tensor.getLong(i)) {
        throw new AssertionError(
            claim
                + " with elements "
                + dims
                + ", but element "
                + i
                + " is "
                + tensor.getLong(i)
                + " with "
                + bindings);
      }
    }
  }

  private @Nullable DataType elementTypeOf(int output) {
    Parameter parameter = signature.output(output);
    if (parameter == null) {
      return null;
    }
    if (signature.constraints().containsKey(parameter.type())) {
      for (int i = 0; i < types.size(); i++) {
        Parameter input = signature.input(i);
        if (input != null && input.type().equals(parameter.type()) && elementType(i) != null) {
          return elementType(i);
        }
      }
    }
    java.util.Set<String> allowed = signature.typesOf(parameter);
    for (DataType type : DataType.values()) {
      if (allowed.equals(java.util.Set.of("tensor(" + type.specName() + ")"))) {
        return type;
      }
    }
    return null;
  }

  @Override
  public int inputs() {
    return types.size();
  }

  @Override
  public boolean has(int input) {
    return input < present.size() && present.get(input);
  }

  @Override
  public @Nullable Type type(int input) {
    return input < types.size() ? types.get(input) : null;
  }

  @Override
  public @Nullable Tensor constant(int input) {
    return constants.get(input);
  }

  @Override
  public @Nullable List<Dim> dims(int input) {
    Tensor tensor = constants.get(input);
    if (tensor == null || elements.containsKey(input)) {
      return elements.get(input);
    }
    if (!isWhole(tensor.dataType()) || tensor.rank() > 1) {
      return null;
    }
    List<Dim> list = new ArrayList<>();
    for (int i = 0; i < tensor.size(); i++) {
      list.add(Dim.of(tensor.getLong(i)));
    }
    return list;
  }

  @Override
  public int outputs() {
    return stated.length;
  }

  @Override
  public void output(int output, Type type) {
    if (output < stated.length) {
      stated[output] = type;
      if (type instanceof Type.OfTensor(DataType _, Shape shape)) {
        shapes[output] = shape;
      }
    }
  }

  @Override
  public void shape(int output, Shape shape) {
    if (output < shapes.length) {
      shapes[output] = shape;
    }
  }

  @Override
  public void dims(int output, List<Dim> dims) {
    if (output < shapes.length) {
      statedElements.put(output, List.copyOf(dims));
    }
  }

  @Override
  public Dim fresh() {
    return Dim.named("fresh" + names++);
  }

  @Override
  public List<@Nullable Type> body(String attribute, List<@Nullable Type> inputs) {
    return new ArrayList<>(Collections.nCopies(stated.length, null));
  }
}
