package org.sardonyx.optimize.rules;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Node;
import org.sardonyx.passes.simplify.Site;
import org.sardonyx.passes.simplify.Wiring;
import org.sardonyx.type.Shape;

/**
 * Recognises columns that are turned in pairs, as PyTorch models write it: {@code x cos + turned(x)
 * sin} with the partner of each column in its place, or each half of the result by itself.
 */
final class RotaryPairs {

  private final Wiring wiring;
  private final Site site;

  RotaryPairs(Wiring wiring, Site site) {
    this.wiring = wiring;
    this.site = site;
  }

  /**
   * What is turned, and by what.
   *
   * @param interleaved whether a pair is two neighbours; else column i of both halves
   * @param doubled whether cos and sin say each angle twice, once for either column of its pair
   */
  record Turn(String x, String cos, String sin, boolean interleaved, boolean doubled) {}

  /** Every second column, or every column of a half. */
  private record Part(String x, boolean interleaved, boolean second) {

    boolean isPartnerOf(Part other) {
      return x.equals(other.x) && interleaved == other.interleaved && second != other.second;
    }
  }

  /** Returns what a node turns; null where it is not the end of that. */
  @Nullable Turn end(Node node) {
    return switch (node.isOnnx() ? node.opType() : "") {
      case "Add" -> whole(node);
      case "Concat" -> {
        Turn turn = halves(joined(node.outputs().getFirst()));
        yield turn == null || turn.interleaved() ? null : turn;
      }
      case "Reshape" -> {
        Turn turn = halves(stacked(node.outputs().getFirst()));
        yield turn == null || !turn.interleaved() || !isLike(node, turn.x()) ? null : turn;
      }
      default -> null;
    };
  }

  private boolean isLike(Node node, String x) {
    return Read.sameShape(site, node.outputs().getFirst(), x);
  }

  private @Nullable Turn whole(Node add) {
    if (add.inputs().size() != 2) {
      return null;
    }
    for (int i = 0; i < 2; i++) {
      Node straight = wiring.onlyMaker(add.inputs().get(i), "Mul");
      Node crossed = wiring.onlyMaker(add.inputs().get(1 - i), "Mul");
      for (int k = 0; straight != null && crossed != null && k < 2; k++) {
        Part turned = turned(crossed.inputs().get(k));
        String cos = turned == null ? null : Wiring.other(straight, turned.x());
        if (turned != null && cos != null) {
          String sin = crossed.inputs().get(1 - k);
          return new Turn(turned.x(), cos, sin, turned.interleaved(), true);
        }
      }
    }
    return null;
  }

  /** Returns what a value holds with the partner of each column in its place, the first negated. */
  private @Nullable Part turned(String value) {
    for (List<String> two : List.of(joined(value), stacked(value))) {
      Node negated = two.isEmpty() ? null : wiring.onlyMaker(two.getFirst(), "Neg");
      Part second = negated == null ? null : part(negated.inputs().getFirst());
      Part first = negated == null ? null : part(two.get(1));
      if (first != null
          && second != null
          && second.second()
          && second.isPartnerOf(first)
          && Read.sameShape(site, value, first.x())) {
        return first;
      }
    }
    return null;
  }

  /** Returns the turn whose halves two values are. */
  private @Nullable Turn halves(List<String> two) {
    Node minus = two.isEmpty() ? null : wiring.onlyMaker(two.get(0), "Sub");
    Node plus = two.isEmpty() ? null : wiring.onlyMaker(two.get(1), "Add");
    Node firstCos = minus == null ? null : wiring.onlyMaker(minus.inputs().get(0), "Mul");
    Node secondSin = minus == null ? null : wiring.onlyMaker(minus.inputs().get(1), "Mul");
    if (plus == null || firstCos == null || secondSin == null) {
      return null;
    }
    for (int i = 0; i < 2; i++) {
      Part first = part(firstCos.inputs().get(i));
      String cos = firstCos.inputs().get(1 - i);
      for (int k = 0; first != null && !first.second() && k < 2; k++) {
        Part second = part(secondSin.inputs().get(k));
        String sin = secondSin.inputs().get(1 - k);
        if (second != null
            && second.isPartnerOf(first)
            && isSum(plus, secondSin.inputs().get(k), cos, firstCos.inputs().get(i), sin)) {
          return new Turn(first.x(), cos, sin, first.interleaved(), false);
        }
      }
    }
    return null;
  }

  /** Whether a sum is {@code a b + c d}, in whichever order. */
  private boolean isSum(Node plus, String a, String b, String c, String d) {
    for (int i = 0; i < 2; i++) {
      Node first = wiring.onlyMaker(plus.inputs().get(i), "Mul");
      Node second = wiring.onlyMaker(plus.inputs().get(1 - i), "Mul");
      if (first != null
          && second != null
          && b.equals(Wiring.other(first, a))
          && d.equals(Wiring.other(second, c))) {
        return true;
      }
    }
    return false;
  }

