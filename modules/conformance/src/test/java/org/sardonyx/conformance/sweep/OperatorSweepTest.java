package org.sardonyx.conformance.sweep;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardonyx.conformance.ThreeWay;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Operators;
import org.sardonyx.operators.Signature;
import org.sardonyx.tensor.DataType;

/** Every operator that inputs can be drawn for, in every type, against ONNX Runtime. */
class OperatorSweepTest {

  /** The newest version that the reference knows. */
  private static final int OPSET = Integer.getInteger("sweep.opset", 24);

  @TempDir Path folder;

  @Test
  void operators() {
    Random random = new Random(Sweep.seed());
    int each = Integer.getInteger("sweep.each", 2);
    List<String> problems = new ArrayList<>();
    Map<String, Integer> compared = new TreeMap<>();
    int cases = 0;
    int withReference = 0;
    try (Sweep sweep = new Sweep(folder)) {
      for (Map.Entry<String, OperatorCases.Recipe> entry : OperatorCases.all().entrySet()) {
        OperatorDef def = Operators.standard().find("", entry.getKey());
        Signature signature = def == null ? null : def.signature(OPSET);
        if (signature == null) {
          problems.add(entry.getKey() + " is not there");
          continue;
        }
        for (DataType type : OperatorCases.types(signature)) {
          if (entry.getKey().startsWith("ReduceLog") && !type.isFloat()) {
            continue; // a logarithm cut to an integer lies on an edge too often
          }
          for (int i = 0; i < each; i++) {
            OperatorCases.Draw draw =
                new OperatorCases.Draw(random, type, signature, entry.getKey(), OPSET);
            entry.getValue().draw(draw);
            Judge.Finding finding = sweep.judge().judge(draw.node.build(draw.label.toString()));
            cases++;
            withReference += finding.hasReference() ? 1 : 0;
            compared.merge(entry.getKey(), finding.hasReference() ? 1 : 0, Integer::sum);
            if (!finding.problems().isEmpty() && !isMissingKernel(finding.report())) {
              problems.add(finding.toString());
            }
          }
        }
      }
    }
    compared.values().removeIf(count -> count > 0);
    System.out.printf(
        "operators: seed %d, %d cases, %d with the reference; none for %s%n",
        Sweep.seed(), cases, withReference, compared.keySet());
    if (!problems.isEmpty()) {
      throw new AssertionError(problems.size() + " problems\n" + String.join("\n", problems));
    }
  }

  /** ONNX Runtime has kernels for some of the types only. */
  private static boolean isMissingKernel(ThreeWay report) {
    return report.ours().failure() == null
        && report.reference() != null
        && report.reference().failure() != null
        && (report.reference().failure().message().contains("NOT_IMPLEMENTED")
            || report.reference().failure().message().contains("data type is not supported"));
  }
}
