package org.sardonyx.convert.opset;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.Text;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Node;
import org.sardonyx.operators.Signature;
import org.sardonyx.operators.Signature.FormalAttribute;
import org.sardonyx.operators.Signature.Parameter;
import org.sardonyx.operators.Types;
import org.sardonyx.passes.infer.Specs;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Type;

/** Whether a node of one version may stand as it is in another. */
final class Compatibility {

  private Compatibility() {}

  /** Whether the first Constant has values of this type. */
  static boolean isEarlyConstant(DataType type) {
    return Types.FLOATS.contains("tensor(" + type.specName() + ")");
  }

  /**
   * Returns the node for the other version: without attributes, inputs and outputs that it lacks
   * and that have no effect, with defaults that changed written out.
   */
  static Node fit(Rewrite rewrite, Node node) {
    Signature after = rewrite.after();
    if (after == null) {
      throw new IllegalStateException(node.opType() + " is kept where it is not defined");
    }
    Node fitted =
        node.withAttributes(attributes(rewrite, node, after))
            .withInputs(inputs(rewrite, node, after))
            .withOutputs(outputs(rewrite, node, after));
    types(rewrite, fitted, after);
    return fitted;
  }

  private static List<Attribute> attributes(Rewrite rewrite, Node node, Signature after) {
    List<Attribute> attributes = new ArrayList<>();
    for (Attribute attribute : node.attributes()) {
      FormalAttribute formal = after.attributes().get(attribute.name());
      if (formal != null) {
        attributes.add(attribute);
      } else if (!isNeutral(rewrite.before().attributes().get(attribute.name()), attribute)) {
        throw rewrite.refuse(
            node.opType()
                + "-"
                + after.sinceVersion()
                + " has no attribute \""
                + Text.escape(attribute.name())
                + "\", and its value has an effect");
      }
    }
    Map<String, FormalAttribute> old = rewrite.before().attributes();
    for (FormalAttribute formal : after.attributes().values()) {
      if (attributes.stream().anyMatch(a -> a.name().equals(formal.name()))) {
        continue;
      }
      FormalAttribute was = old.get(formal.name());
      if (was != null
          && was.defaultValue() != null
          && !was.defaultValue().equals(formal.defaultValue())) {
        attributes.add(new Attribute(formal.name(), was.defaultValue()));
      } else if (formal.required()) {
        throw rewrite.refuse("attribute \"" + formal.name() + "\" must be given and is not");
      }
    }
    return attributes;
  }

  /** Whether a value is what a version without the attribute computes with. */
  private static boolean isNeutral(@Nullable FormalAttribute formal, Attribute attribute) {
    return formal != null
        && (attribute.value().equals(formal.defaultValue())
            || attribute.name().equals("consumed_inputs")
            || (attribute.name().equals("dilations")
                && attribute.value() instanceof Attribute.OfInts(List<Long> all)
                && all.stream().allMatch(one -> one == 1)));
  }

  private static List<String> inputs(Rewrite rewrite, Node node, Signature after) {
    List<String> inputs = new ArrayList<>(node.inputs());
    while (!inputs.isEmpty() && inputs.getLast().isEmpty() && inputs.size() > after.minInputs()) {
      inputs.removeLast();
    }
    if (inputs.size() > after.maxInputs()) {
      Parameter formal = rewrite.before().input(inputs.size() - 1);
      throw rewrite.refuse(
          node.opType()
              + "-"
              + after.sinceVersion()
              + " has no input "
              + (formal == null ? inputs.size() - 1 : formal.name()));
    }
    if (inputs.size() < after.minInputs() && after.maxInputs() == Integer.MAX_VALUE) {
      throw rewrite.refuse("it needs " + after.minInputs() + " inputs there");
    }
    for (int i = 0; i < after.minInputs(); i++) {
      Parameter formal = after.input(i);
      boolean there = i < inputs.size() && !inputs.get(i).isEmpty();
      if (!there && formal != null && formal.arity() == Signature.Arity.SINGLE) {
        throw rewrite.refuse("input " + formal.name() + " must be given and is not");
      }
    }
    return inputs;
  }

  private static List<String> outputs(Rewrite rewrite, Node node, Signature after) {
    List<String> outputs = new ArrayList<>(node.outputs());
    while (outputs.size() > after.maxOutputs()) {
      if (outputs.getLast().equals(rewrite.out(outputs.size() - 1))
          ? rewrite.wants(outputs.size() - 1)
          : !outputs.getLast().isEmpty()) {
        Parameter formal = rewrite.before().output(outputs.size() - 1);
        throw rewrite.refuse(
            node.opType()
                + "-"
                + after.sinceVersion()
                + " has no output "
                + (formal == null ? outputs.size() - 1 : formal.name()));
      }
      outputs.removeLast();
    }
    return outputs;
  }

  private static void types(Rewrite rewrite, Node node, Signature after) {
    Map<String, Bound> bound = new HashMap<>();
    for (int i = 0; i < node.inputs().size(); i++) {
      type(
          rewrite,
          node.inputs().get(i),
          rewrite.before().input(i),
          rewrite.before(),
          after.input(i),
          after,
          bound);
    }
    for (int i = 0; i < node.outputs().size(); i++) {
      type(
          rewrite,
          node.outputs().get(i),
          rewrite.before().output(i),
          rewrite.before(),
          after.output(i),
          after,
          bound);
    }
  }

  private static void type(
      Rewrite rewrite,
      String name,
      @Nullable Parameter old,
      Signature before,
      @Nullable Parameter now,
      Signature after,
      Map<String, Bound> bound) {
    if (name.isEmpty() || now == null) {
      return;
    }
    Set<String> allowed = after.typesOf(now);
    boolean wider = old != null && allowed.containsAll(before.typesOf(old));
    Bound first = after.constraints().containsKey(now.type()) ? bound.get(now.type()) : null;
    String variable = old == null ? "" : old.type();
    boolean together = now.homogeneous() && after.constraints().containsKey(now.type());
    boolean newlyTogether = together && first != null && !first.variable().equals(variable);
    Type known = rewrite.facts().type(name);
    if (together && first == null) {
      bound.put(now.type(), new Bound(variable, known));
    }
    if (wider && !newlyTogether) {
      return;
    }
    Type type = known;
    if (type == null) {
      if (rewrite.facts().isNew(name)) {
        return; // made by the adapter, in a type that the operator takes
      }
      throw rewrite.refuse("the type of \"" + Text.escape(name) + "\" is not known");
    }
    if (!Specs.allows(allowed, type)) {
      throw rewrite.refuse(
          "\""
              + Text.escape(name)
              + "\" is "
              + Specs.of(type)
              + ", and "
              + now.name()
              + " takes "
              + Specs.list(allowed));
    }
    if (newlyTogether && first != null) {
      Type other = first.type();
      if (other == null || !Specs.of(other).equals(Specs.of(type))) {
        throw rewrite.refuse(
            "\""
                + Text.escape(name)
                + "\" is "
                + Specs.of(type)
                + " beside "
                + (other == null ? "a type that is not known" : Specs.of(other))
                + ", and both must have one type");
      }
    }
  }

  /** The first value of a type variable: its variable in the version before, and its type. */
  private record Bound(String variable, @Nullable Type type) {}
}
