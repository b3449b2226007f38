package org.sardonyx.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardonyx.graph.Model;
import org.sardonyx.onnx.Onnx;
import picocli.CommandLine;

/** Files of PyTorch on the command line. */
class TorchCommandsTest {

  private static final String CODE =
      """
      class M(Module):
        __parameters__ = []
        def forward(self: __torch__.M,
          x: Tensor) -> Tensor:
          return torch.softmax(torch.view(x, [torch.size(x, 0), -1]), 1)
      """;

  @TempDir Path folder;

  /** A module without attributes: PROTO, GLOBAL, EMPTY_TUPLE, NEWOBJ, EMPTY_DICT, BUILD, STOP. */
  private Path script(String code) throws IOException {
    Path file = folder.resolve("m.pt");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      entry(zip, "m/data.pkl", "\u0080\u0002c__torch__\nM\n)\u0081}b.");
      entry(zip, "m/constants.pkl", "\u0080\u0002).");
      entry(zip, "m/code/__torch__.py", code);
    }
    return file;
  }

  private static void entry(ZipOutputStream zip, String name, String text) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    zip.write(text.getBytes(StandardCharsets.ISO_8859_1));
    zip.closeEntry();
  }

  private static int run(StringWriter text, Object... args) {
    CommandLine line = Main.commandLine();
    PrintWriter writer = new PrintWriter(text);
    line.setOut(writer).setErr(writer);
    String[] words = new String[args.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = args[i].toString();
    }
    return Main.execute(line, words);
  }

  @Test
  void aProgramIsImportedWithItsSizesNamed() throws IOException {
    Path out = folder.resolve("m.onnx");
    StringWriter text = new StringWriter();
    int code =
        run(
            text,
            "import",
            script(CODE),
            out,
            "--dim",
            "x.0=batch",
            "--input",
            "x=float[batch,time,2]");
    assertEquals(5, code, text::toString); // the size has its name already
    code = run(text, "import", script(CODE), out, "--input", "x=float[batch,time,2]");
    assertEquals(0, code, text::toString);
    Model model = Onnx.read(out);
    assertEquals("float[batch,time,2]", String.valueOf(model.graph().inputs().getFirst().type()));
    assertEquals(0, run(text, "inspect", folder.resolve("m.pt")), text::toString);
  }

  @Test
  void aRankThatNothingDecidesIsNoted() throws IOException {
    Path out = folder.resolve("m.onnx");
    Path file = script(CODE.replaceFirst("return .*", "return torch.relu(x)"));
    StringWriter text = new StringWriter();
    assertEquals(0, run(text, "import", file, out), text::toString);
    assertTrue(text.toString().contains("the rank of x: 2 was assumed"), text::toString);
    StringWriter said = new StringWriter();
    assertEquals(0, run(said, "import", file, out, "--input", "x=float[a,b]"), said::toString);
    assertFalse(said.toString().contains("assumed"), said::toString);
  }

  @Test
  void whatIsWrongIsOneLineAndNothingIsWritten() throws IOException {
    Path out = folder.resolve("none.onnx");
    StringWriter text = new StringWriter();
    int code = run(text, "import", script(CODE.replace("softmax", "no_such")), out);
    assertEquals(4, code, text::toString);
    assertTrue(
        text.toString().contains("line 5") && text.toString().contains("no_such"), text::toString);
    assertEquals(1, text.toString().lines().count(), text::toString);
    assertFalse(Files.exists(out));
  }
}
