package org.sardonyx.runtime;

import java.util.Set;
import java.util.function.Consumer;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;

/** Operators that a user might bring. */
final class TestOperators {

  private TestOperators() {}

  /** An operator of which only the run matters. */
  interface Run extends Operator {
    @Override
    default void infer(Inference in) {}
  }

  static OpsetImport[] imports() {
    return new OpsetImport[] {new OpsetImport("", Models.OPSET), new OpsetImport("test", 1)};
  }

  /** An operator of any inputs and one output, all of any types. */
  static OperatorDef of(String domain, String name, Run run) {
    Set<String> any = Types.union(Types.ALL, Types.sequences(Types.ALL));
    return OperatorDef.named(name)
        .domain(domain)
        .version(1)
        .mixedInput("inputs", "T", 0)
        .mixedOutput("outputs", "U", 1)
        .type("T", any)
        .type("U", any)
        .create(_ -> run);
  }

  /** An operator that passes its input on after a look at it. */
  static OperatorDef identity(String name, Consumer<Invocation> look) {
    return of(
        "test",
        name,
        in -> {
          look.accept(in);
          in.set(0, in.value(0));
        });
  }
}
