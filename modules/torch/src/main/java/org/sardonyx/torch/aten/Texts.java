package org.sardonyx.torch.aten;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Texts: they choose among ways of a program, and are in its messages. */
final class Texts {

  private Texts() {}

  static void register(Map<String, Op> ops) {
    ops.put("str", (_, a) -> text(a.get(0, "a")));
    ops.put("format", (_, a) -> format(a));
    ops.put("percentFormat", (_, a) -> String.valueOf(a.get(0, "format")));
    ops.put(
        "find",
        (_, a) ->
            (long) String.valueOf(a.get(0, "self")).indexOf(String.valueOf(a.get(1, "substr"))));
    ops.put(
        "startswith",
        (_, a) -> String.valueOf(a.get(0, "self")).startsWith(String.valueOf(a.get(1, "prefix"))));
    ops.put(
        "endswith",
        (_, a) -> String.valueOf(a.get(0, "self")).endsWith(String.valueOf(a.get(1, "suffix"))));
    ops.put("lower", (_, a) -> String.valueOf(a.get(0, "self")).toLowerCase(Locale.ROOT));
    ops.put("upper", (_, a) -> own(a).toUpperCase(Locale.ROOT));
    ops.put("strip", (_, a) -> own(a).strip());
    ops.put(
        "replace",
        (_, a) -> own(a).replace(String.valueOf(a.get(1, "old")), String.valueOf(a.get(2, "new"))));
    ops.put("isdigit", (_, a) -> !own(a).isEmpty() && own(a).chars().allMatch(Character::isDigit));
    ops.put("ord", (_, a) -> own(a).isEmpty() ? 0L : (long) own(a).codePointAt(0));
    ops.put(
        "chr",
        (_, a) -> {
          long code = a.integer(0, "i", 0);
          if (code < 0 || code > Character.MAX_CODE_POINT) {
            throw new Emit.Mismatch("chr of " + code);
          }
          return Character.toString((int) code);
        });
    ops.put(
        "join",
        (_, a) ->
            String.join(
                own(a), Scalars.items(a.get(1, "values")).stream().map(Texts::text).toList()));
  }

  private static String own(Args a) {
    return String.valueOf(a.get(0, "self"));
  }

  static String text(@Nullable Object value) {
    return switch (value) {
      case null -> "None";
      case Boolean b -> b ? "True" : "False";
      case Long n -> n.toString();
      case Double d -> d.toString();
      case String s -> s;
      case Items list when list.isKnown() ->
          list.items().stream().map(Texts::text).toList().toString();
      case Several tuple -> tuple.items().stream().map(Texts::text).toList().toString();
      default -> "?";
    };
  }

  private static String format(Args a) {
    StringBuilder out = new StringBuilder();
    String pattern = String.valueOf(a.get(0, "self"));
    int at = 0;
    int used = 1;
    while (true) {
      int hole = pattern.indexOf("{}", at);
      if (hole < 0) {
        return out.append(pattern, at, pattern.length()).toString();
      }
      out.append(pattern, at, hole).append(text(a.get(used++, "")));
      at = hole + 2;
    }
  }
}
