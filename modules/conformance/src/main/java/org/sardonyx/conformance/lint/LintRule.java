package org.sardonyx.conformance.lint;

import java.util.List;
import java.util.Optional;

/**
 * A rule about what is legal and likely a mistake.
 *
 * @param id its name, by which it is suppressed
 * @param says what it finds
 * @param fix what to do about it
 */
public record LintRule(String id, String says, String fix) {

  private static final List<LintRule> ALL =
      List.of(
          rule(
              "unread-input",
              "an input of the graph that no node reads",
              "remove it, or connect it: an input for lengths or a mask that is not read has no effect"),
          rule("unread-weight", "an initializer that nothing reads", "remove it"),
          rule(
              "dead-node",
              "a node whose results reach no output",
              "remove it, or name what it was meant for as an output"),
          rule(
              "frozen-batch",
              "a Reshape to constant sizes of a value whose batch is free",
              "write -1 or 0 for the batch, or export the model with a free batch"),
          rule(
              "frozen-state",
              "an initial state that is a constant for one batch size, where the batch is free",
              "make the state an input, or leave it out where it is zero"),
          rule(
              "gate-order",
              "an LSTM whose output gate has the bias of a forget gate, as if gates were in the order i, f, g, o of PyTorch",
              "put gates in the order i, o, f, c"),
          rule(
              "gru-two-biases",
              "a GRU with linear_before_reset = 0 and a recurrent bias of the candidate, which only frameworks have that compute what 1 means",
              "set linear_before_reset to 1"),
          rule(
              "bidirectional-reshape",
              "the output Y [time, 2, batch, hidden] of a bidirectional layer reshaped without a Transpose, which mixes directions and rows",
              "transpose to [time, batch, 2, hidden] first"),
          rule(
              "causal-alignment",
              "causal Attention without a cache and with fewer queries than keys: it aligns them at the beginning, not at the end",
              "give the past as a cache, or an explicit mask"),
          rule(
              "not-finite-weight",
              "a weight that is NaN or infinite",
              "look for the step of training or conversion that made it"),
          rule(
              "softmax-of-softmax",
              "a Softmax of a Softmax",
              "remove one of them: losses often hold one already"),
          rule(
              "training-mode",
              "a Dropout or BatchNormalization in training mode",
              "export the model for inference"),
          rule(
              "trap-gru-reset",
              "a GRU of a PyTorch exporter that left linear_before_reset out",
              "set it to 1"),
          rule(
              "trap-hidden-size",
              "a recurrent node without hidden_size, which ONNX Runtime refuses",
              "write it"),
          rule(
              "trap-layout",
              "a recurrent node with layout = 1, which ONNX Runtime refuses",
              "transpose around it"),
          rule(
              "trap-clip",
              "an LSTM with clip, which ONNX Runtime applies in other places",
              "leave it out where values stay small"),
          rule("trap-only-y-c", "an LSTM that names only Y_c", "name Y_h, too"),
          rule(
              "trap-activation-list",
              "alpha or beta of activations that can be read in two ways",
              "write lists that mean the same in both"),
          rule(
              "trap-activation-default",
              "an activation without alpha or beta, for which ONNX Runtime takes 0",
              "write the number"),
          rule(
              "trap-loop-condition",
              "a Loop without a condition, whose body's condition counts in ONNX Runtime alone",
              "give a condition"),
          rule(
              "trap-mask",
              "a mask of a moderate negative number before Softmax",
              "mask with minus infinity, or a boolean mask of Attention"),
          rule(
              "trap-softcap",
              "softcap with qk_matmul_output_mode, whose order changed",
              "do without one of them"),
          rule(
              "trap-window",
              "window sizes of Attention, which older engines refuse",
              "give a mask"));

  private static LintRule rule(String id, String says, String fix) {
    return new LintRule(id, says, fix);
  }

  /** Returns every rule. */
  public static List<LintRule> all() {
    return ALL;
  }

  /** Returns the rule of that name; empty for those about what ONNX forbids. */
  public static Optional<LintRule> named(String id) {
    return ALL.stream().filter(rule -> rule.id().equals(id)).findFirst();
  }
}
