package org.sardonyx.convert.opset;

import static org.sardonyx.convert.opset.Rewrite.with;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Node;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * Operators of several inputs. Before version 7 the second of two inputs is laid over the first
 * from an axis on, and only where asked; from then on both are laid over one another as NumPy does
 * it. Operators of any number of inputs follow with version 8.
 */
final class BroadcastChanges {

  /** What the same inputs give when they are exchanged. */
  private static final Map<String, String> EXCHANGED =
      Map.of(
          "Add", "Add", "Mul", "Mul", "And", "And", "Or", "Or", "Xor", "Xor", "Equal", "Equal",
          "Greater", "Less", "Less", "Greater");

  private BroadcastChanges() {}

  static void add(Changes all) {
    for (String name : List.of("Add", "Div", "Mul", "Sub")) {
      all.same(name, 6);
      all.change(name, 7, BroadcastChanges::up, BroadcastChanges::down);
      all.types(name, 13, 14);
    }
    for (String name : List.of("And", "Or", "Xor")) {
      all.change(name, 7, BroadcastChanges::up, BroadcastChanges::down);
    }
    for (String name : List.of("Greater", "Less")) {
      all.change(name, 7, BroadcastChanges::up, BroadcastChanges::down);
      all.change(name, 9, Adapter.KEEP, ChoiceChanges::compared);
      all.types(name, 13);
    }
    all.change("Equal", 7, BroadcastChanges::up, BroadcastChanges::down);
    all.change("Pow", 7, BroadcastChanges::up, BroadcastChanges::down);
    all.change("Pow", 12, Adapter.KEEP, BroadcastChanges::powDown);
    all.types("Pow", 13, 15);
    all.since("GreaterOrEqual", 12, rewrite -> orEqual(rewrite, "Greater"));
    all.since("LessOrEqual", 12, rewrite -> orEqual(rewrite, "Less"));
    all.types("GreaterOrEqual", 16);
    all.types("LessOrEqual", 16);

    all.same("PRelu", 6);
    all.change("PRelu", 7, BroadcastChanges::preluUp, BroadcastChanges::preluDown);
    all.types("PRelu", 9, 16);

    for (String name : List.of("Max", "Min")) {
      all.same(name, 6);
      all.change(name, 8, Adapter.KEEP, BroadcastChanges::equalShapes);
      all.types(name, 12, 13);
    }
    for (String name : List.of("Sum", "Mean")) {
      all.same(name, 6);
      all.change(name, 8, Adapter.KEEP, BroadcastChanges::sumDown);
      all.types(name, 13);
    }

    all.same("Gemm", 6);
    all.change(
        "Gemm",
        7,
        rewrite -> rewrite.keep(rewrite.without("broadcast")),
        BroadcastChanges::gemmDown);
    all.types("Gemm", 9, 13);
    all.change("Gemm", 11, Adapter.KEEP, BroadcastChanges::gemmWithoutC);
    all.types("MatMul", 9, 13);
    all.begins(12, "Einsum");
    all.types("Einsum", 28);
  }

  /** {@code axis} says with which dimension of A the first of B goes; the last ones by default. */
  private static void up(Rewrite rewrite) {
    String b = rewrite.in(1);
    Shape first = rewrite.shape(0);
    Shape second = rewrite.shape(1);
    if (first.hasRank() && second.hasRank() && first.rank() < second.rank()) {
      // One number of whatever rank: the result had the shape of A.
      long[] all = LongStream.range(0, second.rank()).toArray();
      b = rewrite.op("Squeeze", b, Attribute.of("axes", all));
    } else if (rewrite.integer("broadcast", 0) != 0 && rewrite.gives("axis")) {
      int rankA = rewrite.rank(0);
      int rankB = rewrite.rank(1);
      long axis = Math.floorMod(rewrite.integer("axis", 0), Math.max(1, rankA));
      b = spread(rewrite, b, rankB, rankA - axis - rankB);
    }
    rewrite.keep(rewrite.without("axis", "broadcast").withInputs(List.of(rewrite.in(0), b)));
  }

  private static String spread(Rewrite rewrite, String b, int rank, long trailing) {
    if (rank == 0 || trailing <= 0) {
      return b;
    }
    long[] axes = LongStream.range(rank, rank + trailing).toArray();
    return rewrite.op("Unsqueeze", b, Attribute.of("axes", axes));
  }

