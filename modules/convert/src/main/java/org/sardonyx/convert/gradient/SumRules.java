package org.sardonyx.convert.gradient;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.sardonyx.graph.Attribute;

/** Reductions, and what contains one. */
final class SumRules {

  private SumRules() {}

  static void addTo(Map<String, Rule> rules) {
    rules.put("ReduceSum", s -> s.give(0, expanded(s, s.g())));
    rules.put(
        "ReduceMean", s -> s.give(0, s.op("Div", expanded(s, s.g()), ratio(s, s.in(0), s.out(0)))));
    rules.put(
        "ReduceSumSquare",
        s -> s.give(0, s.op("Mul", s.op("Mul", s.number(2), s.in(0)), expanded(s, s.g()))));
    rules.put(
        "ReduceL2",
        s -> s.give(0, s.op("Mul", s.in(0), expanded(s, s.op("Div", s.g(), s.out(0))))));
    rules.put(
        "ReduceLogSumExp",
        s -> {
          String share = s.op("Exp", s.op("Sub", s.in(0), expanded(s, s.out(0))));
          s.give(0, s.op("Mul", share, expanded(s, s.g())));
        });
    rules.put("ReduceL1", s -> s.give(0, s.op("Mul", s.op("Sign", s.in(0)), expanded(s, s.g()))));
    rules.put(
        "ReduceLogSum",
        s -> s.give(0, expanded(s, s.op("Mul", s.g(), s.op("Exp", s.op("Neg", s.out(0)))))));
    rules.put("ReduceMax", SumRules::extreme);
    rules.put("ReduceMin", SumRules::extreme);
    rules.put("CumSum", SumRules::running);
    rules.put("Softmax", SumRules::softmax);
    rules.put(
        "LogSoftmax",
        s -> {
          String sum = sum(s, s.g());
          s.give(0, s.op("Sub", s.g(), s.op("Mul", s.op("Exp", s.out(0)), sum)));
        });
  }

  /** Equal elements share. */
  private static void extreme(Step s) {
    String chosen = s.like(s.forms().equal(s.in(0), expanded(s, s.out(0))));
    List<Attribute> attributes = new ArrayList<>(s.node().attributes());
    attributes.removeIf(attribute -> attribute.name().equals("keepdims"));
    String[] inputs = s.node().inputs().toArray(String[]::new);
    inputs[0] = chosen;
    String count = s.op("Mul", s.op("ReduceMean", attributes, inputs), ratio(s, s.in(0), s.out(0)));
    s.give(0, s.op("Div", s.op("Mul", chosen, expanded(s, s.g())), count));
  }

  /** The sums run from the other end. */
  private static void running(Step s) {
    List<Attribute> attributes =
        List.of(
            Attribute.of("exclusive", s.getInt("exclusive", 0)),
            Attribute.of("reverse", 1 - s.getInt("reverse", 0)));
    s.give(0, s.op("CumSum", attributes, s.g(), s.in(1)));
  }

  /** {@code y (g - sum(g y))} along the axis. */
  private static void softmax(Step s) {
    String sum = sum(s, s.op("Mul", s.g(), s.out(0)));
    s.give(0, s.op("Mul", s.out(0), s.op("Sub", s.g(), sum)));
  }

  /** Before 13 these took everything from the axis on as one. */
  private static String sum(Step s, String value) {
    if (s.forms().version() >= 13) {
      return s.forms().sum(value, true, s.getInt("axis", -1));
    }
    int rank = s.tape().rank(s.in(0));
    long axis = s.getInt("axis", 1);
    return s.forms()
        .sum(value, true, LongStream.range(axis < 0 ? axis + rank : axis, rank).toArray());
  }

  /** Returns a value of the shape of the result, repeated to the shape of what was reduced. */
  private static String expanded(Step s, String value) {
    String whole = value;
    if (s.getInt("keepdims", 1) == 0) {
      List<Attribute> attributes = new ArrayList<>(s.node().attributes());
      attributes.removeIf(attribute -> attribute.name().equals("keepdims"));
      String[] inputs = s.node().inputs().toArray(String[]::new);
      whole = s.forms().shaped(value, s.op(s.node().opType(), attributes, inputs));
    }
    return s.forms().expanded(whole, s.in(0));
  }

  /** Returns how many times as many elements one value has as another. */
  static String ratio(Step s, String more, String less) {
    String count = s.op("Div", s.op("Size", more), s.op("Size", less));
    return s.op("Cast", List.of(Attribute.of("to", s.tape().knownType(more).code())), count);
  }
}
