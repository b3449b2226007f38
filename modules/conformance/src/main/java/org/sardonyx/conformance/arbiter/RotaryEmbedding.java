package org.sardonyx.conformance.arbiter;

import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Invocation;
import org.sardonyx.tensor.Tensor;

/**
 * ai.onnx RotaryEmbedding: of each token's head the first {@code rotary_embedding_dim} numbers are
 * taken in pairs, halves apart or side by side where interleaved, and each pair (a, b) becomes
 * {@code (a cos - b sin, a sin + b cos)}.
 */
final class RotaryEmbedding implements Plain.Equations {

  private final boolean interleaved;
  private final int heads;
  private final int rotated;

  private RotaryEmbedding(Attributes attributes) {
    interleaved = attributes.getFlag("interleaved");
    heads = (int) attributes.getInt("num_heads", 0);
    rotated = (int) attributes.getInt("rotary_embedding_dim");
  }

  static Plain.Equations of(Attributes attributes) {
    return new RotaryEmbedding(attributes);
  }

  @Override
  public void run(Invocation in) {
    Tensor tensor = in.tensor(0);
    boolean flat = tensor.rank() == 3;
    int batch = tensor.dim(0);
    int length = tensor.dim(flat ? 1 : 2);
    int count = flat ? heads : tensor.dim(1);
    int size = flat ? tensor.dim(2) / heads : tensor.dim(3);
    int half = (rotated == 0 ? size : rotated) / 2;
    double[] x = tensor.toDoubles();
    double[] cos = in.tensor(1).toDoubles();
    double[] sin = in.tensor(2).toDoubles();
    Tensor ids = in.optional(3);
    double[] y = x.clone();
    for (int n = 0; n < batch; n++) {
      for (int s = 0; s < length; s++) {
        int position = n * length + s;
        int cache = (ids == null ? position : (int) ids.getLong(position)) * half;
        for (int head = 0; head < count; head++) {
          int at =
              (flat ? (n * length + s) * count + head : (n * count + head) * length + s) * size;
          for (int i = 0; i < half; i++) {
            int first = at + (interleaved ? 2 * i : i);
            int second = at + (interleaved ? 2 * i + 1 : half + i);
            Sum real = new Sum();
            real.addProduct(x[first], cos[cache + i]);
            real.addProduct(-x[second], sin[cache + i]);
            Sum imaginary = new Sum();
            imaginary.addProduct(x[first], sin[cache + i]);
            imaginary.addProduct(x[second], cos[cache + i]);
            y[first] = real.value();
            y[second] = imaginary.value();
          }
        }
      }
    }
    in.set(0, Tensor.fromDoubles(tensor.dataType(), y, tensor.shape()));
  }
}