  private static void down(Rewrite rewrite) {
    Shape a = rewrite.shape(0);
    Shape b = rewrite.shape(1);
    if (same(a, b)) {
      rewrite.keep();
      return;
    }
    if (a.hasRank() && b.hasRank()) {
      Laid laid = Laid.of(a, b);
      if (laid != null) {
        write(rewrite, rewrite.node(), rewrite.in(0), rewrite.in(1), laid);
        return;
      }
      String exchanged = EXCHANGED.get(rewrite.node().opType());
      Laid other = Laid.of(b, a);
      if (other != null && exchanged != null) {
        Node node = rewrite.node();
        Node turned =
            new Node(
                node.name(),
                "",
                exchanged,
                "",
                node.inputs(),
                node.outputs(),
                node.attributes(),
                node.docString(),
                node.metadata(),
                node.extra());
        write(rewrite, turned, rewrite.in(1), rewrite.in(0), other);
        return;
      }
    }
    throw rewrite.refuse(
        "shapes "
            + a
            + " and "
            + b
            + " are not known to be such that the second can be laid over the first from one axis on");
  }

  private static void write(Rewrite rewrite, Node node, String a, String b, Laid laid) {
    String second = b;
    if (laid.squeezed().length > 0) {
      second = rewrite.op("Squeeze", b, Attribute.of("axes", laid.squeezed()));
    }
    Node laidOver = with(node, Attribute.of("broadcast", 1L));
    if (laid.axis() >= 0) {
      laidOver = with(laidOver, Attribute.of("axis", laid.axis()));
    }
    rewrite.keep(laidOver.withInputs(List.of(a, second)));
  }

  /**
   * How B is laid over A by the old rule.
   *
   * @param squeezed dimensions of size 1 that B has around the others
   * @param axis where it begins; -1 for the last dimensions
   */
  private record Laid(long[] squeezed, long axis) {

    /** Returns null where it cannot be laid, or not surely. */
    static @org.jspecify.annotations.Nullable Laid of(Shape a, Shape b) {
      int shift = a.rank() - b.rank();
      if (shift < 0) {
        return null; // the result would have more dimensions than A
      }
      int first = 0;
      int end = b.rank();
      while (first < end && isOne(b.dim(first)) && !isOne(a.dim(shift + first))) {
        first++;
      }
      while (end > first && isOne(b.dim(end - 1)) && !isOne(a.dim(shift + end - 1))) {
        end--;
      }
      for (int i = first; i < end; i++) {
        if (!same(b.dim(i), a.dim(shift + i))) {
          return null;
        }
      }
      boolean isScalar = first == end;
      List<Long> squeezed = new ArrayList<>();
      for (long i = 0; i < b.rank(); i++) {
        if (i < first || i >= end) {
          squeezed.add(i);
        }
      }
      return new Laid(
          isScalar ? new long[0] : squeezed.stream().mapToLong(Long::longValue).toArray(),
          isScalar || end == b.rank() ? -1 : shift + first);
    }

    private static boolean isOne(Dim dim) {
      return dim.is(1);
    }
  }

