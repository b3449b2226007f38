package org.sardonyx.profile;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** One node of a model has run. */
@Name("org.sardonyx.Node")
@Label("Node of a model")
@Category("Sardonyx")
@StackTrace(false)
final class NodeEvent extends Event {

  @Label("Node")
  @Description("Where the node stands in the model")
  String node = "";

  @Label("Operator")
  String operator = "";

  @Label("Kernel")
  @Description("What computed it, and what kept it from a faster form")
  String kernel = "";

  @Label("Operations")
  @Description("Floating-point operations by the formula of the operator; 0 where it has none")
  double flops;

  @Label("Bytes")
  @Description("Inputs, weights and outputs together")
  @DataAmount
  long bytes;
}
