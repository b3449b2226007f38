package org.sardonyx.frameworks.dl4j;

import org.jspecify.annotations.Nullable;
import org.sardonyx.frameworks.dl4j.LayerConf.Format;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.layers.Formula;
import org.sardonyx.layers.Layout;
import org.sardonyx.layers.Mask;
import org.sardonyx.layers.MultiHeadAttention;
import org.sardonyx.layers.MultiHeadAttention.Projection;
import org.sardonyx.layers.Network;
import org.sardonyx.layers.Series;
import org.sardonyx.layers.WeightFormat;
import org.sardonyx.tensor.Tensor;

/** Writes attention. */
final class AttentionWriter {

  private final Network net;
  private final Formula f;
  private final Parameters parameters;

  AttentionWriter(Network net, Parameters parameters) {
    this.net = net;
    this.f = net.formula();
    this.parameters = parameters;
  }

  /** Queries, keys or values of each head, [heads, size, features]. */
  Projection heads(String what, int heads, int size, int features) {
    Tensor weight = parameters.rowMajor(what, heads, size, features);
    return new Projection(weight.reshaped(heads * size, features), null);
  }

  /** The last projection, [heads * size, features], transposed. */
  Projection merged(String what, int in, int out) {
    Tensor weight = parameters.rowMajor(what, in, out);
    float[] turned = new float[in * out];
    for (int i = 0; i < in; i++) {
      for (int j = 0; j < out; j++) {
        turned[j * in + i] = weight.floats()[i * out + j];
      }
    }
    return new Projection(Tensor.of(turned, out, in), null);
  }

  Value attention(LayerConf.SelfAttention layer, Value value) {
    Value.Sequence x = LayerWriter.sequence(value, Format.NCW);
    Mask mask = x.mask();
    Series counted = mask == null ? x.series() : x.series().withMask(mask);
    if (!layer.project()) {
      return x.with(plainAttention(x.series(), x.series(), x.series(), mask));
    }
    Projection q = heads("Wq", layer.heads(), layer.headSize(), layer.in());
    Projection k = heads("Wk", layer.heads(), layer.headSize(), layer.in());
    Projection v = heads("Wv", layer.heads(), layer.headSize(), layer.in());
    Projection o = merged("Wo", layer.heads() * layer.headSize(), layer.out());
    return x.with(counted.then(MultiHeadAttention.of(WeightFormat.DJL, layer.heads(), q, k, v, o)));
  }

  /** softmax(q k^T / sqrt(features)) v; the mask of the keys is obeyed. */
  Series plainAttention(Series queries, Series keys, Series values, @Nullable Mask mask) {
    Series q = queries.in(Layout.BATCH_TIME_FEATURES);
    Series k = keys.in(Layout.BATCH_TIME_FEATURES);
    Series v = values.in(Layout.BATCH_TIME_FEATURES);
    Ref product = f.product(q.ref(), f.transpose(k.ref(), 0, 2, 1));
    Ref scores = f.multiply(product, f.scalar((float) (1 / Math.sqrt(q.size()))));
    if (mask != null) {
      scores = f.node("Where", f.unsqueeze(mask.ref(), 1), scores, f.scalar(-Float.MAX_VALUE));
    }
    return new Series(
        net, f.product(f.softmax(scores, -1), v.ref()), Layout.BATCH_TIME_FEATURES, v.size());
  }
}