  /** Whether two shapes are surely equal. */
  private static boolean same(Shape a, Shape b) {
    if (!a.hasRank() || !b.hasRank() || a.rank() != b.rank()) {
      return false;
    }
    for (int i = 0; i < a.rank(); i++) {
      if (!same(a.dim(i), b.dim(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean same(Dim a, Dim b) {
    return !(a instanceof Dim.Unknown) && a.equals(b);
  }

  private static void equalShapes(Rewrite rewrite) {
    Shape first = rewrite.shape(0);
    for (int i = 1; i < rewrite.node().inputs().size(); i++) {
      if (!same(first, rewrite.shape(i))) {
        throw rewrite.refuse(
            "inputs of shapes "
                + first
                + " and "
                + rewrite.shape(i)
                + " are not known to have one shape, and are not laid over one another there");
      }
    }
    rewrite.keep();
  }

  private static boolean haveOneShape(Rewrite rewrite) {
    for (int i = 1; i < rewrite.node().inputs().size(); i++) {
      if (!same(rewrite.shape(0), rewrite.shape(i))) {
        return false;
      }
    }
    return true;
  }

  /** Inputs of several shapes are added one after the other. */
  private static void sumDown(Rewrite rewrite) {
    int count = rewrite.node().inputs().size();
    if (count == 1 || haveOneShape(rewrite)) {
      rewrite.keep();
      return;
    }
    boolean mean = rewrite.node().opType().equals("Mean");
    DataType type = rewrite.element(0);
    String sum = rewrite.in(0);
    for (int i = 1; i < count; i++) {
      List<String> inputs = List.of(sum, rewrite.in(i));
      if (i < count - 1 || mean) {
        sum = rewrite.op("Add", inputs);
      } else {
        rewrite.last("Add", inputs);
      }
    }
    if (mean) {
      rewrite.last("Div", List.of(sum, rewrite.scalar(type, count)));
    }
  }

  private static void powDown(Rewrite rewrite) {
    DataType base = rewrite.element(0);
    DataType exponent = rewrite.element(1);
    if (base == exponent || !base.isFloat()) {
      rewrite.keep();
      return;
    }
    boolean exact =
        exponent.isFloat()
            ? exponent.bits() <= base.bits()
            : exponent.bits() <= (base == DataType.DOUBLE ? 32 : base == DataType.FLOAT ? 16 : 8)
                || rewrite.constant(1) != null;
    if (!exact) {
      throw rewrite.refuse(
          "an exponent of type " + exponent.specName() + " is not exact as " + base.specName());
    }
    String cast = rewrite.op("Cast", rewrite.in(1), Attribute.of("to", (long) base.code()));
    rewrite.last("Pow", List.of(rewrite.in(0), cast));
  }

  private static void orEqual(Rewrite rewrite, String strict) {
    List<String> inputs = List.of(rewrite.in(0), rewrite.in(1));
    rewrite.last("Or", List.of(rewrite.op(strict, inputs), rewrite.op("Equal", inputs)));
  }

  /** A slope of several numbers belonged to the channels, dimension 1. */
  private static void preluUp(Rewrite rewrite) {
    Shape slope = rewrite.shape(1);
    if (slope.isKnown() && slope.elements().is(1) && slope.rank() <= 1) {
      rewrite.keep();
      return;
    }
    int rank = rewrite.rank(0);
    String spread = spread(rewrite, rewrite.in(1), rewrite.rank(1), rank - 1L - rewrite.rank(1));
    rewrite.keep(rewrite.node().withInputs(List.of(rewrite.in(0), spread)));
  }

  private static void preluDown(Rewrite rewrite) {
    Shape slope = rewrite.shape(1);
    int rank = rewrite.rank(0);
    if (slope.isKnown() && slope.elements().is(1)) {
      rewrite.keep();
      return;
    }
    if (!slope.hasRank()) {
      throw rewrite.refuse("the shape of slope is not known");
    }
    int channel = slope.rank() - rank + 1;
    List<Long> ones = new ArrayList<>();
    for (int i = 0; i < slope.rank(); i++) {
      if (i != channel && slope.dim(i).is(1)) {
        ones.add((long) i);
      }
    }
    if (rank < 2 || channel < 0 || ones.size() != slope.rank() - 1) {
      throw rewrite.refuse("slope " + slope + " is not one number for each channel");
    }
    String flat =
        ones.isEmpty()
            ? rewrite.in(1)
            : rewrite.op(
                "Squeeze",
                rewrite.in(1),
                Attribute.of("axes", ones.stream().mapToLong(Long::longValue).toArray()));
    rewrite.keep(rewrite.node().withInputs(List.of(rewrite.in(0), flat)));
  }

  private static void gemmDown(Rewrite rewrite) {
    Shape c = rewrite.shape(2);
    Shape y =
        rewrite.facts().type(rewrite.out(0)) instanceof Type.OfTensor(DataType _, Shape shape)
            ? shape
            : Shape.UNKNOWN;
    Laid laid = c.hasRank() && y.hasRank() ? Laid.of(y, c) : null;
    if (same(y, c)) {
      rewrite.keep();
    } else if (laid != null && laid.axis() < 0) {
      // [1, N] goes as it is: what is 1 before the last dimension was taken by every engine.
      String flat =
          laid.squeezed().length == 0
              ? rewrite.in(2)
              : rewrite.op("Squeeze", rewrite.in(2), Attribute.of("axes", laid.squeezed()));
      rewrite.keep(
          with(rewrite.node(), Attribute.of("broadcast", 1L))
              .withInputs(List.of(rewrite.in(0), rewrite.in(1), flat)));
    } else {
      throw rewrite.refuse("input C " + c + " cannot be laid over the last dimensions of " + y);
    }
  }

  private static void gemmWithoutC(Rewrite rewrite) {
    if (rewrite.has(2)) {
      rewrite.keep();
    } else {
      String none = rewrite.scalar(rewrite.element(0), 0);
      rewrite.keep(rewrite.node().withInputs(List.of(rewrite.in(0), rewrite.in(1), none)));
    }
  }
}
