package org.sardonyx.operators;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.SparseTensorData;
import org.sardonyx.operators.Signature.FormalAttribute;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Type;

/**
 * The attributes of a node, with the defaults of its operator's version. Remembers what was read:
 * an attribute that is given and never read stops the load, and one that is not declared cannot be
 * read.
 */
public final class Attributes {

  private final Signature signature;
  private final List<Attribute> given;

  /** Which of those that are given were read. */
  private final boolean[] read;

  private final int inputs;
  private final int outputs;

  private Attributes(Node node, Signature signature) {
    this.signature = signature;
    this.inputs = node.inputs().size();
    this.outputs = node.outputs().size();
    this.given = node.attributes();
    this.read = new boolean[given.size()];
  }

  /**
   * Reads the attributes of {@code node} as {@code signature} declares them.
   *
   * @throws InvalidModel where one is not declared, is of another kind, or is missing
   */
  public static Attributes of(Node node, Signature signature) {
    Attributes attributes = new Attributes(node, signature);
    for (Attribute attribute : node.attributes()) {
      FormalAttribute formal = signature.attributes().get(attribute.name());
      if (formal == null) {
        throw new InvalidModel(
            node.opType()
                + "-"
                + signature.sinceVersion()
                + " has no attribute \""
                + attribute.name()
                + "\"");
      }
      if (attribute.value() instanceof Attribute.Reference reference) {
        throw new InvalidModel(
            "attribute \""
                + attribute.name()
                + "\" refers to \""
                + reference.refAttrName()
                + "\" of a function, and there is none around it");
      }
      if (attribute.value().kind() != formal.kind()) {
        throw new InvalidModel(
            "attribute \""
                + attribute.name()
                + "\" is "
                + attribute.value().kind()
                + ", must be "
                + formal.kind());
      }
    }
    for (FormalAttribute formal : signature.attributes().values()) {
      if (formal.required() && node.attribute(formal.name()) == null) {
        throw new InvalidModel("attribute \"" + formal.name() + "\" is missing");
      }
    }
    return attributes;
  }

  /** Returns the version of the operator: the opset version that introduced this definition. */
  public int version() {
    return signature.sinceVersion();
  }

  /** Returns the number of inputs that the node lists. */
  public int inputs() {
    return inputs;
  }

  /** Returns the number of outputs that the node lists. */
  public int outputs() {
    return outputs;
  }

  /** Whether this version of the operator declares the attribute at all. */
  public boolean declares(String name) {
    return signature.attributes().containsKey(name);
  }

  /** Whether the attribute has a value: given, or by default. */
  public boolean has(String name) {
    return declares(name) && find(name) != null;
  }

  public long getInt(String name) {
    return ((Attribute.OfInt) get(name, Kind.INT)).value();
  }

  /** Returns the attribute, or {@code otherwise} where it is not given or not declared. */
  public long getInt(String name, long otherwise) {
    return has(name) ? getInt(name) : otherwise;
  }

  /** Returns an attribute of 0 or 1. */
  public boolean getFlag(String name) {
    return getInt(name) != 0;
  }

  /** Returns an attribute of 0 or 1; false where it is not given or not declared. */
  public boolean getFlagOrFalse(String name) {
    return getInt(name, 0) != 0;
  }

  public float getFloat(String name) {
    return ((Attribute.OfFloat) get(name, Kind.FLOAT)).value();
  }

  public float getFloat(String name, float otherwise) {
    return has(name) ? getFloat(name) : otherwise;
  }

  public String getString(String name) {
    return ((Attribute.OfString) get(name, Kind.STRING)).text();
  }

  public String getString(String name, String otherwise) {
    return has(name) ? getString(name) : otherwise;
  }

  public long[] getInts(String name) {
    List<Long> values = ((Attribute.OfInts) get(name, Kind.INTS)).values();
    long[] array = new long[values.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = values.get(i);
    }
    return array;
  }

  /** Returns the attribute, or null where it is not given or not declared. */
  public long @Nullable [] getIntsOrNull(String name) {
    return has(name) ? getInts(name) : null;
  }

  public float[] getFloats(String name) {
    List<Float> values = ((Attribute.OfFloats) get(name, Kind.FLOATS)).values();
    float[] array = new float[values.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = values.get(i);
    }
    return array;
  }

  /** Returns the attribute, or null where it is not given or not declared. */
  public float @Nullable [] getFloatsOrNull(String name) {
    return has(name) ? getFloats(name) : null;
  }

  public List<String> getStrings(String name) {
    return ((Attribute.OfStrings) get(name, Kind.STRINGS)).texts();
  }

  /** Returns the attribute, or null where it is not given or not declared. */
  public @Nullable List<String> getStringsOrNull(String name) {
    return has(name) ? getStrings(name) : null;
  }

  public Tensor getTensor(String name) {
    return getTensorData(name).load();
  }

  /** Returns the attribute without reading it. */
  public TensorData getTensorData(String name) {
    return ((Attribute.OfTensor) get(name, Kind.TENSOR)).value();
  }

  /** Returns the attribute, or null where it is not given or not declared. */
  public @Nullable Tensor getTensorOrNull(String name) {
    return has(name) ? getTensor(name) : null;
  }

  public SparseTensorData getSparseTensor(String name) {
    return ((Attribute.OfSparseTensor) get(name, Kind.SPARSE_TENSOR)).value();
  }

  public Graph getGraph(String name) {
    return ((Attribute.OfGraph) get(name, Kind.GRAPH)).value();
  }

  public Type getType(String name) {
    return ((Attribute.OfType) get(name, Kind.TYPE_PROTO)).value();
  }

  /** Notes that an attribute has no effect on what is computed, and why it may be passed over. */
  public void ignore(String name, String reason) {
    if (reason.isEmpty()) {
      throw new IllegalArgumentException("say why " + name + " has no effect");
    }
    if (declares(name)) {
      read(name);
    }
  }

  void refuseUnread() {
    List<String> unread = new ArrayList<>();
    for (int i = 0; i < read.length; i++) {
      if (!read[i]) {
        unread.add(given.get(i).name());
      }
    }
    if (!unread.isEmpty()) {
      throw new UnsupportedModel("attributes " + unread + " are not implemented");
    }
  }

  private Attribute.Value get(String name, Kind kind) {
    Attribute.Value value = find(name);
    if (value == null) {
      throw new InvalidModel("attribute \"" + name + "\" is missing");
    }
    if (value.kind() != kind) {
      throw new IllegalStateException(name + " is declared as " + value.kind());
    }
    return value;
  }

  private Attribute.@Nullable Value find(String name) {
    FormalAttribute formal = signature.attributes().get(name);
    if (formal == null) {
      throw new IllegalStateException(
          "attribute " + name + " is read but not declared for version " + version());
    }
    Attribute attribute = read(name);
    return attribute != null ? attribute.value() : formal.defaultValue();
  }

  /** Returns the attribute, the last of these where a model is wrong; null where none is given. */
  private @Nullable Attribute read(String name) {
    Attribute found = null;
    for (int i = 0; i < read.length; i++) {
      if (given.get(i).name().equals(name)) {
        read[i] = true;
        found = given.get(i);
      }
    }
    return found;
  }
}
