package org.sardonyx.layers;

import org.sardonyx.error.InvalidInput;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.Tensor;

/**
 * Leaves out features while training; has no effect on what a model computes.
 *
 * @param ratio how many it leaves out, from 0 to less than 1
 */
public record Dropout(float ratio) implements Pointwise {

  public Dropout {
    if (!(ratio >= 0 && ratio < 1)) {
      throw new InvalidInput("dropout: the ratio is from 0 to less than 1");
    }
  }

  @Override
  public String kind() {
    return "dropout";
  }

  @Override
  public int size(int features) {
    return features;
  }

  @Override
  public Ref on(Formula f, Ref x, int features) {
    return f.node("Dropout", x, f.constant(Tensor.scalar(ratio)));
  }
}
