package org.sardonyx.passes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.sardonyx.tensor.DataType.FLOAT;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Operators;
import org.sardonyx.operators.Types;

class EndOfMemoryTest {

  /** An operator of a user's that finds no memory. */
  private record Full() implements Operator {
    @Override
    public void infer(Inference in) {
      throw new OutOfMemoryError("test");
    }

    @Override
    public void run(Invocation in) {}
  }

  @Test
  void isALimit() {
    OperatorDef def =
        OperatorDef.named("Full")
            .domain("test")
            .version(1)
            .input("X", "T")
            .output("Y", "T")
            .type("T", Types.ALL)
            .create(_ -> new Full());
    Operators operators = Operators.standard().with(List.of(def));
    Graph graph =
        Models.named("g").input("x", FLOAT, 1).node("test:Full", "x -> y").output("y").graph();
    Model model = new Model(8, List.of(new OpsetImport("test", 1)), graph);
    for (Executable executable :
        new Executable[] {
          () -> Infer.of(operators).infer(model),
          () -> Check.of(operators).check(model),
          () -> Check.of(operators).requireValid(model)
        }) {
      assertEquals("heap", assertThrows(LimitExceeded.class, executable).limit());
    }
  }
}
