package org.sardonyx.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardonyx.onnx.Npz;
import org.sardonyx.tensor.Tensor;

class ExportEditTest {

  private static final String SPEC =
      """
      format: onnx
      inputs: {x: {features: 3}}
      layers:
        - {layer: lstm, weights: rnn, form: cell_recurrent, name: cell}
        - {layer: dense, weights: head, name: y}
      outputs: {y: y, h: cell}
      """;

  @TempDir Path folder;

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private Path weights() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    all.put("rnn.W", ramp(8, 3));
    all.put("rnn.R", ramp(8, 2));
    all.put("rnn.B", ramp(16));
    all.put("head.weight", ramp(2, 2));
    Path file = folder.resolve("w.npz");
    Npz.write(all, file);
    return file;
  }

  private static Tensor ramp(int... shape) {
    Tensor tensor = Tensor.zeros(org.sardonyx.tensor.DataType.FLOAT, shape);
    for (int i = 0; i < tensor.size(); i++) {
      tensor.floats()[i] = 0.3f - 0.07f * (i % 9);
    }
    return tensor;
  }

  @Test
  void exportsShowsAndEdits() throws IOException {
    Path out = folder.resolve("m.onnx");
    CommandLineRunner done =
        CommandLineRunner.run(
            "export",
            write("m.yaml", SPEC).toString(),
            "--weights",
            weights().toString(),
            out.toString());
    assertEquals(0, done.code(), done.err() + done.out());
    assertTrue(done.out().contains("all engines agree"), done.out());
    CommandLineRunner shown = CommandLineRunner.run("inspect", "--layers", out.toString());
    assertTrue(shown.out().contains("CellRecurrentLSTM"), shown.out());
    assertTrue(shown.out().contains("hidden 2"), shown.out());
    Path edited = folder.resolve("e.onnx");
    for (String[] edit :
        new String[][] {
          {"extract", "--from", "h", "--to", "y"},
          {"rename", "--name", "x=input", "--prefix", "a/"},
          {"dims", "--dim", "batch=4", "--dim", "x.1=steps"},
          {"tap"},
          {"strip"},
        }) {
      String[] arguments = new String[edit.length + 3];
      arguments[0] = "edit";
      arguments[1] = edit[0];
      arguments[2] = out.toString();
      arguments[3] = edited.toString();
      System.arraycopy(edit, 1, arguments, 4, edit.length - 1);
      CommandLineRunner result = CommandLineRunner.run(arguments);
      if (edit[0].equals("extract")) {
        // h is a name of an output beside the dense layer, not what it reads.
        assertEquals(Main.INVALID_INPUT, result.code(), result.err());
        continue;
      }
      assertEquals(0, result.code(), edit[0] + ": " + result.err());
      assertEquals(0, CommandLineRunner.run("check", edited.toString()).code(), edit[0]);
    }
  }

  @Test
  void whatDoesNotFitIsRefusedAndNothingIsWritten() throws IOException {
    Path out = folder.resolve("m.onnx");
    String spec = write("m.yaml", SPEC.replace("weights: head", "weights: tail")).toString();
    CommandLineRunner missing =
        CommandLineRunner.run("export", spec, "--weights", weights().toString(), out.toString());
    assertEquals(Main.INVALID_INPUT, missing.code());
    assertTrue(missing.err().contains("\"tail.weight\" are missing"), missing.err());
    Path cut = folder.resolve("cut.safetensors");
    Files.write(cut, new byte[] {9, 0, 0, 0, 0, 0, 0, 0, '{'});
    CommandLineRunner lying =
        CommandLineRunner.run("export", spec, "--weights", cut.toString(), out.toString());
    assertEquals(Main.INVALID_MODEL, lying.code());
    assertTrue(lying.err().contains("cut.safetensors: at offset 0"), lying.err());
    CommandLineRunner kind =
        CommandLineRunner.run("export", spec, "--weights", spec, out.toString());
    assertEquals(Main.UNSUPPORTED, kind.code());
    assertFalse(Files.exists(out));
  }
}
