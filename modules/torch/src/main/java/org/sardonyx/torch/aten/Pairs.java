package org.sardonyx.torch.aten;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Dim;

/** What several operands become together: their type, and their sizes. */
final class Pairs {

  private Pairs() {}

  private static int category(DataType type) {
    return switch (type.kind()) {
      case BOOL -> 0;
      case SIGNED, UNSIGNED -> 1;
      case FLOAT -> 2;
      default -> throw new UnsupportedModel("elements of type " + type.specName());
    };
  }

  /** The type that two types become: the wider of one category, the higher of two. */
  static DataType promote(DataType a, DataType b) {
    if (a == b) {
      return a;
    }
    if (category(a) != category(b)) {
      return category(a) > category(b) ? a : b;
    }
    if (category(a) == 2) {
      boolean halves = a.bits() == 16 && b.bits() == 16;
      return halves ? DataType.FLOAT : a.bits() > b.bits() ? a : b;
    }
    boolean signs = a.kind() != b.kind();
    if (signs) {
      DataType unsigned = a.kind() == DataType.Kind.UNSIGNED ? a : b;
      DataType signed = unsigned == a ? b : a;
      return signed.bits() > unsigned.bits()
          ? signed
          : unsigned.bits() == 8
              ? DataType.INT16
              : unsigned.bits() == 16 ? DataType.INT32 : DataType.INT64;
    }
    return a.bits() > b.bits() ? a : b;
  }

  /** Tensors with axes count before those without, and those before numbers. */
  private static int rank(Object operand) {
    return operand instanceof Ten ten
        ? ten.now().dims() != null && ten.now().dims().isEmpty() ? 1 : 2
        : 0;
  }

  private static DataType typeOf(Emit e, Object operand, DataType... likely) {
    return switch (operand) {
      case Ten ten -> e.type(ten, likely);
      case Boolean _ -> DataType.BOOL;
      case Long _ -> DataType.INT64;
      case Double _ -> DataType.FLOAT;
      case Sym sym -> sym.type() == DataType.DOUBLE ? DataType.FLOAT : sym.type();
      default -> throw new UnsupportedModel("an operand that is " + Show.kind(operand));
    };
  }

  /** Returns the type that PyTorch computes in. */
  static DataType type(Emit e, boolean comparison, Object... operands) {
    DataType[] likely = {DataType.FLOAT};
    for (Object operand : operands) {
      if (operand instanceof Ten ten && e.hasType(ten)) {
        DataType known = ten.now().type();
        likely = known == null || (!comparison && rank(ten) < 2) ? likely : new DataType[] {known};
      } else if (comparison && (operand instanceof Long || operand instanceof Sym)) {
        likely = new DataType[] {DataType.INT64};
      }
    }
    DataType result = null;
    for (int rank = 2; rank >= 0; rank--) {
      DataType here = null;
      for (Object operand : operands) {
        if (rank(operand) == rank) {
          DataType type = typeOf(e, operand, likely);
          here = here == null ? type : promote(here, type);
        }
      }
      if (here != null) {
        result = result == null || category(here) > category(result) ? here : result;
      }
    }
    if (result == null) {
      throw new UnsupportedModel("an operator without operands");
    }
    return result;
  }

  static Ref cast(Emit e, Object operand, DataType type) {
    return operand instanceof Ten ten ? e.cast(ten, type) : e.scalar(operand, type);
  }

  /** What is known of the sizes of operands that are broadcast together, and of the input. */
  static Ten result(Emit e, Ref ref, DataType type, Object... operands) {
    List<Dim> dims = List.of();
    Ten open = null;
    for (Object operand : operands) {
      if (!(operand instanceof Ten ten)) {
        continue;
      }
      if (e.rankIsOpen(ten)) {
        open = open == null ? ten : open;
      }
    }
    if (open != null) {
      for (Object operand : operands) {
        boolean plain =
            operand == open
                || !(operand instanceof Ten ten)
                || (e.rankIsOpen(ten) && ten.origin() == open.origin());
        if (!plain && operand instanceof Ten ten) {
          List<Dim> others = ten.now().dims();
          // Of rank 0, or a vector of the last axis: the rank stays open.
          if (others == null || others.size() > 1) {
            e.dims(open, others == null ? 2 : others.size());
          }
        }
      }
      return e.like(open, ref, type);
    }
    for (Object operand : operands) {
      if (operand instanceof Ten ten) {
        if (!e.hasRank(ten)) {
          return e.ten(ref, type, null);
        }
        dims = broadcast(e, dims, e.dims(ten));
      }
    }
    return e.ten(ref, type, dims);
  }

  static List<Dim> broadcast(Emit e, List<Dim> a, List<Dim> b) {
    int rank = Math.max(a.size(), b.size());
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      int ia = i - rank + a.size();
      int ib = i - rank + b.size();
      Dim x = ia < 0 ? Dim.of(1) : a.get(ia);
      Dim y = ib < 0 ? Dim.of(1) : b.get(ib);
      if (x.is(1) || x.sameAs(y)) {
        dims.add(y);
      } else if (y.is(1)) {
        dims.add(x);
      } else if (x.isKnown() && y.isKnown()) {
        throw new Emit.Mismatch("sizes " + a + " and " + b + " do not go together");
      } else {
        dims.add(x.isKnown() ? x : y.isKnown() ? y : e.freshDim());
      }
    }
    return dims;
  }

  /** Computes an operator of two operands. */
  static Ten binary(Emit e, String op, DataType type, Object a, Object b) {
    Ref ref = e.node(op, cast(e, a, type), cast(e, b, type));
    return result(e, ref, type, a, b);
  }

  /** The numbers of operands that are numbers, tensors of rank 0 included; null for others. */
  static @Nullable Object number(@Nullable Object operand) {
    if (operand instanceof Ten ten) {
      return ten.now().scalar();
    }
    return Scalars.isNumber(operand) ? operand : null;
  }
}
