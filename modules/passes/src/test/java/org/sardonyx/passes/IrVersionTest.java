package org.sardonyx.passes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.sardonyx.tensor.DataType.FLOAT;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.tensor.Tensor;

class IrVersionTest {

  private static final Model MODEL =
      Models.named("g")
          .input("x", FLOAT, 2)
          .constant("w", Tensor.of(new float[] {1, 2}, 2))
          .node("Add", "x w -> y")
          .output("y", FLOAT, 2)
          .model(8, 8);

  private static List<String> inputs(Model model) {
    return model.graph().inputs().stream().map(ValueInfo::name).toList();
  }

  @Test
  void beforeFourInitializersAreInputs() {
    Model three = IrVersion.to(3).apply(MODEL);
    assertEquals(List.of("x", "w"), inputs(three));
    assertEquals(List.of(), Check.of(Models.OPERATORS).check(three));
    Model eight = IrVersion.to(8).apply(three);
    assertEquals(List.of("x"), inputs(eight));
    assertEquals(8, eight.irVersion());
  }

  @Test
  void overridableInputsStayFromFourOn() {
    Model overridable =
        Models.named("g")
            .input("w", FLOAT, 2)
            .constant("w", Tensor.of(new float[] {1, 2}, 2))
            .node("Neg", "w -> y")
            .output("y", FLOAT, 2)
            .model(8, 18);
    assertEquals(List.of("w"), inputs(IrVersion.to(10).apply(overridable)));
  }

  @Test
  void whatAVersionHasNotIsRefused() {
    Model model =
        Models.named("g")
            .input("x", FLOAT, 2)
            .node("my:F", "x -> y")
            .output("y", FLOAT, 2)
            .function(Models.function("my", "F", "p", "q", List.of(), Models.of("Relu", "p -> q")))
            .model();
    assertThrows(UnsupportedModel.class, () -> IrVersion.to(7).apply(model));
  }

  @Test
  void versionsThatBelongTogether() {
    assertEquals(8, IrVersion.oldestFor(18));
    assertEquals(3, IrVersion.oldestFor(7));
    assertEquals(10, IrVersion.oldestFor(21));
    assertEquals(18, IrVersion.newestOpset(8));
  }
}
