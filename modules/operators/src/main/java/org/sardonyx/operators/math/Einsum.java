package org.sardonyx.operators.math;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Constants;
import org.sardonyx.operators.Elementwise;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * Einsum: Einstein's summation of any number of tensors, contracted from the first on.
 *
 * @param equation the equation, read
 */
public record Einsum(EinsumEquation equation) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("Einsum")
          .version(12)
          .variadicInput("Inputs", "T", 1)
          .output("Output", "T")
          .required("equation", Kind.STRING)
          .type("T", Types.NUMERIC)
          .version(28)
          .type("T", Types.NUMERIC_BF16)
          .accuracy(Accuracy.ACCUMULATED)
          .create(attributes -> new Einsum(EinsumEquation.parse(attributes.getString("equation"))));

  @Override
  public void infer(Inference in) {
    if (in.inputs() != equation.inputs().size()) {
      throw in.invalid(
          "Einsum: " + equation.inputs().size() + " terms for " + in.inputs() + " inputs");
    }
    Map<Integer, Dim> sizes = new HashMap<>();
    int further = 0;
    for (int i = 0; i < in.inputs(); i++) {
      Shape shape = in.shape(i);
      if (!shape.hasRank()) {
        return;
      }
      List<Integer> term = equation.inputs().get(i);
      int[] labels = EinsumEquation.labels(term, shape.rank());
      if (labels == null) {
        throw in.invalid("Einsum: input " + i + " of shape " + shape + " does not fit its term");
      }
      if (term.contains(EinsumEquation.ELLIPSIS)) {
        further = Math.max(further, shape.rank() - term.size() + 1);
      }
      for (int d = 0; d < labels.length; d++) {
        Dim dim = shape.dim(d);
        Dim known = sizes.get(labels[d]);
        // A size of 1 is repeated, and an unknown one may be.
        if (known == null || known.is(1) || (dim.isKnown() && !dim.is(1) && !known.isKnown())) {
          sizes.put(labels[d], dim);
        } else if (!dim.is(1) && !known.isKnown() && !known.sameAs(dim)) {
          sizes.put(labels[d], Dim.UNKNOWN);
        }
      }
    }
    List<Dim> dims = new ArrayList<>();
    for (int label : equation.outputLabels(further)) {
      dims.add(sizes.getOrDefault(label, Dim.UNKNOWN));
    }
    in.shape(0, Shape.of(dims));
  }

  @Override
  public Operator prepare(Constants constants) {
    PackedEinsum packed = PackedEinsum.of(this, constants);
    return packed == null ? this : packed;
  }

  @Override
  public void run(Invocation in) {
    int count = in.inputs();
    if (count != equation.inputs().size()) {
      throw new OperatorFailed(
          "Einsum: " + equation.inputs().size() + " terms for " + count + " inputs");
    }
    DataType type = in.tensor(0).dataType();
    Contraction contraction = new Contraction(in);
    List<Labelled> operands = new ArrayList<>();
    int further = 0;
    for (int i = 0; i < count; i++) {
      Tensor x = in.tensor(i);
      List<Integer> term = equation.inputs().get(i);
      int[] labels = EinsumEquation.labels(term, x.rank());
      if (labels == null) {
        throw new OperatorFailed("Einsum: input " + i + ", " + x + ", does not fit its term");
      }
      if (term.contains(EinsumEquation.ELLIPSIS)) {
        further = Math.max(further, x.rank() - term.size() + 1);
      }
      Object array =
          type == DataType.DOUBLE ? x.doubles() : type.isFloat() ? x.toFloats() : x.toLongs();
      Labelled operand = Labelled.of(array, labels, x.shape());
      contraction.learn(operand);
      operands.add(operand);
    }
    int[] output = equation.outputLabels(further);
    Labelled result = operands.getFirst();
    for (int i = 1; i < count; i++) {
      List<Labelled> later = operands.subList(i + 1, count);
      result =
          contraction.contract(
              result,
              operands.get(i),
              label ->
                  Arrays.stream(output).anyMatch(o -> o == label)
                      || later.stream().anyMatch(operand -> operand.has(label)),
              i == count - 1 && type == DataType.FLOAT ? output : null);
    }
    result = contraction.finish(result, output);
    if (contraction.isOutput(result.array())) {
      return;
    }
    Tensor y = in.output(0, type, result.sizes());
    switch (result.array()) {
      case float[] values -> Elementwise.round(in, values, y);
      case double[] values -> System.arraycopy(values, 0, y.doubles(), 0, values.length);
      case long[] values -> Elementwise.cut(in, values, y);
      default -> throw new IllegalStateException();
    }
  }
}
