package org.sardonyx.frameworks.djl;

import java.util.ArrayList;
import java.util.List;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.layers.BatchNorm;
import org.sardonyx.layers.Conv1d;
import org.sardonyx.layers.Dense;
import org.sardonyx.layers.Features;
import org.sardonyx.layers.Formula;
import org.sardonyx.layers.Layout;
import org.sardonyx.layers.MultiHeadAttention;
import org.sardonyx.layers.MultiHeadAttention.Projection;
import org.sardonyx.layers.Network;
import org.sardonyx.layers.Pointwise;
import org.sardonyx.layers.Series;
import org.sardonyx.layers.WeightFormat;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;

/** Writes blocks, reading their parameters on the way, in the order in which DJL saved them. */
final class BlockWriter {

  private final Network net;
  private final Formula f;
  private final ParamsFile file;
  private final RecurrentWriter recurrent;

  BlockWriter(Network net, ParamsFile file) {
    this.net = net;
    this.f = net.formula();
    this.file = file;
    this.recurrent = new RecurrentWriter(net, file);
  }

  /** Writes the model. */
  void write(Spec spec) {
    List<Array> outputs = on(spec.block(), Entry.inputs(net, file.inputs(), spec));
    file.requireEnd();
    List<String> names = names(spec.outputs(), outputs.size());
    for (int i = 0; i < outputs.size(); i++) {
      output(names.get(i), outputs.get(i));
    }
  }

