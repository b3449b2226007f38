package org.sardonyx.layers;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.sardonyx.error.UnsupportedModel;

/**
 * The versions that a model is written in.
 *
 * @param opset of ai.onnx
 * @param irVersion of the format
 */
public record Target(int opset, int irVersion) {

  /** What the versions of ONNX Runtime from 1.20 on accept, of November 2024 and later. */
  public static final Target STANDARD = new Target(21, 10);

  /**
   * The newest ai.onnx and IR that each minor version of ONNX Runtime 1 takes, from its page "ONNX
   * Runtime compatibility" (onnxruntime.ai/docs/reference/compatibility.html) and, for IR and what
   * the page lacks, {@code onnx_model.h} and the ONNX release in {@code cmake/deps.txt} of the
   * tagged source.
   */
  private static final int[][] ONNX_RUNTIME = {
    {8, 14, 7},
    {9, 15, 8},
    {10, 15, 8},
    {11, 16, 8},
    {12, 17, 8},
    {13, 17, 8},
    {14, 18, 8},
    {15, 19, 8},
    {16, 19, 9},
    {17, 20, 9},
    {18, 21, 10},
    {19, 21, 10},
    {20, 21, 10}
  };

  /**
   * Returns the target of that name: {@code onnxruntime:1.17}, {@code opset:18}, or {@code
   * standard}.
   *
   * @throws UnsupportedModel where it is not known
   */
  public static Target of(String name) {
    String text = name.strip().toLowerCase(Locale.ROOT);
    if (text.equals("standard")) {
      return STANDARD;
    }
    if (text.matches("onnxruntime:1\\.[0-9]{1,3}(\\.[0-9]{1,3})?")) {
      int minor = Integer.parseInt(text.split("\\.")[1]);
      if (minor > ONNX_RUNTIME[ONNX_RUNTIME.length - 1][0]) {
        return STANDARD;
      }
      for (int[] row : ONNX_RUNTIME) {
        if (row[0] == minor) {
          return new Target(row[1], row[2]);
        }
      }
    }
    if (text.matches("opset:[0-9]{1,3}")) {
      int opset = Integer.parseInt(text.substring(6));
      for (int[] row : OPSETS) {
        if (opset <= row[0] && opset > 0) {
          return new Target(opset, row[1]);
        }
      }
    }
    throw new UnsupportedModel(
        "no target \"" + name + "\"; there are standard, opset:N, and " + runtimes());
  }

  /** The newest ai.onnx of the time of each IR version. */
  private static final int[][] OPSETS = {{14, 7}, {18, 8}, {20, 9}, {22, 10}, {23, 11}, {24, 12}};

  /** Returns the target of each version of ONNX Runtime in the table. */
  public static Map<String, Target> table() {
    Map<String, Target> all = new TreeMap<>();
    for (int[] row : ONNX_RUNTIME) {
      all.put(String.format(Locale.ROOT, "onnxruntime:1.%02d", row[0]), new Target(row[1], row[2]));
    }
    return all;
  }

  private static String runtimes() {
    List<String> names = List.copyOf(table().keySet());
    return names.getFirst().replace(".0", ".") + " and newer";
  }
}
