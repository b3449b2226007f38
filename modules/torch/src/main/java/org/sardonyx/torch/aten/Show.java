package org.sardonyx.torch.aten;

import org.jspecify.annotations.Nullable;

/** Says what a value of a program is, for messages. */
public final class Show {

  private Show() {}

  public static String kind(@Nullable Object value) {
    return switch (value) {
      case null -> "None";
      case Boolean _ -> "a bool";
      case Long _ -> "an int";
      case Double _ -> "a float";
      case String _ -> "a text";
      case Sym sym -> "a computed " + sym.type().specName();
      case Ten _ -> "a tensor";
      case Items _ -> "a list";
      case Several _ -> "a tuple";
      case Table _ -> "a dictionary";
      case Packing.Packed _ -> "the data of a packed sequence (it stays padded here)";
      case Packing.BatchSizes _ -> "the batch sizes of a packed sequence";
      default -> "a value of another kind";
    };
  }
}
