package org.sardonyx.operators.image;

import java.util.Arrays;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * NonMaxSuppression: of boxes [batch, n, 4] with scores [batch, classes, n] the best of each class,
 * without those that overlap a better one too much: [found, 3] of batch, class and box. Of equal
 * scores the box with the smaller index is better.
 *
 * @param centered whether a box is its center and its size, x first; else two opposite corners, y
 *     first
 */
public record NonMaxSuppression(boolean centered) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("NonMaxSuppression")
          .version(10)
          .input("boxes", "tensor(float)")
          .input("scores", "tensor(float)")
          .optionalInput("max_output_boxes_per_class", "tensor(int64)")
          .optionalInput("iou_threshold", "tensor(float)")
          .optionalInput("score_threshold", "tensor(float)")
          .output("selected_indices", "tensor(int64)")
          .attribute("center_point_box", 0)
          .version(11)
          .create(NonMaxSuppression::of);

  static NonMaxSuppression of(Attributes attributes) {
    return new NonMaxSuppression(attributes.getFlag("center_point_box"));
  }

  @Override
  public void infer(Inference in) {
    in.shape(0, Shape.of(in.fresh(), Dim.of(3)));
  }

  @Override
  public void run(Invocation in) {
    Tensor boxes = in.tensor(0);
    Tensor scores = in.tensor(1);
    if (boxes.rank() != 3
        || scores.rank() != 3
        || boxes.dim(2) != 4
        || boxes.dim(0) != scores.dim(0)
        || boxes.dim(1) != scores.dim(2)) {
      throw new OperatorFailed("scores " + scores + " of boxes " + boxes);
    }
    int n = boxes.dim(1);
    Tensor given = in.optional(2);
    long most = given == null || given.size() == 0 ? 0 : given.getLong(0);
    float overlap = (float) threshold(in, 3, 0);
    double least = threshold(in, 4, Double.NaN);
    float[] corners = corners(boxes.floats());
    long[] found = new long[16];
    int count = 0;
    long[] order = new long[n];
    int[] kept = new int[n];
    for (int row = 0; row < scores.dim(0) * scores.dim(1) && most > 0; row++) {
      int batch = row / scores.dim(1);
      int candidates = candidates(scores.floats(), row * n, n, least, order);
      int keep = 0;
      for (int i = 0; i < candidates && keep < most; i++) {
        int box = (int) order[i];
        boolean free = true;
        for (int k = 0; k < keep && free; k++) {
          free = !overlaps(corners, batch * n + box, batch * n + kept[k], overlap);
        }
        if (free) {
          kept[keep++] = box;
          if (count + 3 > found.length) {
            found = Arrays.copyOf(found, 2 * found.length);
          }
          found[count++] = batch;
          found[count++] = row % scores.dim(1);
          found[count++] = box;
        }
      }
      in.checkpoint();
    }
    in.set(0, Tensor.of(Arrays.copyOf(found, count), count / 3, 3));
  }

  private static double threshold(Invocation in, int input, double otherwise) {
    Tensor given = in.optional(input);
    return given == null || given.size() == 0 ? otherwise : given.getDouble(0);
  }

  /** Sets the low half of {@code order[0...]} to the boxes above a score, best first. */
  private static int candidates(float[] scores, int from, int n, double least, long[] order) {
    int count = 0;
    for (int i = 0; i < n; i++) {
      float score = scores[from + i] + 0.0f;
      if (!(score <= least) && (!Float.isNaN(score) || Double.isNaN(least))) {
        int bits = Float.floatToIntBits(score);
        int ascending = bits ^ ((bits >> 31) & Integer.MAX_VALUE);
        order[count++] = (long) ~ascending << 32 | i;
      }
    }
    Arrays.sort(order, 0, count);
    return count;
  }

  /** Returns x1, y1, x2, y2 of every box, the lesser ones first. */
  private float[] corners(float[] boxes) {
    float[] corners = new float[boxes.length];
    for (int i = 0; i < boxes.length; i += 4) {
      float a = boxes[i];
      float b = boxes[i + 1];
      float c = boxes[i + 2];
      float d = boxes[i + 3];
      corners[i] = centered ? a - c / 2 : Math.min(b, d);
      corners[i + 1] = centered ? b - d / 2 : Math.min(a, c);
      corners[i + 2] = centered ? a + c / 2 : Math.max(b, d);
      corners[i + 3] = centered ? b + d / 2 : Math.max(a, c);
    }
    return corners;
  }

  /** Whether the intersection of two boxes is more than a part of their union. */
  private static boolean overlaps(float[] corners, int a, int b, float threshold) {
    int i = 4 * a;
    int j = 4 * b;
    float width = Math.min(corners[i + 2], corners[j + 2]) - Math.max(corners[i], corners[j]);
    float height =
        Math.min(corners[i + 3], corners[j + 3]) - Math.max(corners[i + 1], corners[j + 1]);
    if (!(width > 0) || !(height > 0)) {
      return false;
    }
    float both = width * height;
    float first = area(corners, i);
    float second = area(corners, j);
    float union = first + second - both;
    return first > 0 && second > 0 && union > 0 && both / union > threshold;
  }

  private static float area(float[] corners, int i) {
    return (corners[i + 2] - corners[i]) * (corners[i + 3] - corners[i + 1]);
  }
}
