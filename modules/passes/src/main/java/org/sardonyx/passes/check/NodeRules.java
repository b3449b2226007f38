package org.sardonyx.passes.check;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Function;
import org.sardonyx.graph.Node;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Operators;
import org.sardonyx.operators.Signature;
import org.sardonyx.operators.Signature.Arity;
import org.sardonyx.operators.Signature.FormalAttribute;
import org.sardonyx.operators.Signature.Parameter;
import org.sardonyx.passes.walk.Functions;
import org.sardonyx.passes.walk.Opsets;
import org.sardonyx.passes.walk.Where;

/** The rules of one node against the definition of its operator. */
final class NodeRules {

  /** Operators of the specification that may be missing here, by domain. */
  private static final Map<String, Set<String>> NOT_IMPLEMENTED =
      Map.of(
          "", Set.of("ImageDecoder"),
          "ai.onnx.ml", Set.of(),
          "ai.onnx.preview", Set.of(),
          "ai.onnx.training", Set.of(),
          "ai.onnx.preview.training", Set.of());

  private final Operators operators;
  private final Functions functions;
  private final BodyRules bodyRules;
  private final Report report;

  NodeRules(Operators operators, Functions functions, Report report) {
    this.operators = operators;
    this.functions = functions;
    this.bodyRules = new BodyRules(report);
    this.report = report;
  }

  void check(Node node, Where at, GraphRules.Surroundings in) {
    if (node.opType().isEmpty()) {
      report.error("operator", at, "the node names no operator");
      return;
    }
    if (node.inputs().isEmpty() && node.outputs().isEmpty()) {
      report.error("operator", at, "the node has neither inputs nor outputs");
    }
    attributesAsSuch(node, at, in);
    Function function = functions.find(node);
    long version = in.opsets().version(node.domain());
    if (version < 0) {
      report.error(
          "opset-import",
          at,
          "domain "
              + (node.isOnnx() ? "ai.onnx" : Report.quote(node.domain()))
              + " is not imported; add it to opset_import");
    }
    if (function != null) {
      call(node, function, at);
      return;
    }
    OperatorDef def = operators.find(node.domain(), node.opType());
    if (def == null) {
      unknown(node, at);
      return;
    }
    if (version < 0) {
      return;
    }
    Signature signature = def.signature(version);
    if (signature == null) {
      report.error(
          "unknown-operator",
          at,
          def
              + " exists from version "
              + def.versions().getFirst().sinceVersion()
              + " of its operator set on, the model imports "
              + version);
      return;
    }
    String operator = def + "-" + signature.sinceVersion();
    if (signature.deprecated()) {
      report.error(
          "deprecated-operator", at, operator + " must not be used any more; see the operator set");
      return;
    }
    arity(
        node.inputs(),
        signature.inputs(),
        signature.minInputs(),
        signature.maxInputs(),
        "input",
        operator,
        at);
    arity(
        node.outputs(),
        signature.outputs(),
        signature.minOutputs(),
        signature.maxOutputs(),
        "output",
        operator,
        at);
    attributes(node, signature, operator, at);
    if (node.isOnnx()) {
      bodyRules.check(node, at);
    }
  }

  private void unknown(Node node, Where at) {
    Set<String> known = NOT_IMPLEMENTED.get(Opsets.domain(node.domain()));
    String shown =
        Report.quote(node.opType())
            + (node.isOnnx() ? "" : " of domain " + Report.quote(node.domain()));
    if (known != null && !known.contains(node.opType())) {
      report.error("unknown-operator", at, "there is no operator " + shown);
    } else {
      report.error(
          "unsupported-operator",
          at,
          "operator "
              + shown
              + " is not implemented"
              + Operators.elsewhere(node.domain(), node.opType()));
    }
  }

