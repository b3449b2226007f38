package org.sardonyx.operators.training;

import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.tensor.Tensor;

/**
 * The inputs of an optimizer: a rate R, an update count T, and then groups of as many tensors as
 * are optimized: the tensors themselves, their gradients, and the states. The outputs are the
 * groups without the gradients. What is computed is computed in double and rounded once.
 */
final class Steps {

  /** Before the groups: R and T. */
  private static final int FIRST = 2;

  private Steps() {}

  /** Computes the new element and states of one element. */
  @FunctionalInterface
  interface Step {
    /**
     * Updates {@code values}: on entry the element, its gradient and its states; on return the
     * element and the states count.
     */
    void run(double[] values);
  }

  /** States that each output is like the input it replaces. */
  static void infer(Inference in, int groups) {
    int count = count(in.inputs(), in.outputs(), groups);
    for (int i = 0; i < in.outputs() && i < count * (groups - 1); i++) {
      // The gradients are the second group of the inputs, and no outputs.
      var type = in.type(FIRST + (i < count ? i : i + count));
      if (type != null) {
        in.output(i, type);
      }
    }
  }

  /** Returns how many tensors are optimized. */
  private static int count(int inputs, int outputs, int groups) {
    int count = (inputs - FIRST) / groups;
    if (count * groups != inputs - FIRST || count == 0) {
      throw new InvalidModel("the inputs are not " + groups + " for each optimized tensor");
    }
    if (outputs > count * (groups - 1)) {
      throw new InvalidModel(
          outputs
              + " outputs, of which "
              + count
              + " optimized tensors have "
              + (groups - 1) * count);
    }
    return count;
  }

  static double rate(Invocation in) {
    return one(in.tensor(0)).getDouble(0);
  }

  static long count(Invocation in) {
    return one(in.tensor(1)).getLong(0);
  }

  private static Tensor one(Tensor tensor) {
    if (tensor.size() != 1) {
      throw new OperatorFailed("the rate and the update count are scalars, got " + tensor);
    }
    return tensor;
  }

  /** Runs {@code step} for every element of every optimized tensor. */
  static void run(Invocation in, int groups, Step step) {
    int count = count(in.inputs(), in.outputs(), groups);
    double[] values = new double[groups];
    for (int i = 0; i < count; i++) {
      Tensor[] inputs = new Tensor[groups];
      for (int g = 0; g < groups; g++) {
        inputs[g] = in.tensor(FIRST + g * count + i);
        if (!inputs[g].sameShape(inputs[0])) {
          throw new OperatorFailed(inputs[g] + " does not fit " + inputs[0]);
        }
      }
      Tensor[] outputs = new Tensor[groups];
      for (int g = 0; g < groups; g++) {
        if (g != 1) {
          int place = (g == 0 ? 0 : g - 1) * count + i;
          outputs[g] = in.output(place, inputs[g].dataType(), inputs[g].shape());
        } else {
          outputs[g] = inputs[g];
        }
      }
      for (int k = 0; k < inputs[0].size(); k++) {
        for (int g = 0; g < groups; g++) {
          values[g] = inputs[g].getDouble(k);
        }
        step.run(values);
        for (int g = 0; g < groups; g++) {
          if (g != 1) {
            outputs[g].setDouble(k, values[g]);
          }
        }
      }
    }
  }
}
