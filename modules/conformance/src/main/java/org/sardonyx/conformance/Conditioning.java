package org.sardonyx.conformance;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.sardonyx.conformance.detail.TimeAxis;
import org.sardonyx.graph.Model;
import org.sardonyx.oracle.Engine;
import org.sardonyx.oracle.EngineFailed;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.tensor.Value;

/**
 * How much a model magnifies rounding on given inputs: every number of the inputs and weights is
 * moved to a neighbour, up or down at random, every number that an operator rounds by a unit
 * roundoff ({@link Jittered}), and the arbiter says how far the outputs go.
 */
final class Conditioning {

  private final Model model;
  private final Map<String, Value> inputs;
  private final Map<String, Value> truth;

  Conditioning(Model model, Map<String, Value> inputs, Map<String, Value> truth) {
    this.model = model;
    this.inputs = inputs;
    this.truth = truth;
  }

  /**
   * Returns by output the largest change of an element in {@code draws} draws, of all and by time
   * step; infinite where an element turns finite or stops to be. Outputs that are no floating-point
   * tensors do not change.
   */
  Map<String, Spread> spread(int draws, long seed, Map<String, TimeAxis> axes) throws EngineFailed {
    Random random = new Random(seed);
    Map<String, Spread> spread = new HashMap<>();
    for (int draw = 0; draw < draws; draw++) {
      List<TensorData> moved = new ArrayList<>();
      for (TensorData data : model.graph().initializers()) {
        moved.add(
            isFloat(data.dataType())
                ? TensorData.of(data.name(), moved(data.load(), random))
                : data);
      }
      Map<String, Value> given = new LinkedHashMap<>();
      inputs.forEach((name, value) ->
          given.put(
              name,
              value instanceof Tensor tensor && isFloat(tensor.dataType())
                  ? moved(tensor, random)
                  : value));
      Model neighbour = model.withGraph(model.graph().withInitializers(moved));
      Jittered jittered = Jittered.of(neighbour, random.nextInt());
      try (Engine.Loaded loaded =
          new ArbiterEngine().jittering(jittered.cells()).load(jittered.model())) {
        loaded
            .run(given)
            .forEach((name, value) ->
                spread.merge(name, change(name, value, axes.get(name)), Spread::or));
      }
    }
    return spread;
  }

  private Spread change(String name, Value value, @Nullable TimeAxis axis) {
    if (!(value instanceof Tensor found)
        || !(truth.get(name) instanceof Tensor expected)
        || found.dataType() != DataType.DOUBLE
        || expected.dataType() != DataType.DOUBLE
        || !found.sameShape(expected)) {
      return Spread.NONE;
    }
    double[] changes = new double[found.size()];
    for (int i = 0; i < changes.length; i++) {
      double a = found.doubles()[i];
      double e = expected.doubles()[i];
      boolean same = a == e || (Double.isNaN(a) && Double.isNaN(e));
      if (!same) {
        double difference = Math.abs(a - e);
        changes[i] = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
      }
    }
    return Spread.of(changes, expected.shape(), axis);
  }

  private static boolean isFloat(DataType type) {
    return switch (type) {
      case FLOAT, DOUBLE, FLOAT16, BFLOAT16 -> true;
      default -> false;
    };
  }

  /** Moves each finite number that is not zero to one of its two neighbours in its type. */
  private static Tensor moved(Tensor tensor, Random random) {
    Tensor moved = tensor.copy();
    for (int i = 0; i < tensor.size(); i++) {
      double x = tensor.getDouble(i);
      boolean up = random.nextBoolean();
      if (x != 0 && Double.isFinite(x)) {
        switch (moved.array()) {
          case float[] a -> a[i] = up ? Math.nextUp(a[i]) : Math.nextDown(a[i]);
          case double[] a -> a[i] = up ? Math.nextUp(a[i]) : Math.nextDown(a[i]);
          // The neighbours of a number other than zero have the bits of the integers beside its
          // own.
          case short[] a -> a[i] += (short) (up ? 1 : -1);
          default -> throw new IllegalStateException();
        }
      }
    }
    return moved;
  }
}
