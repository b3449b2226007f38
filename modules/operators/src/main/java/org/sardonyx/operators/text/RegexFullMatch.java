package org.sardonyx.operators.text;

import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * RegexFullMatch: whether every string as a whole matches a regular expression of RE2's syntax.
 * Takes time linear in the length of the string, whatever the expression.
 *
 * @param pattern the expression
 */
public record RegexFullMatch(Regex pattern) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("RegexFullMatch")
          .version(20)
          .input("X", "T1")
          .output("Y", "T2")
          .optional("pattern", Kind.STRING)
          .type("T1", DataType.STRING)
          .type("T2", DataType.BOOL)
          .create(RegexFullMatch::of);

  static RegexFullMatch of(Attributes attributes) {
    return new RegexFullMatch(Regex.compile(attributes.getString("pattern")));
  }

  @Override
  public void infer(Inference in) {
    in.output(0, DataType.BOOL, in.shape(0));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    byte[] y = in.output(0, DataType.BOOL, x.shape()).bytes();
    for (int i = 0; i < y.length; i++) {
      y[i] = (byte) (pattern.matches(x.strings()[i], in::checkpoint) ? 1 : 0);
      in.checkpoint();
    }
  }
}
