package org.sardonyx.torch.aten;

import java.util.List;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** What inputs and outputs are declared as. */
public final class Declared {

  private Declared() {}

  /** Returns the type of a tensor as it is declared; float where nothing says what it is. */
  public static Type of(Emit e, Ten ten) {
    DataType type = ten.now().type() == null ? DataType.FLOAT : ten.now().type();
    List<Dim> dims = ten.now().dims();
    if (dims == null) {
      return Form.tensor(type, null);
    }
    List<Dim> known =
        dims.stream()
            .map(e::resolve)
            .map(d ->
                d instanceof Dim.Named(String name)
                        && (name.startsWith("size_") || name.startsWith("value_"))
                    ? Dim.UNKNOWN
                    : d)
            .map(d -> d instanceof Dim.Computed ? Dim.UNKNOWN : d)
            .toList();
    return Type.tensor(type, Shape.of(known));
  }

  public static Ref sequence(Emit e, Items list) {
    return Sequences.sequence(e, list).ref();
  }

  public static Type of(Emit e, Items list) {
    Items.Sequence s = Sequences.sequence(e, list);
    return new Type.OfSequence(Form.tensor(s.type(), s.dims()));
  }

  public static Ref ref(Emit e, Object number) {
    return e.scalar(number, number instanceof Sym sym ? sym.type() : Creating.typeOf(number));
  }

  public static Type of(Object number) {
    DataType type = number instanceof Sym sym ? sym.type() : Creating.typeOf(number);
    return Type.tensor(type, Shape.SCALAR);
  }
}
