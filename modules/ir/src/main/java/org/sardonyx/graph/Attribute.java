package org.sardonyx.graph;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Type;

/**
 * A named constant of a node.
 *
 * @param name the name
 * @param value the value
 * @param docString free text
 * @param extra what the file said beyond this
 */
public record Attribute(String name, Value value, String docString, Extra extra) {

  public Attribute(String name, Value value) {
    this(name, value, "", Extra.NONE);
  }

  public Attribute withValue(Value newValue) {
    return new Attribute(name, newValue, docString, extra);
  }

  public static Attribute of(String name, long value) {
    return new Attribute(name, new OfInt(value));
  }

  public static Attribute of(String name, float value) {
    return new Attribute(name, new OfFloat(value));
  }

  public static Attribute of(String name, String value) {
    return new Attribute(name, OfString.of(value));
  }

  public static Attribute of(String name, long... values) {
    return new Attribute(name, new OfInts(java.util.Arrays.stream(values).boxed().toList()));
  }

  public static Attribute of(String name, TensorData value) {
    return new Attribute(name, new OfTensor(value));
  }

  public static Attribute of(String name, Graph value) {
    return new Attribute(name, new OfGraph(value));
  }

  /** The kinds of attributes, named and numbered as {@code AttributeProto.AttributeType}. */
  public enum Kind {
    UNDEFINED(0),
    FLOAT(1),
    INT(2),
    STRING(3),
    TENSOR(4),
    GRAPH(5),
    FLOATS(6),
    INTS(7),
    STRINGS(8),
    TENSORS(9),
    GRAPHS(10),
    SPARSE_TENSOR(11),
    SPARSE_TENSORS(12),
    TYPE_PROTO(13),
    TYPE_PROTOS(14);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    public int code() {
      return code;
    }
  }

  /** The value of an attribute. */
  public sealed interface Value {
    Kind kind();
  }

  public record OfFloat(float value) implements Value {
    // Where records have equals and hashCode of their own: as in Dim.
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof OfFloat one && Float.compare(value, one.value) == 0;
    }

    @Override
    public int hashCode() {
      return Float.hashCode(value);
    }

    @Override
    public Kind kind() {
      return Kind.FLOAT;
    }
  }

  public record OfInt(long value) implements Value {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof OfInt one && value == one.value;
    }

    @Override
    public int hashCode() {
      return Long.hashCode(value);
    }

    @Override
    public Kind kind() {
      return Kind.INT;
    }
  }

  /** A string: bytes that are UTF-8 by the specification, and kept as they are where not. */
  public record OfString(Bytes bytes) implements Value {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof OfString one && bytes.equals(one.bytes);
    }

    @Override
    public int hashCode() {
      return bytes.hashCode();
    }

    public static OfString of(String text) {
      return new OfString(Bytes.of(text));
    }

    public String text() {
      return bytes.text();
    }

    @Override
    public Kind kind() {
      return Kind.STRING;
    }
  }

  public record OfTensor(TensorData value) implements Value {
    @Override
    public Kind kind() {
      return Kind.TENSOR;
    }
  }

  public record OfGraph(Graph value) implements Value {
    @Override
    public Kind kind() {
      return Kind.GRAPH;
    }
  }

  public record OfSparseTensor(SparseTensorData value) implements Value {
    @Override
    public Kind kind() {
      return Kind.SPARSE_TENSOR;
    }
  }

  public record OfType(Type value) implements Value {
    @Override
    public Kind kind() {
      return Kind.TYPE_PROTO;
    }
  }

  public record OfFloats(List<Float> values) implements Value {
    public OfFloats {
      values = List.copyOf(values);
    }

    @Override
    public Kind kind() {
      return Kind.FLOATS;
    }
  }

  public record OfInts(List<Long> values) implements Value {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof OfInts one && values.equals(one.values);
    }

    @Override
    public int hashCode() {
      return values.hashCode();
    }

    public OfInts {
      values = List.copyOf(values);
    }

    @Override
    public Kind kind() {
      return Kind.INTS;
    }
  }

  public record OfStrings(List<Bytes> values) implements Value {
    public OfStrings {
      values = List.copyOf(values);
    }

    public static OfStrings of(List<String> texts) {
      return new OfStrings(texts.stream().map(Bytes::of).toList());
    }

    public List<String> texts() {
      return values.stream().map(Bytes::text).toList();
    }

    @Override
    public Kind kind() {
      return Kind.STRINGS;
    }
  }

  public record OfTensors(List<TensorData> values) implements Value {
    public OfTensors {
      values = List.copyOf(values);
    }

    @Override
    public Kind kind() {
      return Kind.TENSORS;
    }
  }

  public record OfGraphs(List<Graph> values) implements Value {
    public OfGraphs {
      values = List.copyOf(values);
    }

    @Override
    public Kind kind() {
      return Kind.GRAPHS;
    }
  }

  public record OfSparseTensors(List<SparseTensorData> values) implements Value {
    public OfSparseTensors {
      values = List.copyOf(values);
    }

    @Override
    public Kind kind() {
      return Kind.SPARSE_TENSORS;
    }
  }

  public record OfTypes(List<Type> values) implements Value {
    public OfTypes {
      values = List.copyOf(values);
    }

    @Override
    public Kind kind() {
      return Kind.TYPE_PROTOS;
    }
  }

  /**
   * Inside a function: the value of the calling node's attribute of this name.
   *
   * @param refAttrName the name of the function's attribute ({@code ref_attr_name})
   * @param kind the declared kind
   */
  public record Reference(String refAttrName, Kind kind) implements Value {}
}
