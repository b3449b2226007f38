package org.sardonyx.passes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.SequenceValue;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

class BindingsTest {

  private static final Dim N = Dim.named("n");

  private static Type floats(Dim... dims) {
    return Type.tensor(DataType.FLOAT, Shape.of(dims));
  }

  private static Tensor tensor(int... shape) {
    return Tensor.zeros(DataType.FLOAT, shape);
  }

  @Test
  void namesTakeTheSizeTheyAreMetWithAndKeepIt() {
    Bindings bindings = new Bindings();
    assertNull(bindings.disagreement(floats(N, Dim.of(3)), tensor(2, 3)));
    assertNull(bindings.disagreement(floats(N.times(2).plus(1)), tensor(5)));
    assertEquals(
        "inferred [n], is [4]: dimension 0 is n = 2", bindings.disagreement(floats(N), tensor(4)));
    assertNotNull(bindings.disagreement(floats(N.plus(1)), tensor(4)));
    assertNotNull(bindings.disagreement(floats(Dim.of(3)), tensor(4)));
    assertEquals(2, bindings.sizes().get("n"));
  }

  @Test
  void whatIsNotKnownAgrees() {
    Bindings bindings = new Bindings();
    assertNull(bindings.disagreement(null, tensor(1)));
    assertNull(bindings.disagreement(Type.tensor(DataType.FLOAT), tensor(1, 2)));
    assertNull(bindings.disagreement(floats(Dim.UNKNOWN), tensor(1)));
    assertNull(bindings.disagreement(floats(Dim.named("q").plus(1)), tensor(1)));
  }

  @Test
  void kindsAndElementTypesMustBeTheSame() {
    Bindings bindings = new Bindings();
    assertNotNull(bindings.disagreement(Type.tensor(DataType.DOUBLE), tensor(1)));
    assertNotNull(bindings.disagreement(new Type.OfSequence(floats(N)), tensor(1)));
    SequenceValue sequence = new SequenceValue(floats(N), List.of(tensor(1), tensor(2)));
    assertNull(bindings.disagreement(new Type.OfSequence(floats(Dim.UNKNOWN)), sequence));
    assertNotNull(bindings.disagreement(new Type.OfSequence(floats(N)), sequence));
  }
}