  /** Returns the two values that a Concat of the last axis joins; empty where it is none. */
  List<String> joined(String value) {
    Node concat = wiring.maker(value, "Concat");
    int rank = wiring.rank(value);
    return concat != null && concat.inputs().size() == 2 && isLast(Read.axis(concat, 0), rank)
        ? concat.inputs()
        : List.of();
  }

  /** Returns the two values whose columns take turns; empty where there are none. */
  List<String> stacked(String value) {
    Node reshape = wiring.maker(value, "Reshape");
    List<String> wide = reshape == null ? List.of() : joined(reshape.inputs().getFirst());
    if (wide.isEmpty()) {
      return wide;
    }
    Node first = wiring.maker(wide.get(0), "Unsqueeze");
    Node second = wiring.maker(wide.get(1), "Unsqueeze");
    return first != null && second != null && addsLast(first) && addsLast(second)
        ? List.of(first.inputs().getFirst(), second.inputs().getFirst())
        : List.of();
  }

  boolean addsLast(Node unsqueeze) {
    long[] axes = Read.ints(site, unsqueeze, "axes", 1);
    return axes != null
        && axes.length == 1
        && isLast(axes[0], wiring.rank(unsqueeze.outputs().getFirst()));
  }

  static boolean isLast(long axis, int rank) {
    return axis == -1 || (rank > 0 && axis == rank - 1);
  }

  private @Nullable Part part(String value) {
    Node node = wiring.maker(value);
    if (node == null || !node.isOnnx()) {
      return null;
    }
    return switch (node.opType()) {
      case "Split" -> split(node, value);
      case "Slice" -> slice(node);
      case "Gather", "Squeeze" -> selected(node, value);
      case null, default -> null;
    };
  }

  private @Nullable Part split(Node node, String value) {
    String x = node.inputs().getFirst();
    return node.outputs().size() == 2
            && isLast(Read.axis(node, 0), wiring.rank(x))
            && wiring.width(value) > 0
            && 2 * wiring.width(value) == wiring.width(x)
        ? new Part(x, false, node.outputs().indexOf(value) == 1)
        : null;
  }

  private @Nullable Part slice(Node node) {
    String x = node.inputs().getFirst();
    Read.Slice slice = Read.stepped(site, node);
    if (slice == null || slice.axis() != wiring.rank(x) - 1 || slice.size() % 2 != 0) {
      return null;
    }
    long half = slice.size() / 2;
    if (slice.step() == 1) {
      boolean second = slice.from() == half && slice.to() == slice.size();
      return second || (slice.from() == 0 && slice.to() == half)
          ? new Part(x, false, second)
          : null;
    }
    return slice.step() == 2 && slice.from() < 2 && slice.to() >= slice.size() - 1 + slice.from()
        ? new Part(x, true, slice.from() == 1)
        : null;
  }

  /** Returns the part that is one of two along an axis that a Reshape made of the last. */
  private @Nullable Part selected(Node node, String value) {
    Selection found = node.isOnnx("Gather") ? gathered(node) : squeezed(node);
    Node reshape = found == null ? null : wiring.maker(found.whole(), "Reshape");
    if (found == null || reshape == null) {
      return null;
    }
    String x = reshape.inputs().getFirst();
    Shape before = Read.shape(site, x);
    Shape after = Read.shape(site, found.whole());
    if (!before.hasRank() || !after.hasRank() || after.rank() != before.rank() + 1) {
      return null;
    }
    for (int i = 0; i < before.rank() - 1; i++) {
      if (!before.dim(i).sameAs(after.dim(i))) {
        return null;
      }
    }
    long axis = found.axis() < 0 ? found.axis() + after.rank() : found.axis();
    boolean last = axis == after.rank() - 1;
    return (last || axis == after.rank() - 2)
            && after.dim((int) axis).is(2)
            && 2 * wiring.width(value) == wiring.width(x)
        ? new Part(x, last, found.index() == 1)
        : null;
  }

  private record Selection(String whole, long axis, long index) {}

  private @Nullable Selection gathered(Node gather) {
    var index = site.constant(gather.inputs().get(1));
    return index != null && index.rank() == 0
        ? new Selection(
            gather.inputs().getFirst(), Read.axis(gather, 0), Math.floorMod(index.getLong(0), 2))
        : null;
  }

  private @Nullable Selection squeezed(Node squeeze) {
    String one = squeeze.inputs().getFirst();
    Node split = wiring.maker(one);
    long[] axes = Read.ints(site, squeeze, "axes", 1);
    int rank = wiring.rank(one);
    if (split == null || !split.isOnnx("Split") || axes == null || axes.length != 1 || rank < 1) {
      return null;
    }
    long axis = axes[0] < 0 ? axes[0] + rank : axes[0];
    long of = Read.axis(split, 0);
    return split.outputs().size() == 2 && axis == (of < 0 ? of + rank : of)
        ? new Selection(split.inputs().getFirst(), axis, split.outputs().indexOf(one))
        : null;
  }
}
