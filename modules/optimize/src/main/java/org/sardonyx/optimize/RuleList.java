package org.sardonyx.optimize;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sardonyx.operators.Operators;
import org.sardonyx.optimize.rules.CausalMasks;
import org.sardonyx.optimize.rules.CollectSteps;
import org.sardonyx.optimize.rules.EinsumProducts;
import org.sardonyx.optimize.rules.FuseAttention;
import org.sardonyx.optimize.rules.FuseRotary;
import org.sardonyx.optimize.rules.GatherSizes;
import org.sardonyx.optimize.rules.JoinReshapes;
import org.sardonyx.optimize.rules.LastStep;
import org.sardonyx.optimize.rules.NeutralElements;
import org.sardonyx.optimize.rules.NoMoves;
import org.sardonyx.optimize.rules.RollCells;
import org.sardonyx.optimize.rules.SameSizes;
import org.sardonyx.optimize.rules.ShareHeads;
import org.sardonyx.optimize.rules.SlicesToSplit;
import org.sardonyx.optimize.rules.StateShapes;
import org.sardonyx.optimize.rules.TieWeights;
import org.sardonyx.optimize.rules.TransposeFirst;
import org.sardonyx.optimize.rules.Unsort;
import org.sardonyx.passes.Simplify;
import org.sardonyx.passes.simplify.Rule;

/** The rules, in the order in which they are applied. */
final class RuleList {

  /** What the rules of {@link Simplify} do; the others say it themselves. */
  private static final Map<String, String> SIMPLIFY =
      Map.ofEntries(
          Map.entry("constant-if", "an If with a constant condition becomes its branch"),
          Map.entry(
              "constants",
              "what depends on constants alone is computed; Constant nodes become initializers"),
          Map.entry("batch-normalization", "BatchNormalization after Conv goes into its weights"),
          Map.entry(
              "shapes",
              "a computed shape of a Reshape is stated where that holds for empty tensors too"),
          Map.entry(
              "identities",
              "Identity, Dropout outside of training, Cast to the same type and the like go"),
          Map.entry("transposes", "two Transposes become one"),
          Map.entry("equal-initializers", "equal constants become one"),
          Map.entry("equal-nodes", "nodes that compute the same become one"),
          Map.entry(
              "layer-normalization",
              "LayerNormalization written out, from ai.onnx 17 on or with --microsoft"),
          Map.entry(
              "rms-normalization",
              "RMSNormalization written out, from ai.onnx 23 on or with --microsoft"),
          Map.entry("gelu", "Gelu written out, from ai.onnx 20 on or with --microsoft"),
          Map.entry(
              "recurrent-loops",
              "a Loop or Scan whose step is that of LSTM, GRU or RNN becomes one"),
          Map.entry(
              "zero-states",
              "initial states that are zero are left out, which frees a frozen batch"),
          Map.entry("dead", "what nobody reads goes"));

  private RuleList() {}

  private record Entry(Rule rule, String says) {}

  /** The rules that are applied until none does anything any more. */
  private static List<Entry> repeated() {
    List<Entry> all = new ArrayList<>();
    for (Rule rule : Simplify.of(Operators.standard()).rules()) {
      all.add(new Entry(rule, SIMPLIFY.getOrDefault(rule.name(), "")));
    }
    Entry dead = all.removeLast();
    all.add(
        new Entry(
            new StateShapes(), "a computed shape of a Reshape is stated, sizes being at least 1"));
    all.add(
        new Entry(
            new NoMoves(), "Reshape, Expand, Slice, Where and the like that change nothing go"));
    all.add(new Entry(new NeutralElements(), "products with 1 and quotients by 1 go"));
    all.add(
        new Entry(
            new JoinReshapes(), "Reshape, Squeeze, Unsqueeze and Flatten in a row become one"));
    all.add(
        new Entry(
            new TransposeFirst(),
            "a Transpose after a Reshape that joins the last axes goes before it, where it meets another"));
    all.add(
        new Entry(
            new EinsumProducts(),
            "Einsum that is a product of matrices becomes MatMul, with a Transpose where labels stand elsewhere"));
    all.add(
        new Entry(
            new Unsort(),
            "a batch that was sorted by lengths and put back in order around recurrent layers stays in its order"));
    all.add(new Entry(new LastStep(), "the last step of a recurrent layer's sequence is its Y_h"));
    all.add(new Entry(new SlicesToSplit(), "slices that make up a whole become one Split"));
    all.add(new Entry(new SameSizes(), "sizes that are the same are computed once"));
    all.add(new Entry(new GatherSizes(), "sizes taken from a shape one by one are taken together"));
    all.add(
        new Entry(
            new CollectSteps(),
            "a sequence or tensor that each trip of a Loop makes longer becomes an output that Loop collects"));
    all.add(
        new Entry(
            new RollCells(), "steps of LSTM, GRU or RNN that were traced one by one become one"));
    all.add(dead);
    all.add(
        new Entry(
            new FuseRotary(),
            "queries and keys turned by the angle of their position become RotaryEmbedding, from ai.onnx 23 on"));
    all.add(
        new Entry(
            new FuseAttention(),
            "softmax(scale q k^T + mask) v becomes Attention, from ai.onnx 23 on; a query that may see nothing gives 0, not NaN"));
    all.add(
        new Entry(
            new ShareHeads(),
            "keys and values that were repeated for the heads that share them go into Attention as they are"));
    all.add(
        new Entry(
            new CausalMasks(),
            "a mask of Attention that hides what comes later, of as many queries as keys, becomes is_causal"));
    return all;
  }

  /** The rules that undo what others do, and so come once and last. */
  private static List<Entry> last() {
    return List.of(
        new Entry(
            new TieWeights(),
            "a weight that is another one transposed is made of it, as it was in the model that was trained"));
  }

  static List<Rule> rules() {
    return repeated().stream().map(Entry::rule).toList();
  }

  static List<Rule> lastRules() {
    return last().stream().map(Entry::rule).toList();
  }

  /** Returns the names in their order, with what each does. */
  static Map<String, String> table() {
    Map<String, String> table = new LinkedHashMap<>();
    repeated().forEach(entry -> table.put(entry.rule().name(), entry.says()));
    last().forEach(entry -> table.put(entry.rule().name(), entry.says()));
    return table;
  }
}
