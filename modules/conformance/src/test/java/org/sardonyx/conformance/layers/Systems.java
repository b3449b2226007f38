package org.sardonyx.conformance.layers;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.sardonyx.layers.Activation;
import org.sardonyx.layers.Attention;
import org.sardonyx.layers.AttentionDecoder;
import org.sardonyx.layers.Axes;
import org.sardonyx.layers.BatchNorm;
import org.sardonyx.layers.CandidateLstm;
import org.sardonyx.layers.Cell;
import org.sardonyx.layers.CellLstm;
import org.sardonyx.layers.Conv1d;
import org.sardonyx.layers.DecoderBlock;
import org.sardonyx.layers.Dense;
import org.sardonyx.layers.Dropout;
import org.sardonyx.layers.Embedding;
import org.sardonyx.layers.EncoderBlock;
import org.sardonyx.layers.Features;
import org.sardonyx.layers.Flow;
import org.sardonyx.layers.Gru;
import org.sardonyx.layers.Layer;
import org.sardonyx.layers.LayerNorm;
import org.sardonyx.layers.Lstm;
import org.sardonyx.layers.Merge;
import org.sardonyx.layers.MultiHeadAttention;
import org.sardonyx.layers.Network;
import org.sardonyx.layers.NormalizedLstm;
import org.sardonyx.layers.Pooling;
import org.sardonyx.layers.ProjectedLstm;
import org.sardonyx.layers.Recurrent;
import org.sardonyx.layers.Rnn;
import org.sardonyx.layers.Series;
import org.sardonyx.layers.State;
import org.sardonyx.layers.StepCell;
import org.sardonyx.layers.WeightFormat;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * Every system and form that the project grew from, with contractive weights: recurrent ones are
 * drawn so that the sum of a row's sizes stays below 1.
 */
final class Systems {

  static final int IN = 5;
  static final int H = 8;

  private static final WeightFormat PT = WeightFormat.PYTORCH;

  private final Random random = new Random(Long.getLong("seed", 11));
  private final Map<String, Function<Network, Flow>> all = new LinkedHashMap<>();

  private Systems() {
    recurrent();
    attention();
    combinations();
  }

  /** Returns what builds each, by name; each takes a new network and gives its output. */
  static Map<String, Function<Network, Flow>> all() {
    return new Systems().all;
  }

