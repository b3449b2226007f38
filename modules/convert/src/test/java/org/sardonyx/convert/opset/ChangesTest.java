package org.sardonyx.convert.opset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Operators;
import org.sardonyx.operators.Signature;
import org.sardonyx.operators.Signature.Parameter;

/** That somebody has decided what becomes of every operator at every version of it. */
class ChangesTest {

  private static List<OperatorDef> ours() {
    return Operators.standard().all().stream().filter(def -> def.domain().isEmpty()).toList();
  }

  /** The first version is ai.onnx 1 itself, or one that an older model cannot have. */
  private static boolean isDecided(String operator, int version, boolean first) {
    Change change = Changes.ALL.find(operator, version);
    return first ? version == 1 || change != null : change != null && change.up() != null;
  }

  @Test
  void everyVersionOfEveryOperatorIsDecided() {
    List<String> open = new ArrayList<>();
    int boundaries = 0;
    for (OperatorDef def : ours()) {
      for (Signature signature : def.versions()) {
        boundaries++;
        if (!isDecided(
            def.name(), signature.sinceVersion(), signature.equals(def.versions().getFirst()))) {
          open.add(def.name() + "-" + signature.sinceVersion());
        }
      }
    }
    assertEquals(List.of(), open.stream().sorted().toList());
    assertTrue(boundaries > 500, () -> "versions of ai.onnx operators");
  }

  @Test
  void nothingIsDecidedThatIsNoVersion() {
    TreeMap<String, List<Integer>> versions = new TreeMap<>();
    for (OperatorDef def : ours()) {
      versions.put(def.name(), def.versions().stream().map(Signature::sinceVersion).toList());
    }
    List<String> wrong = new ArrayList<>();
    Changes.ALL.each((operator, version, _) -> {
      boolean elsewhere = operator.equals("ImageDecoder"); // in a module of its own
      if (!elsewhere && !versions.getOrDefault(operator, List.of()).contains(version)) {
        wrong.add(operator + "-" + version);
      }
    });
    assertEquals(List.of(), wrong.stream().sorted().toList());
  }

  /** Where the table says that only types change, the definitions say so too. */
  @Test
  void versionsThatDifferInTypesDifferInNothingElse() {
    List<String> wrong = new ArrayList<>();
    for (OperatorDef def : ours()) {
      for (int i = 1; i < def.versions().size(); i++) {
        Signature before = def.versions().get(i - 1);
        Signature after = def.versions().get(i);
        Change change = Changes.ALL.find(def.name(), after.sinceVersion());
        if (change != null && change.typesOnly() && !differOnlyInTypes(before, after)) {
          wrong.add(def.name() + "-" + after.sinceVersion());
        }
      }
    }
    assertEquals(List.of(), wrong);
  }

  private static boolean differOnlyInTypes(Signature before, Signature after) {
    return before.attributes().equals(after.attributes())
        && before.deprecated() == after.deprecated()
        && shapes(before.inputs()).equals(shapes(after.inputs()))
        && shapes(before.outputs()).equals(shapes(after.outputs()))
        && !before.constraints().equals(after.constraints());
  }

  private static List<String> shapes(List<Parameter> parameters) {
    return parameters.stream().map(p -> p.arity() + " " + p.minimum()).toList();
  }

  /** Against a list of operators and versions that was made from the specification. */
  @Test
  void theSpecificationHasNoVersionThatIsNotDecided() throws IOException {
    Path list = Path.of("../../../shared/onnx-operators.tsv");
    for (Path at = Path.of("").toAbsolutePath();
        at != null && !Files.exists(list);
        at = at.getParent()) {
      list = at.resolve("shared/onnx-operators.tsv");
    }
    Path found = list;
    Assumptions.assumeTrue(Files.exists(found), "no list of operators");
    List<String> open = new ArrayList<>();
    for (String line : Files.readAllLines(found).stream().skip(1).toList()) {
      String[] fields = line.split("\t", -1);
      if (!fields[0].equals("ai.onnx")) {
        continue;
      }
      String[] versions = fields[2].split(",", -1);
      for (String version : versions) {
        if (!isDecided(fields[1], Integer.parseInt(version), version.equals(versions[0]))) {
          open.add(fields[1] + "-" + version);
        }
      }
    }
    assertEquals(List.of(), open);
  }
}
