package org.sardonyx.torch.script;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.tensor.DataType;
import org.sardonyx.torch.aten.Items;
import org.sardonyx.torch.aten.Several;
import org.sardonyx.torch.aten.Sym;
import org.sardonyx.torch.aten.Table;
import org.sardonyx.torch.aten.Ten;
import org.sardonyx.torch.script.Syntax.Expr;

/** Which types of the language values are of. */
final class Kinds {

  private Kinds() {}

  static boolean isInstance(@Nullable Object value, Expr type) {
    List<Expr> types =
        type instanceof Syntax.TupleOf(_, List<Expr> several) ? several : List.of(type);
    for (Expr one : types) {
      String name =
          one instanceof Syntax.Name(_, String n)
              ? n
              : one instanceof Syntax.Index(_, Syntax.Name(_, String n), _) ? n : "";
      boolean is =
          switch (name) {
            case "Tensor" -> value instanceof Ten;
            case "int" ->
                value instanceof Long || (value instanceof Sym s && s.type() == DataType.INT64);
            case "float" ->
                value instanceof Double || (value instanceof Sym s && s.type() == DataType.DOUBLE);
            case "bool" ->
                value instanceof Boolean || (value instanceof Sym s && s.type() == DataType.BOOL);
            case "str" -> value instanceof String;
            case "List" -> value instanceof Items;
            case "Tuple" -> value instanceof Several;
            case "Dict" -> value instanceof Table;
            case "NoneType" -> value == null;
            default -> value instanceof Made made && made.type().name().equals(name);
          };
      if (is) {
        return true;
      }
    }
    return false;
  }
}
