package org.sardonyx.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.sardonyx.onnx.TensorFiles;
import org.sardonyx.tensor.Tensor;

/** Files that PyTorch wrote, with the tensors that it says are in them, where they are given. */
class PtFilesTest {

  static @Nullable Path shared() {
    String given = System.getProperty("shared");
    Path folder = given == null ? Path.of("../shared") : Path.of(given);
    Path models = folder.resolve("torch-models");
    return Files.isDirectory(models) ? models : null;
  }

  @TestFactory
  Stream<DynamicTest> everyFileReadsBitForBit() throws IOException {
    Path models = shared();
    assumeTrue(models != null, "the files are not here");
    try (Stream<Path> list = Files.list(models.resolve("pt-files"))) {
      return list.filter(path -> path.toString().endsWith(".pt")).sorted().toList().stream()
          .map(path ->
              DynamicTest.dynamicTest(String.valueOf(path.getFileName()), () -> check(path)));
    }
  }

  private static void check(Path file) throws IOException {
    Map<String, TorchTensor> found = TorchFile.read(file).tensors();
    Path folder = Path.of(file.toString().replaceAll("\\.pt$", ".tensors"));
    List<String> index = Files.readAllLines(folder.resolve("index.tsv"));
    int compared = 0;
    for (String line : index) {
      String[] cells = line.split("\t", -1);
      if (cells[1].equals("input") || cells[1].startsWith("output")) {
        continue; // of the module that the file is, not in it
      }
      TorchTensor tensor = found.get(cells[1].isEmpty() ? "tensor" : cells[1]);
      if (tensor == null) {
        throw new AssertionError(cells[1] + " is not among " + found.keySet());
      }
      Tensor expected = TensorFiles.readTensor(folder.resolve(cells[0] + ".pb"));
      assertEquals(expected, tensor.dequantized(), cells[1]);
      compared++;
    }
    boolean frozen = file.toString().contains("frozen");
    assertEquals(frozen ? 0 : found.size(), compared, () -> "of " + found.keySet());
  }
}
