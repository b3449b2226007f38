package org.sardonyx.layers;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.sardonyx.convert.IrVersion;
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
   * The newest ai.onnx that each minor version of ONNX Runtime 1 takes: the table "ONNX opset
   * support" of onnxruntime.ai/docs/reference/compatibility.html. The IR is the one that the ONNX
   * release with that ai.onnx came with (table of Versioning.md of ONNX).
   */
  private static final int[][] ONNX_RUNTIME = {
    {8, 14}, {9, 15}, {10, 15}, {11, 16}, {12, 17}, {13, 17}, {14, 18}, {15, 19}, {16, 19},
    {17, 20}, {18, 21}, {19, 21}, {20, 21}
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
      int minor =
          Integer.parseInt(text.replaceFirst("onnxruntime:1\\.", "").replaceFirst("\\..*", ""));
      if (minor > ONNX_RUNTIME[ONNX_RUNTIME.length - 1][0]) {
        return STANDARD;
      }
      for (int[] row : ONNX_RUNTIME) {
        if (row[0] == minor) {
          return ofOpset(row[1]);
        }
      }
    }
    if (text.matches("opset:[0-9]{1,3}")) {
      int opset = Integer.parseInt(text.substring(6));
      if (opset > 0 && opset <= IrVersion.newestOpset(IrVersion.NEWEST)) {
        return ofOpset(opset);
      }
    }
    throw new UnsupportedModel(
        "no target \"" + name + "\"; there are standard, opset:N, and " + runtimes());
  }

  private static Target ofOpset(int opset) {
    return new Target(opset, IrVersion.oldestFor(opset));
  }

  /** Returns the target of each version of ONNX Runtime in the table. */
  public static Map<String, Target> table() {
    Map<String, Target> all = new TreeMap<>();
    for (int[] row : ONNX_RUNTIME) {
      all.put(String.format(Locale.ROOT, "onnxruntime:1.%02d", row[0]), ofOpset(row[1]));
    }
    return all;
  }

  private static String runtimes() {
    List<String> names = List.copyOf(table().keySet());
    return names.getFirst().replace(".0", ".") + " and newer";
  }
}
