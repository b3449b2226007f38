package org.sardonyx.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.sardonyx.torch.aten.Aten;

/** The table of operators in the documentation is the one that is used; -Dtable.write=true. */
class OperatorTableTest {

  @Test
  void theTableIsTrue() throws IOException {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(root.resolve("docs"))) {
      root = java.util.Objects.requireNonNull(root.getParent());
    }
    Path file = root.resolve("docs/torch-operators.md");
    String table = table();
    if (Boolean.getBoolean("table.write")) {
      Files.writeString(file, table);
    }
    assertEquals(table, Files.readString(file));
  }

  private static String table() {
    StringBuilder out = new StringBuilder();
    out.append(
            "# Operators of PyTorch\n\nWritten by `OperatorTableTest -Dtest.args=-Dtable.write=true`. A name is that of `aten::`")
        .append(
            " or `prim::` unless it says another, without the overload; with an underscore\nbehind it, where PyTorch has that, an operator works in place.\n\n")
        .append(Aten.mapped().size())
        .append(" are written in the operators of ONNX:\n\n| operator | |\n|---|---|\n");
    Aten.mapped().forEach(name -> out.append("| `").append(name).append("` | mapped |\n"));
    out.append("\n")
        .append(Aten.notMapped().size())
        .append(" are refused by name; so is every other:\n\n| operator | why |\n|---|---|\n");
    Aten.notMapped()
        .forEach((name, why) ->
            out.append("| `").append(name).append("` | ").append(why).append(" |\n"));
    return out.toString();
  }
}
