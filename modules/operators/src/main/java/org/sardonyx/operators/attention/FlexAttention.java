package org.sardonyx.operators.attention;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.operators.attention.Heads.Layout;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * FlexAttention of ai.onnx.preview: {@code prob_mod(softmax(score_mod(scale Q K^T))) V}, where the
 * two are graphs over all scores at once. A row of minus infinities gives NaN, as Softmax does.
 *
 * @param scale factor of the product; NaN for {@code 1 / sqrt(head_size)}
 * @param precision the type of the scores, or null for double of double and float else
 * @param modifiesScores whether there is a score_mod
 * @param modifiesProbabilities whether there is a prob_mod
 */
public record FlexAttention(
    float scale,
    @Nullable DataType precision,
    boolean modifiesScores,
    boolean modifiesProbabilities)
    implements Operator {

  private static final String SCORE_MOD = "score_mod";
  private static final String PROB_MOD = "prob_mod";

  public static final OperatorDef DEF =
      OperatorDef.named("FlexAttention")
          .domain("ai.onnx.preview")
          .version(1)
          .input("Q", "T1")
          .input("K", "T1")
          .input("V", "T1")
          .output("Y", "T1")
          .optional("prob_mod", Kind.GRAPH)
          .optional("scale", Kind.FLOAT)
          .optional("score_mod", Kind.GRAPH)
          .optional("softmax_precision", Kind.INT)
          .type("T1", Types.FLOATS_BF16)
          .accuracy(Accuracy.ACCUMULATED)
          .create(FlexAttention::of);

  static FlexAttention of(Attributes attributes) {
    for (String name : List.of(SCORE_MOD, PROB_MOD)) {
      if (attributes.has(name)
          && (attributes.getGraph(name).inputs().size() != 1
              || attributes.getGraph(name).outputs().size() != 1)) {
        throw new InvalidModel(name + " must have one input and one output");
      }
    }
    return new FlexAttention(
        attributes.getFloat("scale", Float.NaN),
        Attention.precision(attributes),
        attributes.has(SCORE_MOD),
        attributes.has(PROB_MOD));
  }

  @Override
  public void infer(Inference in) {
    Shape q = in.shape(0);
    Shape k = in.shape(1);
    Shape v = in.shape(2);
    for (Shape shape : List.of(q, k, v)) {
      if (shape.hasRank() && shape.rank() != 4) {
        throw in.invalid("Q, K and V must have rank 4, got " + q + ", " + k + " and " + v);
      }
    }
    if (!q.hasRank()) {
      return;
    }
    in.shape(0, Shape.of(q.dim(0), q.dim(1), q.dim(2), v.hasRank() ? v.dim(3) : Dim.UNKNOWN));
    DataType type = in.elementType(0);
    Dim keys = k.hasRank() ? k.dim(2) : Dim.UNKNOWN;
    List<@Nullable Type> scores = new ArrayList<>();
    scores.add(
        type == null
            ? null
            : Type.tensor(scoreType(type), Shape.of(q.dim(0), q.dim(1), q.dim(2), keys)));
    if (modifiesScores) {
      in.body(SCORE_MOD, scores);
    }
    if (modifiesProbabilities) {
      in.body(PROB_MOD, scores);
    }
  }

  private DataType scoreType(DataType type) {
    if (precision != null) {
      return precision;
    }
    return type == DataType.DOUBLE ? DataType.DOUBLE : DataType.FLOAT;
  }

  @Override
  public void run(Invocation in) {
    Tensor q = in.tensor(0);
    Tensor k = in.tensor(1);
    Tensor v = in.tensor(2);
    Heads heads = heads(q, k, v);
    DataType type = scoreType(q.dataType());
    int[] shape = {heads.batch(), heads.queryHeads(), heads.queries(), heads.keys()};
    Tensor scores = Tensor.fromDoubles(type, products(in, heads, q, k, shape), shape);
    if (modifiesScores) {
      scores = modified(in, SCORE_MOD, scores);
    }
    double[] p = scores.toDoubles();
    p = type == DataType.DOUBLE ? p.clone() : p;
    for (int i = 0; i < p.length; i += Math.max(1, heads.keys())) {
      softmax(p, i, heads.keys());
    }
    Tensor probabilities = Tensor.fromDoubles(type, p, shape);
    if (modifiesProbabilities) {
      probabilities = modified(in, PROB_MOD, probabilities);
    }
    double[] weights = probabilities.toDoubles();
    double[] y =
        new double[heads.batch() * heads.queryHeads() * heads.queries() * heads.valueSize()];
    double[] values = v.toDoubles();
    Layout vl = Layout.headFirst(heads.keyHeads(), heads.keys(), heads.valueSize());
    for (int n = 0; n < heads.batch(); n++) {
      for (int h = 0; h < heads.queryHeads(); h++) {
        int from = (n * heads.queryHeads() + h) * heads.queries();
        in.kernels()
            .gemm(
                heads.queries(),
                heads.valueSize(),
                heads.keys(),
                1.0,
                weights,
                from * heads.keys(),
                heads.keys(),
                1,
                values,
                vl.at(n, heads.keyHead(h), 0),
                vl.row(),
                1,
                y,
                from * heads.valueSize(),
                heads.valueSize());
      }
    }
    in.set(
        0,
        Tensor.fromDoubles(
            q.dataType(),
            y,
            heads.batch(),
            heads.queryHeads(),
            heads.queries(),
            heads.valueSize()));
  }

  private double[] products(Invocation in, Heads heads, Tensor q, Tensor k, int[] shape) {
    double factor = Float.isNaN(scale) ? 1 / Math.sqrt(heads.size()) : scale;
    double[] products = new double[Tensor.checkedSize(shape)];
    double[] queries = q.toDoubles();
    double[] keys = k.toDoubles();
    Layout ql = Layout.headFirst(heads.queryHeads(), heads.queries(), heads.size());
    Layout kl = Layout.headFirst(heads.keyHeads(), heads.keys(), heads.size());
    for (int n = 0; heads.size() > 0 && n < heads.batch(); n++) {
      for (int h = 0; h < heads.queryHeads(); h++) {
        in.kernels()
            .gemm(
                heads.queries(),
                heads.keys(),
                heads.size(),
                factor,
                queries,
                ql.at(n, h, 0),
                ql.row(),
                1,
                keys,
                kl.at(n, heads.keyHead(h), 0),
                1,
                kl.row(),
                products,
                (n * heads.queryHeads() + h) * heads.queries() * heads.keys(),
                heads.keys());
      }
    }
    return products;
  }

  private static void softmax(double[] x, int at, int n) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = at; i < at + n; i++) {
      max = Math.max(max, x[i]);
    }
    double sum = 0;
    for (int i = at; i < at + n; i++) {
      x[i] = StrictMath.exp(x[i] - max);
      sum += x[i];
    }
    for (int i = at; i < at + n; i++) {
      x[i] /= sum;
    }
  }

  private static Tensor modified(Invocation in, String name, Tensor scores) {
    Value result = in.body(name).run(List.of(scores)).getFirst();
    if (!(result instanceof Tensor tensor)
        || !tensor.sameShape(scores)
        || tensor.dataType() != scores.dataType()) {
      throw new OperatorFailed(
          name + " must give a tensor like " + scores + ", gave " + result.type());
    }
    return tensor;
  }

  private static Heads heads(Tensor q, Tensor k, Tensor v) {
    boolean fits =
        q.rank() == 4
            && k.rank() == 4
            && v.rank() == 4
            && k.hasShape(q.dim(0), k.dim(1), k.dim(2), q.dim(3))
            && v.hasShape(q.dim(0), k.dim(1), k.dim(2), v.dim(3))
            && k.dim(1) > 0
            && q.dim(1) % k.dim(1) == 0;
    if (!fits) {
      throw new InvalidInput("Q " + q + ", K " + k + " and V " + v + " do not fit each other");
    }
    return new Heads(q.dim(0), q.dim(1), k.dim(1), q.dim(2), k.dim(2), q.dim(3), v.dim(3));
  }
}
