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
  private final long[] tensors;
  /** By input: the number of its type variable, -1 where it shares none. */
  private final int[] variables;

  private final int variableCount;

  Formals(OperatorDef def, Signature signature, int inputs) {
    this.def = def;
    this.signature = signature;
    this.parameters = new @Nullable Parameter[inputs];
    this.tensors = new long[inputs];
    this.variables = new int[inputs];
    Map<String, Integer> numbers = new HashMap<>();
    for (int i = 0; i < inputs; i++) {
      Parameter parameter = signature.input(i);
      parameters[i] = parameter;
      variables[i] = -1;
      if (parameter == null) {
        continue;
      }
      Set<String> types = signature.typesOf(parameter);
      for (DataType type : TYPES) {
        if (types.contains("tensor(" + type.specName() + ")")) {
          tensors[i] |= 1L << type.ordinal();
        }
      }
      if (parameter.homogeneous() && signature.constraints().containsKey(parameter.type())) {
        Integer number = numbers.putIfAbsent(parameter.type(), numbers.size());
        variables[i] = number == null ? numbers.size() - 1 : number;
      }
    }
    this.variableCount = numbers.size();
  }

  Signature signature() {
    return signature;
  }

  /** Checks the values in slots {@code in} of {@code frame}; absent ones pass. */
  void check(@Nullable Value[] frame, int[] in) {
    @Nullable Value[] bound = variableCount == 0 ? NONE : new @Nullable Value[variableCount];
    for (int i = 0; i < in.length; i++) {
      Value value = in[i] < 0 ? null : frame[in[i]];
      if (value == null) {
        continue;
      }
      if (value instanceof Tensor tensor) {
        if ((tensors[i] & 1L << tensor.dataType().ordinal()) == 0) {
          throw refused(i, value);
        }
      } else {
        Parameter parameter = parameters[i];
        if (parameter == null || !signature.typesOf(parameter).contains(value.type().spec())) {
          throw refused(i, value);
        }
      }
      int variable = variables[i];
      if (variable >= 0) {
        Value first = bound[variable];
        if (first == null) {
          bound[variable] = value;
        } else if (!sameType(first, value)) {
          throw new InvalidModel(
              "input " + name(i) + " is " + value.type().spec() + ", but another input of type "
                  + type(i) + " is " + first.type().spec());
        }
      }
    }
  }

  private static final @Nullable Value[] NONE = {};

  private static boolean sameType(Value a, Value b) {
    return a instanceof Tensor x && b instanceof Tensor y
        ? x.dataType() == y.dataType()
        : a.type().spec().equals(b.type().spec());
  }

  private InvalidModel refused(int input, Value value) {
    return new InvalidModel(
        "input " + name(input) + " is " + value.type().spec() + ", which " + def + "-"
            + signature.sinceVersion() + " does not take");
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
