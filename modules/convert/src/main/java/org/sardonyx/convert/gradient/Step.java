package org.sardonyx.convert.gradient;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Node;

/**
 * One node on the way back.
 *
 * @param node the node
 * @param tape where nodes are written
 * @param forms what nodes are made of, by version
 * @param found derivatives by value, so far
 * @param active the values that depend on what is differentiated by
 */
record Step(Node node, Tape tape, Forms forms, Map<String, String> found, Set<String> active) {

  String in(int input) {
    return input < node.inputs().size() ? node.inputs().get(input) : "";
  }

  boolean has(int input) {
    return !in(input).isEmpty();
  }

  int inputs() {
    return node.inputs().size();
  }

  String out(int output) {
    return node.outputs().get(output);
  }

  /** Returns the derivative by output 0. */
  String g() {
    return g(0);
  }

  /** Returns the derivative by an output; zeros where nothing depends on it. */
  String g(int output) {
    String value = found.get(out(output));
    return value == null ? forms.filled(out(output), 0) : value;
  }

  /** Whether the derivative by an input is asked for. */
  boolean wants(int input) {
    return active.contains(in(input));
  }

  /** Adds a derivative by an input, of its shape. */
  void give(int input, String value) {
    found.merge(in(input), value, (a, b) -> tape.op("Add", a, b));
  }

  /** Adds a derivative by an input that may have been broadcast to output 0. */
  void giveBroadcast(int input, String value) {
    give(
        input,
        tape.sameShape(in(input), out(0))
            ? value
            : forms.unbroadcast(
                value, tape.rankOrNone(out(0)), in(input), tape.rankOrNone(in(input))));
  }

  String op(String type, String... inputs) {
    return tape.op(type, inputs);
  }

  String op(String type, List<Attribute> attributes, String... inputs) {
    return tape.op(type, attributes, inputs);
  }

  /** Returns what is true as 1 and what is false as 0, in the type of output 0. */
  String like(String condition) {
    return op("Cast", List.of(Attribute.of("to", tape.knownType(out(0)).code())), condition);
  }

  String number(double value) {
    return tape.number(out(0), value);
  }

  long getInt(String name, long otherwise) {
    Attribute attribute = node.attribute(name);
    return attribute != null && attribute.value() instanceof Attribute.OfInt(long value)
        ? value
        : otherwise;
  }

  double getFloat(String name, double otherwise) {
    Attribute attribute = node.attribute(name);
    return attribute != null && attribute.value() instanceof Attribute.OfFloat(float value)
        ? value
        : otherwise;
  }

  @Nullable List<Long> getInts(String name) {
    Attribute attribute = node.attribute(name);
    return attribute != null && attribute.value() instanceof Attribute.OfInts ints
        ? ints.values()
        : null;
  }

  String getString(String name, String otherwise) {
    Attribute attribute = node.attribute(name);
    return attribute != null && attribute.value() instanceof Attribute.OfString text
        ? text.text()
        : otherwise;
  }

  UnsupportedModel refuse(String reason) {
    return tape.refuse(reason);
  }
}
