package org.sardonyx.runtime;

import java.util.HashMap;
import java.util.Map;
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

  /** By input: the first input that shares its type variable; itself where none does. */
  private final int[] first;

  Formals(OperatorDef def, Signature signature, int inputs) {
    this.def = def;
    this.signature = signature;
    this.parameters = new @Nullable Parameter[inputs];
    this.tensors = new long[inputs];
    this.first = new int[inputs];
    Map<String, Integer> variables = new HashMap<>();
    for (int i = 0; i < inputs; i++) {
      Parameter parameter = signature.input(i);
      parameters[i] = parameter;
      first[i] = i;
      if (parameter == null) {
        continue;
      }
      tensors[i] =
          i > 0 && parameter.equals(parameters[i - 1]) ? tensors[i - 1] : tensors(parameter);
      if (parameter.homogeneous() && signature.constraints().containsKey(parameter.type())) {
        Integer before = variables.putIfAbsent(parameter.type(), i);
        first[i] = before == null ? i : before;
      }
    }
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
          throw new InvalidModel(
              "input "
                  + name(i)
                  + " is "
                  + value.type().spec()
                  + ", but another input of type "
                  + type(i)
                  + " is "
                  + other.type().spec());
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

  private String name(int input) {
    Parameter parameter = parameters[input];
    return input + (parameter == null ? "" : " (" + parameter.name() + ")");
  }

  private String type(int input) {
    Parameter parameter = parameters[input];
    return parameter == null ? "?" : parameter.type();
  }
}