  private void arity(
      List<String> actual,
      List<Parameter> formal,
      int least,
      int most,
      String what,
      String operator,
      Where at) {
    if (actual.size() < least || actual.size() > most) {
      report.error(
          what + "s",
          at,
          operator
              + " takes "
              + (least == most
                  ? Integer.toString(least)
                  : most == Integer.MAX_VALUE ? least + " or more" : least + " to " + most)
              + " "
              + what
              + "s, the node has "
              + actual.size());
    }
    for (int i = 0; i < actual.size(); i++) {
      Parameter parameter =
          i < formal.size() ? formal.get(i) : formal.isEmpty() ? null : formal.getLast();
      if (actual.get(i).isEmpty() && parameter != null && !mayBeEmpty(parameter, what)) {
        report.error(
            what + "s",
            at,
            what
                + " "
                + i
                + " ("
                + parameter.name()
                + ") of "
                + operator
                + " must not be left out");
      }
    }
  }

  /** An output that is named by the empty string is one that nobody wants. */
  private static boolean mayBeEmpty(Parameter parameter, String what) {
    return parameter.arity() != Arity.SINGLE || what.equals("output");
  }

  /** Checks what holds of attributes of whatever operator. */
  private void attributesAsSuch(Node node, Where at, GraphRules.Surroundings in) {
    Set<String> names = new HashSet<>();
    for (Attribute attribute : node.attributes()) {
      String shown = "attribute " + Report.quote(attribute.name());
      if (attribute.name().isEmpty()) {
        report.error("attribute", at, "an attribute has no name");
      } else if (!names.add(attribute.name())) {
        report.error("attribute", at, shown + " is there twice");
      }
      if (attribute.value() instanceof Attribute.Reference reference) {
        reference(shown, reference, at, in.function());
      }
    }
  }

  private void reference(
      String shown, Attribute.Reference reference, Where at, @Nullable Function function) {
    if (function == null) {
      report.error(
          "attribute-reference",
          at,
          shown + " refers to the attribute of a function; this is none");
      return;
    }
    if (function.attributes().contains(reference.refAttrName())) {
      return;
    }
    for (Attribute formal : function.attributeDefaults()) {
      if (formal.name().equals(reference.refAttrName())) {
        if (reference.kind() != Attribute.Kind.UNDEFINED
            && formal.value().kind() != reference.kind()) {
          report.error(
              "attribute-reference",
              at,
              shown
                  + " is "
                  + reference.kind()
                  + ", the function's "
                  + Report.quote(formal.name())
                  + " "
                  + formal.value().kind());
        }
        return;
      }
    }
    report.error(
        "attribute-reference",
        at,
        shown
            + " refers to "
            + Report.quote(reference.refAttrName())
            + ", which the function has not");
  }

  private void attributes(Node node, Signature signature, String operator, Where at) {
    Set<String> given = new HashSet<>();
    for (Attribute attribute : node.attributes()) {
      given.add(attribute.name());
      FormalAttribute formal = signature.attributes().get(attribute.name());
      String shown = "attribute " + Report.quote(attribute.name());
      if (formal == null) {
        report.error("attribute", at, operator + " has no " + shown);
      } else if (attribute.value().kind() != formal.kind()) {
        report.error(
            "attribute",
            at,
            shown
                + " of "
                + operator
                + " is "
                + attribute.value().kind()
                + ", must be "
                + formal.kind());
      }
    }
    for (FormalAttribute formal : signature.attributes().values()) {
      if (formal.required() && !given.contains(formal.name())) {
        report.error(
            "attribute",
            at,
            "attribute " + Report.quote(formal.name()) + " of " + operator + " is missing");
      }
    }
  }

  private void call(Node node, Function function, Where at) {
    if (node.inputs().size() > function.inputs().size()) {
      report.error(
          "inputs",
          at,
          "the function has "
              + function.inputs().size()
              + " inputs, the node "
              + node.inputs().size());
    }
    if (node.outputs().size() > function.outputs().size()) {
      report.error(
          "outputs",
          at,
          "the function has "
              + function.outputs().size()
              + " outputs, the node "
              + node.outputs().size());
    }
    Set<String> formal = new HashSet<>(function.attributes());
    function.attributeDefaults().forEach(attribute -> formal.add(attribute.name()));
    for (Attribute attribute : node.attributes()) {
      if (!formal.contains(attribute.name())) {
        report.error(
            "attribute", at, "the function has no attribute " + Report.quote(attribute.name()));
      }
    }
  }
}