  private Tensor draw(double width, int... shape) {
    Tensor tensor = Tensor.zeros(DataType.FLOAT, shape);
    float[] x = tensor.floats();
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) ((2 * random.nextDouble() - 1) * width);
    }
    return tensor;
  }

  private Tensor in(int rows, int columns) {
    return draw(0.5, rows, columns);
  }

  private Tensor back(int rows, int columns) {
    return draw(0.9 / columns, rows, columns);
  }

  private Tensor bias(int size) {
    return draw(0.3, size);
  }

  private Tensor near1(int size) {
    Tensor tensor = draw(0.2, size);
    for (int i = 0; i < size; i++) {
      tensor.floats()[i] += 1;
    }
    return tensor;
  }

  private Lstm lstm(int input) {
    return Lstm.of(PT, in(4 * H, input), back(4 * H, H), bias(4 * H), bias(4 * H));
  }

  private Gru gru(int input) {
    return Gru.of(PT, in(3 * H, input), back(3 * H, H), bias(3 * H), bias(3 * H));
  }

  private Rnn rnn() {
    return Rnn.of(PT, in(H, IN), back(H, H), bias(H), bias(H));
  }

  private CandidateLstm candidate() {
    return CandidateLstm.of(PT, in(4 * H, IN), back(4 * H, H), bias(4 * H));
  }

  private CellLstm cellRecurrent() {
    return CellLstm.of(PT, in(4 * H, IN), back(4 * H, H), bias(4 * H));
  }

  private ProjectedLstm projected() {
    return ProjectedLstm.of(PT, in(4 * H, IN), back(4 * H, 3), draw(0.5, 3, H), bias(4 * H));
  }

  private NormalizedLstm normalized() {
    return NormalizedLstm.of(
        PT,
        in(4 * H, IN),
        back(4 * H, H),
        new NormalizedLstm.Scales(near1(4 * H), draw(0.2, 4 * H), near1(H), bias(H)),
        1e-2f,
        bias(4 * H));
  }

  private void recurrent() {
    all.put("rnn tanh", series(Recurrent.of(rnn())));
    all.put("rnn relu", series(Recurrent.of(rnn().withActivation(Activation.RELU))));
    all.put("lstm", series(Recurrent.of(lstm(IN))));
    all.put(
        "lstm peephole",
        series(Recurrent.of(lstm(IN).withPeepholes(WeightFormat.ONNX, bias(3 * H)))));
    all.put("lstm clip", series(Recurrent.of(lstm(IN).withClip(1.5f))));
    all.put("lstm coupled", series(Recurrent.of(lstm(IN).coupled())));
    all.put("lstm backwards", series(Recurrent.backwards(lstm(IN))));
    all.put(
        "lstm hard sigmoid",
        series(
            Recurrent.of(
                lstm(IN)
                    .withActivations(
                        Activation.HARD_SIGMOID, Activation.SOFTSIGN, Activation.TANH))));
    all.put("lstm projected", series(Recurrent.of(projected())));
    all.put("lstm normalized", series(Recurrent.of(normalized())));
    all.put("lstm candidate-recurrent", series(Recurrent.of(candidate())));
    all.put("lstm cell-recurrent", series(Recurrent.of(cellRecurrent())));
    all.put("lstm cell-recurrent unrolled", fixed(Recurrent.of(cellRecurrent()).unrolled(200)));
    all.put("gru reset after", series(Recurrent.of(gru(IN))));
    all.put("gru reset before", series(Recurrent.of(gru(IN).resetBefore())));
    for (Merge merge : Merge.values()) {
      all.put("lstm both " + merge, series(Recurrent.both(lstm(IN), lstm(IN)).merge(merge)));
      all.put("gru both " + merge, series(Recurrent.both(gru(IN), gru(IN)).merge(merge)));
      all.put("rnn both " + merge, series(Recurrent.both(rnn(), rnn()).merge(merge)));
      all.put(
          "candidate both " + merge, series(Recurrent.both(candidate(), candidate()).merge(merge)));
    }
    for (Cell cell :
        new Cell[] {
          rnn(), lstm(IN), gru(IN), candidate(), cellRecurrent(), projected(), normalized()
        }) {
      all.put(cell.kind() + " with lengths", lengths(Recurrent.of(cell)));
      all.put(cell.kind() + " both with lengths", lengths(Recurrent.both(cell, cell)));
      all.put(cell.kind() + " last state", series(Recurrent.both(cell, cell).last()));
      all.put(
          cell.kind() + " with states",
          net -> {
            int count =
                cell instanceof StepCell step ? step.states().size() : cell instanceof Lstm ? 2 : 1;
            State[] states = new State[count];
            for (int i = 0; i < count; i++) {
              int size = cell instanceof StepCell step ? step.states().get(i).size() : H;
              states[i] = net.state("s" + i, 1, size);
            }
            Recurrent.Output y = Recurrent.of(cell).run(net.series("x", IN), states);
            for (int i = 0; i < count; i++) {
              net.output("t" + i, y.states().get(i));
            }
            return y.series();
          });
    }
  }

  private void attention() {
    Attention additive = Attention.additive(PT, in(6, H), in(6, H), bias(6), draw(0.8, 6));
    Attention general = Attention.general(draw(0.4, H, H));
    Attention pairwise = Attention.pairwise(draw(0.8, 2 * H), 0.3f);
    Map<String, Layer<Series, Series>> kinds = new LinkedHashMap<>();
    kinds.put("pairwise", pairwise);
    kinds.put("additive", additive);
    kinds.put("luong dot", Attention.dot());
    kinds.put("luong general", general);
    kinds.put("scaled dot-product", heads(H));
    kinds.put("scaled dot-product causal", heads(H).causal());
    Lstm below = lstm(IN);
    kinds.forEach((name, layer) -> {
      all.put(
          name + " attention", net -> net.series("x", IN).then(Recurrent.of(below)).then(layer));
      all.put(
          name + " attention with lengths",
          net ->
              net.series("x", IN)
                  .withLengths(net.lengths("n"))
                  .then(Recurrent.of(below))
                  .then(layer));
      all.put(
          name + " attention with mask",
          net ->
              net.series("x", IN)
                  .then(Recurrent.of(below))
                  .withMask(net.mask("m", DataType.BOOL, Axes.BATCH_FIRST))
                  .then(layer));
    });
    Layer<Series, Features> pooled = Attention.pooled(draw(0.8, H), 0.2f);
    all.put("pooled attention", net -> net.series("x", IN).then(Recurrent.of(below)).then(pooled));
    all.put(
        "pooled attention with lengths",
        net ->
            net.series("x", IN)
                .withLengths(net.lengths("n"))
                .then(Recurrent.of(below))
                .then(pooled));
    all.put(
        "attention between",
        net ->
            additive.between(
                net.series("x", H), net.series("memory", H, Axes.BATCH_FIRST.withTime("source"))));
    for (Attention kind : new Attention[] {additive, general, Attention.dot()}) {
      for (Cell cell : new Cell[] {lstm(IN + H), gru(IN + H), gru(IN + H).resetBefore()}) {
        String name = "encoder-decoder " + all.size();
        all.put(name, encoderDecoder(lstm(IN), AttentionDecoder.of(cell, kind), false));
        all.put(name + " lengths", encoderDecoder(lstm(IN), AttentionDecoder.of(cell, kind), true));
      }
    }
  }

  private static Function<Network, Flow> encoderDecoder(
      Lstm encoder, AttentionDecoder decoder, boolean lengths) {
    return net -> {
      Series source = net.series("source", IN, Axes.BATCH_FIRST.withTime("source_time"));
      Series counted = lengths ? source.withLengths(net.lengths("n")) : source;
      Series memory = counted.then(Recurrent.of(encoder));
      return decoder.run(net.series("x", IN), memory).series();
    };
  }

  private MultiHeadAttention heads(int size) {
    return MultiHeadAttention.ofPyTorch(
        4, in(3 * size, size), bias(3 * size), in(size, size), bias(size));
  }

  private LayerNorm norm() {
    return LayerNorm.of(near1(H), bias(H), 1e-5f);
  }

  private EncoderBlock.FeedForward forward() {
    return new EncoderBlock.FeedForward(
        Dense.of(PT, in(16, H), bias(16)), Activation.GELU, Dense.of(PT, in(H, 16), bias(H)));
  }

  private void combinations() {
    Recurrent first = Recurrent.both(lstm(IN), lstm(IN));
    Recurrent second = Recurrent.both(lstm(2 * H), lstm(2 * H));
    all.put(
        "stack with dropout",
        net -> net.series("x", IN).then(first).then(new Dropout(0.3f)).then(second));
    EncoderBlock block = EncoderBlock.of(heads(H), norm(), forward(), norm());
    all.put("transformer encoder", net -> net.series("x", H).then(block));
    all.put(
        "transformer encoder pre-norm", net -> net.series("x", H).then(block.normalizedBefore()));
    DecoderBlock decoder = DecoderBlock.of(heads(H), norm(), heads(H), norm(), forward(), norm());
    for (DecoderBlock form : new DecoderBlock[] {decoder, decoder.normalizedBefore()}) {
      all.put(
          "transformer decoder " + all.size(),
          net ->
              net.series("x", H)
                  .then(
                      form.over(
                          net.series("memory", H, Axes.BATCH_FIRST.withTime("source"))
                              .withLengths(net.lengths("n")))));
    }
    Embedding table = Embedding.of(draw(0.9, 11, IN));
    Dense dense = Dense.of(PT, in(3, H), bias(3));
    Lstm cell = lstm(IN);
    // The sum of 200 steps is as large as they are many: its weights make up for that.
    Dense afterSum = Dense.of(PT, draw(0.5 / 200, 3, H), bias(3));
    for (Pooling pooling : Pooling.values()) {
      Dense answer = pooling == Pooling.SUM ? afterSum : dense;
      all.put(
          "classifier " + pooling,
          net -> net.series("x", IN).then(Recurrent.of(cell)).then(pooling).then(answer));
      all.put(
          "classifier with lengths " + pooling,
          net ->
              net.series("x", IN)
                  .withLengths(net.lengths("n"))
                  .then(Recurrent.of(cell))
                  .then(pooling)
                  .then(answer)
                  .then(Activation.SOFTMAX));
    }
    all.put(
        "tagger",
        net ->
            net.tokens("x")
                .then(table)
                .then(Recurrent.of(cell))
                .then(dense)
                .then(Activation.SOFTMAX));
    Conv1d conv = Conv1d.of(PT, draw(0.3, H, IN, 3), bias(H));
    BatchNorm normal = BatchNorm.of(near1(H), bias(H), bias(H), near1(H), 1e-5f);
    BiConsumer<String, Conv1d> put =
        (name, layer) ->
            all.put(
                "convolution " + name,
                net -> net.series("x", IN).then(layer).then(normal).then(Activation.RELU));
    put.accept("valid", conv);
    put.accept("same", conv.same());
    put.accept("causal dilated", conv.dilation(2).causal());
    put.accept("strided", conv.stride(2));
    all.put(
        "pooled convolution",
        net ->
            net.series("x", IN, Axes.FEATURES_FIRST)
                .then(conv)
                .then(Pooling.maxOf(2, 2, 0, 0))
                .then(Pooling.averageOf(3, 1, 1, 1)));
    for (Activation activation :
        new Activation[] {
          Activation.leakyRelu(0.1f),
          Activation.elu(0.7f),
          Activation.SELU,
          Activation.GELU,
          Activation.SWISH,
          Activation.MISH,
          Activation.HARD_TANH,
          Activation.RELU6,
          Activation.CUBE,
          Activation.LOG_SOFTMAX,
          Activation.SOFTPLUS,
          Activation.thresholdedRelu(0.2f),
          Activation.scaledTanh(1.2f, 0.6f),
          Activation.affine(0.5f, 0.1f)
        }) {
      all.put("activation " + activation.name(), net -> net.series("x", IN).then(activation));
    }
  }

  private static <O extends Flow> Function<Network, Flow> series(Layer<Series, O> layer) {
    return net -> net.series("x", IN).then(layer);
  }

  private static Function<Network, Flow> fixed(Layer<Series, Series> layer) {
    return net -> net.series("x", IN, Axes.BATCH_FIRST.withTime(200)).then(layer);
  }

  private static Function<Network, Flow> lengths(Layer<Series, Series> layer) {
    return net -> net.series("x", IN).withLengths(net.lengths("n")).then(layer);
  }
}
