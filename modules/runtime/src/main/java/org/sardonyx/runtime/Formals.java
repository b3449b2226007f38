package org.sardonyx.runtime;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Signature;
import org.sardonyx.operators.Signature.Parameter;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** The types that a version of an operator takes, in a form that is quick to check. */
final class Formals {

  private static final DataType[] TYPES = DataType.values();

  private final OperatorDef def;
  private final Signature signature;
  private final @Nullable Parameter[] parameters;

  /** By input: the tensor types it may have, one bit each. */
  private final long[] tensors;

  /** By input: the type of a constant that is packed and not seen again; null where it is. */
  private final @Nullable DataType[] packed;

  /** By input: the first input that shares its type variable; itself where none does. */
  private final int[] first;

  Formals(OperatorDef def, Signature signature, int inputs) {
    this.def = def;
    this.signature = signature;
    this.parameters = new @Nullable Parameter[inputs];
    this.tensors = new long[inputs];
    this.packed = new @Nullable DataType[inputs];
    this.first = new int[inputs];
    Map<String, Integer> variables = new HashMap<>();
    Parameter before = null;
    for (int i = 0; i < inputs; i++) {
      Parameter parameter = signature.input(i);
      parameters[i] = parameter;
      first[i] = i;
      if (parameter == null) {
        continue;
      }
      tensors[i] =
          before != null && parameter.type().equals(before.type())
              ? tensors[i - 1]
              : tensors(parameter);
      if (parameter.homogeneous() && signature.constraints().containsKey(parameter.type())) {
        first[i] = Objects.requireNonNullElse(variables.putIfAbsent(parameter.type(), i), i);
      }
      before = parameter;
    }
  }

  private Formals(Formals other, @Nullable DataType[] packed) {
    this.def = other.def;
    this.signature = other.signature;
    this.parameters = other.parameters;
    this.first = other.first;
    this.packed = packed;
    this.tensors = other.tensors.clone();
    for (int i = 0; i < packed.length; i++) {
      DataType type = packed[i];
      for (int k = 0; type != null && k < packed.length; k++) {
        tensors[k] &= first[k] == first[i] ? 1L << type.code() : -1L;
      }
    }
  }

  /**
   * Returns the same for a node some of whose inputs are constants that no run sees.
   *
   * @param types by input: the type of such a constant, else null
   */
  Formals withPacked(@Nullable DataType[] types) {
    return new Formals(this, types);
  }

  private long tensors(Parameter parameter) {
    Set<String> types = signature.typesOf(parameter);
    long bits = 0;
    for (DataType type : TYPES) {
      if (types.contains("tensor(" + type.specName() + ")")) {
        bits |= 1L << type.code();
      }
    }
    return bits;
  }

  Signature signature() {
    return signature;
  }

  /** Checks the values in slots {@code in} of {@code frame}; absent ones pass. */
  void check(@Nullable Value[] frame, int[] in) {
    for (int i = 0; i < in.length; i++) {
      Value value = in[i] < 0 ? null : frame[in[i]];
      if (value == null) {
        continue;
      }
      if (value instanceof Tensor tensor
          ? (tensors[i] & (1L << tensor.dataType().code())) == 0
          : !allows(parameters[i], value)) {
        throw refused(i, value);
      }
      if (first[i] != i) {
        Value other = earlier(frame, in, i);
        if (other != null && !sameType(other, value)) {
          throw mixed(i, value, other.type().spec());
        }
      }
    }
  }

  /** Returns the first value that is there and shares the type variable of input {@code i}. */
  private @Nullable Value earlier(@Nullable Value[] frame, int[] in, int i) {
    for (int k = first[i]; k < i; k++) {
      if (first[k] == first[i] && in[k] >= 0 && frame[in[k]] != null) {
        return frame[in[k]];
      }
    }
    return null;
  }

  /** Checks that what an operator gave is what its definition promises. */
  void checkOutputs(@Nullable Value[] frame, int[] in, int[] out) {
    for (int i = 0; i < out.length; i++) {
      Parameter parameter = signature.output(i);
      Value value = out[i] < 0 ? null : frame[out[i]];
      if (value == null || parameter == null) {
        continue;
      }
      if (!allows(parameter, value)) {
        throw new OperatorBug("output " + i + " is " + value.type().spec());
      }
      for (int k = 0; k < in.length; k++) {
        Parameter input = parameters[k];
        Value given = in[k] < 0 ? null : frame[in[k]];
        if (input != null
            && given != null
            && input.type().equals(parameter.type())
            && input.homogeneous()
            && parameter.homogeneous()
            && !sameType(given, value)) {
          throw new OperatorBug(
              "output "
                  + i
                  + " is "
                  + value.type().spec()
                  + ", input "
                  + k
                  + " of the same type "
                  + parameter.type()
                  + " is "
                  + given.type().spec());
        }
      }
    }
  }

  private boolean allows(@Nullable Parameter parameter, Value value) {
    return parameter != null && signature.typesOf(parameter).contains(value.type().spec());
  }

  private static boolean sameType(Value a, Value b) {
    return (a instanceof Tensor x && b instanceof Tensor y)
        ? x.dataType() == y.dataType()
        : a.type().spec().equals(b.type().spec());
  }

  private InvalidModel refused(int input, Value value) {
    for (int k = 0; k < packed.length; k++) {
      DataType type = packed[k];
      if (type != null && first[k] == first[input] && allows(parameters[input], value)) {
        return mixed(input, value, "tensor(" + type.specName() + ")");
      }
    }
    return new InvalidModel(
        "input "
            + name(input)
            + " is "
            + value.type().spec()
            + ", which "
            + def
            + "-"
            + signature.sinceVersion()
            + " does not take");
  }

  private InvalidModel mixed(int input, Value value, String other) {
    return new InvalidModel(
        "input "
            + name(input)
            + " is "
            + value.type().spec()
            + ", but another input of type "
            + type(input)
            + " is "
            + other);
  }

  private String name(int input) {
    Parameter parameter = parameters[input];
    return input + (parameter == null ? "" : " (" + parameter.name() + ")");
  }

  private String type(int input) {
    Parameter parameter = parameters[input];
    return parameter == null ? "?" : parameter.type();
  }
}