  private static List<String> names(List<String> given, int count) {
    if (!given.isEmpty()) {
      if (given.size() != count) {
        throw new InvalidInput(given.size() + " names for " + count + " outputs");
      }
      return given;
    }
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add(count == 1 ? "y" : "y" + i);
    }
    return names;
  }

  private void output(String name, Array y) {
    List<Dim> dims = y.dims().stream().map(dim -> dim < 0 ? Dim.UNKNOWN : Dim.of(dim)).toList();
    net.output(name, y.ref(), DataType.FLOAT, dims);
  }

  /** Writes a block. */
  List<Array> on(Block block, List<Array> in) {
    try {
      return switch (block) {
        case Block.Sequential(List<Block> blocks) -> {
          file.sequential();
          List<Array> current = in;
          for (Block one : blocks) {
            current = on(one, current);
          }
          yield current;
        }
        case Block.Parallel parallel -> List.of(parallel(parallel, in));
        case Block.Recurrent layer -> recurrent.on(layer, in);
        case Block.Linear linear -> List.of(linear(linear, only(in)));
        case Block.LayerNorm norm -> List.of(layerNorm(norm, only(in)));
        case Block.BatchNorm norm -> List.of(batchNorm(norm, only(in)));
        case Block.Dropout _ -> {
          file.sinceTwo("Dropout", 2);
          yield List.of(only(in));
        }
        case Block.Embedding(boolean id) -> List.of(embedding(id, only(in)));
        case Block.Conv1d conv -> List.of(conv(conv, only(in)));
        case Block.Attention attention -> List.of(attention(attention, in));
        case Block.Encoder encoder -> List.of(encoder(encoder, in));
        case Block.FeedForward forward -> List.of(feedForward(forward, only(in)));
        case Block.Lambda lambda -> {
          file.sinceTwo("LambdaBlock", 2);
          yield List.of(lambda(lambda, only(in)));
        }
      };
    } catch (ModelException e) {
      throw e.within(block.getClass().getSimpleName());
    }
  }

  private static Array only(List<Array> in) {
    if (in.size() != 1) {
      throw new UnsupportedModel("it takes one input, not " + in.size());
    }
    return in.getFirst();
  }

  private Array parallel(Block.Parallel block, List<Array> in) {
    file.sinceTwo("ParallelBlock", 2);
    List<Array> all = new ArrayList<>();
    block.blocks().forEach(one -> all.add(only(on(one, in))));
    if (all.isEmpty()) {
      throw new UnsupportedModel("it has no blocks");
    }
    Array first = all.getFirst();
    Ref[] refs = all.stream().map(Array::ref).toArray(Ref[]::new);
    return switch (block.join()) {
      case ADD ->
          first.with(all.stream().map(Array::ref).reduce(f::add).orElseThrow(), first.last());
      case CONCAT -> {
        int sum =
            all.stream().anyMatch(a -> a.last() < 0)
                ? -1
                : all.stream().mapToInt(Array::last).sum();
        yield first.with(f.concat(first.rank() - 1L, refs), sum);
      }
    };
  }

  /** Passes vectors through a layer that treats each alone. */
  private Array each(Array x, Pointwise layer, int size) {
    int out = layer.size(size);
    return switch (x.rank()) {
      case 2 -> x.with(new Features(net, x.ref(), size).then(layer).ref(), out);
      case 3 ->
          x.with(new Series(net, x.ref(), Layout.BATCH_TIME_FEATURES, size).then(layer).ref(), out);
      default -> x.with(layer.on(f, x.ref(), size), out);
    };
  }

  private Array linear(Block.Linear block, Array x) {
    file.linear();
    Tensor weight = file.parameter("Linear", "weight");
    Tensor bias = block.bias() ? file.parameter("Linear", "bias") : null;
    requireUnits(weight, block.units());
    Dense dense =
        bias == null
            ? Dense.of(WeightFormat.DJL, weight)
            : Dense.of(WeightFormat.DJL, weight, bias);
    requireFeatures(x, weight.dim(1));
    return each(x, dense, weight.dim(1));
  }

  private static void requireUnits(Tensor weight, int units) {
    if (weight.rank() != 2 || weight.dim(0) != units) {
      throw new UnsupportedModel(
          "the specification says " + units + " units; the weights are " + weight);
    }
  }

  private static void requireFeatures(Array x, int features) {
    if (x.last() >= 0 && x.last() != features) {
      throw new UnsupportedModel(
          "it has weights for " + features + " features and is given " + x.dims());
    }
  }

  /** PyTorch normalises over as many of the last axes as gamma has, whatever they are called. */
  private Array layerNorm(Block.LayerNorm block, Array x) {
    file.layerNorm();
    Tensor gamma = file.parameter("LayerNorm", "gamma");
    Tensor beta = file.parameter("LayerNorm", "beta");
    int from = x.rank() - gamma.rank();
    List<Integer> axes = new ArrayList<>();
    for (int axis = from; axis < x.rank(); axis++) {
      axes.add(axis);
    }
    boolean trailing = from > 0 && (block.axes().isEmpty() ? from == 1 : block.axes().equals(axes));
    if (!trailing || !beta.sameShape(gamma)) {
      throw new UnsupportedModel(
          "axes " + block.axes() + " of " + x.dims() + " do not go with a gamma of " + gamma);
    }
    Ref y =
        f.call("LayerNormalization", x.ref(), f.constant(gamma), f.constant(beta))
            .with("axis", from)
            .with("epsilon", block.epsilon())
            .output();
    return x.with(y, x.last());
  }

  private Array batchNorm(Block.BatchNorm block, Array x) {
    file.batchNorm();
    Tensor gamma = file.parameter("BatchNorm", "gamma");
    Tensor beta = file.parameter("BatchNorm", "beta");
    Tensor mean = file.parameter("BatchNorm", "runningMean");
    Tensor variance = file.parameter("BatchNorm", "runningVar");
    BatchNorm norm = BatchNorm.of(gamma, beta, mean, variance, block.epsilon());
    int axis = block.axis() == -1 ? 1 : block.axis();
    int size = gamma.size();
    if (x.rank() == 2 && axis == 1) {
      requireFeatures(x, size);
      return x.with(norm.onFeatures().on(new Features(net, x.ref(), size)).ref(), size);
    }
    if (x.rank() == 3 && (axis == 1 || axis == 2)) {
      Layout layout = axis == 1 ? Layout.BATCH_FEATURES_TIME : Layout.BATCH_TIME_FEATURES;
      Series y = norm.on(new Series(net, x.ref(), layout, size)).in(layout);
      return x.with(y.ref(), axis == 2 ? size : x.last());
    }
    throw new UnsupportedModel("axis " + axis + " of " + x.dims());
  }

  private Array embedding(boolean id, Array x) {
    if (id) {
      file.plain("IdEmbedding", 1);
    } else {
      file.embedding();
    }
    Tensor table = file.parameter("Embedding", "embedding");
    if (table.rank() != 2) {
      throw new UnsupportedModel("a table of " + table);
    }
    List<Integer> dims = new ArrayList<>(x.dims());
    dims.add(table.dim(1));
    return new Array(f.node("Gather", f.constant(table), x.ref()), dims);
  }

  private Array conv(Block.Conv1d block, Array x) {
    file.sinceTwo("Conv1d", 3);
    Tensor weight = file.parameter("Conv1d", "weight");
    Tensor bias = block.bias() ? file.parameter("Conv1d", "bias") : null;
    if (weight.rank() != 3 || weight.dim(0) != block.filters() || weight.dim(2) != block.kernel()) {
      throw new UnsupportedModel(
          "the specification says "
              + block.filters()
              + " filters of "
              + block.kernel()
              + "; the weights are "
              + weight);
    }
    x.requireRank("Conv1d", 3);
    Series y =
        Conv1d.of(WeightFormat.DJL, weight, bias)
            .stride(block.stride())
            .dilation(block.dilation())
            .padding(block.padding(), block.padding())
            .groups(block.groups())
            .on(
                new Series(
                    net, x.ref(), Layout.BATCH_FEATURES_TIME, weight.dim(1) * block.groups()));
    return new Array(y.ref(), List.of(x.dims().getFirst(), block.filters(), -1));
  }

  /** The inputs are key, query and value, in this order, and then a mask; or one for all three. */
  private Array attention(Block.Attention block, List<Array> in) {
    if (in.isEmpty() || in.size() > 4) {
      throw new UnsupportedModel("it takes one input to four, not " + in.size());
    }
    file.plain("ScaledDotProductAttentionBlock", 1);
    Projection key = projection("keyProjection");
    Projection query = projection("queryProjection");
    Projection value = projection("valueProjection");
    Projection result = projection("resultProjection");
    file.sinceTwo("Dropout", 2);
    boolean self = in.size() < 3;
    Array k = in.getFirst().requireRank("attention", 3);
    Array q = self ? k : in.get(1).requireRank("attention", 3);
    Array v = self ? k : in.get(2).requireRank("attention", 3);
    Array mask = in.size() % 2 == 0 ? in.getLast() : null;
    List.of(k, q, v).forEach(one -> requireFeatures(one, block.embeddingSize()));
    requireUnits(key.weight(), block.embeddingSize());
    Ref y =
        mask == null
            ? MultiHeadAttention.of(WeightFormat.DJL, block.headCount(), query, key, value, result)
                .between(series(q, block), series(k, block), series(v, block))
                .ref()
            : masked(block, List.of(query, key, value, result), List.of(q, k, v), mask);
    return new Array(y, List.of(q.dims().get(0), q.dims().get(1), block.embeddingSize()));
  }

  private Series series(Array x, Block.Attention block) {
    return new Series(net, x.ref(), Layout.BATCH_TIME_FEATURES, block.embeddingSize());
  }

  private Projection projection(String name) {
    file.linear();
    return new Projection(file.parameter(name, "weight"), file.parameter(name, "bias"));
  }

  /** Scores get (1 - mask) * -100000 added; a mask of rank 4 is what is added. */
  private Ref masked(Block.Attention block, List<Projection> weights, List<Array> in, Array mask) {
    int size = block.embeddingSize();
    int heads = block.headCount();
    int each = size / heads;
    Ref[] cut = new Ref[3];
    for (int i = 0; i < 3; i++) {
      Ref whole = projected(weights.get(i), in.get(i).ref(), size);
      cut[i] = f.transpose(f.reshape(whole, 0, 0, heads, each), 0, 2, 1, 3);
    }
    Ref scores =
        f.multiply(
            f.product(cut[0], f.transpose(cut[1], 0, 1, 3, 2)),
            f.scalar((float) (1 / Math.sqrt(each))));
    Ref offset =
        mask.rank() == 4
            ? mask.ref()
            : f.multiply(f.subtract(f.scalar(1f), f.unsqueeze(mask.ref(), 1)), f.scalar(-100000f));
    Ref y = f.product(f.softmax(f.add(scores, offset), -1), cut[2]);
    Ref merged = f.reshape(f.transpose(y, 0, 2, 1, 3), 0, 0, size);
    return projected(weights.get(3), merged, size);
  }

  private Ref projected(Projection weights, Ref x, int size) {
    Tensor bias = java.util.Objects.requireNonNull(weights.bias());
    return Dense.of(WeightFormat.DJL, weights.weight(), bias).on(f, x, size);
  }

  /** Both norms are batch norms, and what is added to the second sum is the input once more. */
  private Array encoder(Block.Encoder block, List<Array> in) {
    file.plain("TransformerEncoderBlock", 1);
    Array x = in.getFirst();
    Array attended = attention(new Block.Attention(block.embeddingSize(), block.headCount()), in);
    Array sum = attended.with(f.add(attended.ref(), x.ref()), block.embeddingSize());
    Block.BatchNorm norm = new Block.BatchNorm(2, 1e-5f);
    Array normal = batchNorm(norm, sum);
    Array forward =
        feedForward(
            new Block.FeedForward(
                List.of(block.hiddenSize()), block.embeddingSize(), block.activation()),
            normal);
    return batchNorm(norm, forward.with(f.add(forward.ref(), x.ref()), block.embeddingSize()));
  }

  private Array feedForward(Block.FeedForward block, Array x) {
    file.sequential();
    Array y = x;
    for (int size : block.hiddenSizes()) {
      y = linear(new Block.Linear(size, true), y);
      file.sinceTwo("LambdaBlock", 2);
      y = each(y, block.activation(), size);
    }
    return linear(new Block.Linear(block.outputSize(), true), y);
  }

  private Array lambda(Block.Lambda lambda, Array x) {
    return switch (lambda) {
      case Block.Lambda.Each(Pointwise function) ->
          x.last() < 0 ? x.with(function.on(f, x.ref(), 1), -1) : each(x, function, x.last());
      case Block.Lambda.LastStep _ -> {
        x.requireRank("lastStep", 3);
        yield new Array(f.at(x.ref(), -1, 1), List.of(x.dims().get(0), x.last()));
      }
      case Block.Lambda.MeanOverTime _ -> {
        x.requireRank("meanOverTime", 3);
        yield new Array(
            f.reduce("ReduceMean", x.ref(), false, 1), List.of(x.dims().get(0), x.last()));
      }
      case Block.Lambda.BatchFlatten _ -> {
        int size = 1;
        for (int dim : x.dims().subList(1, x.rank())) {
          size = dim < 0 || size < 0 ? -1 : Math.multiplyExact(size, dim);
        }
        yield new Array(f.reshape(x.ref(), 0, -1), List.of(x.dims().get(0), size));
      }
    };
  }
}
