package org.sardonyx.operators.attention;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.sardonyx.kernels.AttentionHeads;
import org.sardonyx.kernels.AttentionHeads.Matrices;
import org.sardonyx.kernels.AttentionHeads.Weights;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.attention.Heads.Layout;
import org.sardonyx.operators.attention.Scoring.Stage;

/**
 * {@code y = softmax(mask(cap(scale * q k^T))) v} for every batch and head, a block of queries at a
 * time. A query that may see no key gives zeros.
 */
public final class DotProductAttention {

  private final Heads heads;
  private final Scoring scoring;
  private final Mask mask;
  private final @Nullable Stage stage;

  /**
   * Makes one.
   *
   * @param stage the stage of the scores that is wanted, or null for none
   */
  public DotProductAttention(Heads heads, Scoring scoring, Mask mask, @Nullable Stage stage) {
    this.heads = heads;
    this.scoring = scoring;
    this.mask = mask;
    this.stage = stage;
  }

  /**
   * Computes in float.
   *
   * @param scores {@code [N, heads, S, T]} where a stage is wanted
   */
  public void run(
      Invocation in,
      float[] q,
      Layout ql,
      float[] k,
      Layout kl,
      float[] v,
      Layout vl,
      float[] y,
      Layout yl,
      float[] scores) {
    Weights weights =
        new Weights() {
          @Override
          public int from(int head, int i, int rows) {
            return first(head / heads.queryHeads(), i, rows);
          }

          @Override
          public int to(int head, int i, int rows, int keys) {
            return last(head / heads.queryHeads(), i, rows);
          }

          @Override
          public void weigh(
              Kernels kernels, int head, int i, int rows, int key, int count, float[] x) {
            int n = head / heads.queryHeads();
            int h = head % heads.queryHeads();
            probabilities(kernels, n, h, i, rows, key, count, x, scores);
          }
        };
    // An empty sum is 0 even where the scale, one by the root of nothing, is infinite.
    float scale = heads.size() == 0 ? 1 : (float) scoring.scale();
    new AttentionHeads(
            heads.queries(),
            heads.keys(),
            heads.size(),
            heads.valueSize(),
            scale,
            matrices(ql, false),
            matrices(kl, true),
            matrices(vl, true),
            matrices(yl, false),
            // Where scores are shown all keys have one.
            stage != null)
        .run(in.kernels(), q, k, v, y, weights, in::checkpoint);
  }

  private Matrices matrices(Layout layout, boolean ofKeys) {
    int[] begins = new int[heads.batch() * heads.queryHeads()];
    for (int i = 0; i < begins.length; i++) {
      int h = i % heads.queryHeads();
      begins[i] = layout.at(i / heads.queryHeads(), ofKeys ? heads.keyHead(h) : h, 0);
    }
    return new Matrices(begins, layout.row(), 1);
  }

  /** Turns products into what the softmax makes of them, in place. */
  private void probabilities(
      Kernels kernels,
      int n,
      int h,
      int i,
      int rows,
      int from,
      int count,
      float[] x,
      float[] scores) {
    show(Stage.PRODUCT, n, h, i, rows, x, scores);
    if (scoring.softcap() > 0) {
      scoring.cap(x, rows * count);
    }
    show(Stage.CAPPED, n, h, i, rows, x, scores);
    boolean[] any = new boolean[rows];
    for (int r = 0; r < rows; r++) {
      any[r] = mask.apply(n, h, i + r, x, r * count, from, count);
    }
    show(Stage.MASKED, n, h, i, rows, x, scores);
    for (int r = 0; r < rows; r++) {
      int at = r * count;
      if (!any[r]) {
        Arrays.fill(x, at, at + count, 0);
      } else if (scoring.precision() != null || scoring.sinks() != null) {
        inDouble(x, at, count, h);
      } else if (kernels.max(x, at, count) == Float.NEGATIVE_INFINITY) {
        Arrays.fill(x, at, at + count, 0);
      } else {
        kernels.softmax(x, at, x, at, count);
      }
    }
    show(Stage.SOFTMAX, n, h, i, rows, x, scores);
  }

  private void inDouble(float[] x, int at, int count, int h) {
    double[] row = new double[count];
    for (int j = 0; j < count; j++) {
      row[j] = x[at + j];
    }
    scoring.softmax(row, 0, count, h);
    for (int j = 0; j < count; j++) {
      x[at + j] = (float) row[j];
    }
  }

  /** As in float, row by row. */
  public void run(
      Invocation in,
      double[] q,
      Layout ql,
      double[] k,
      Layout kl,
      double[] v,
      Layout vl,
      double[] y,
      Layout yl,
      double[] scores) {
    double[] x = new double[heads.keys()];
    for (int n = 0; n < heads.batch(); n++) {
      for (int h = 0; h < heads.queryHeads(); h++) {
        int hk = heads.keyHead(h);
        for (int i = 0; i < heads.queries(); i++) {
          int low = mask.from(n, i);
          int high = mask.to(n, i);
          int from = stage == null ? low : 0;
          int count = stage == null ? high - low : heads.keys();
          for (int j = 0; j < count; j++) {
            x[j] = scaled(q, ql.at(n, h, i), k, kl.at(n, hk, from + j));
          }
          show(Stage.PRODUCT, n, h, i, x, scores);
          if (scoring.softcap() > 0) {
            scoring.cap(x, count);
          }
          show(Stage.CAPPED, n, h, i, x, scores);
          boolean any = mask.apply(n, h, i, x, 0, from, count);
          show(Stage.MASKED, n, h, i, x, scores);
          if (any) {
            scoring.softmax(x, 0, count, h);
          } else {
            Arrays.fill(x, 0, count, 0);
          }
          show(Stage.SOFTMAX, n, h, i, x, scores);
          int to = yl.at(n, h, i);
          for (int j = low; j < high; j++) {
            int row = vl.at(n, hk, j);
            for (int e = 0; e < heads.valueSize(); e++) {
              y[to + e] += x[j - from] * v[row + e];
            }
          }
        }
      }
      in.checkpoint();
    }
  }

  private double scaled(double[] a, int aOffset, double[] b, int bOffset) {
    double sum = 0;
    for (int e = 0; e < heads.size(); e++) {
      sum += a[aOffset + e] * b[bOffset + e];
    }
    // An empty sum is 0 even where the scale, one by the root of nothing, is infinite.
    return heads.size() == 0 ? 0 : scoring.scale() * sum;
  }

  private int first(int n, int i, int rows) {
    int from = heads.keys();
    for (int r = 0; r < rows; r++) {
      from = Math.min(from, mask.from(n, i + r));
    }
    return from;
  }

  private int last(int n, int i, int rows) {
    int to = 0;
    for (int r = 0; r < rows; r++) {
      to = Math.max(to, mask.to(n, i + r));
    }
    return to;
  }

  private void show(Stage now, int n, int h, int i, int rows, float[] x, float[] scores) {
    if (now == stage) {
      System.arraycopy(x, 0, scores, scoresAt(n, h, i), rows * heads.keys());
    }
  }

  private void show(Stage now, int n, int h, int i, double[] x, double[] scores) {
    if (now == stage) {
      System.arraycopy(x, 0, scores, scoresAt(n, h, i), heads.keys());
    }
  }

  private int scoresAt(int n, int h, int i) {
    return ((n * heads.queryHeads() + h) * heads.queries() + i) * heads.keys();
  }
}
