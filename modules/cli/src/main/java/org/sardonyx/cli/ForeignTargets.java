package org.sardonyx.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.sardonyx.conformance.mutate.Target;
import org.sardonyx.conformance.mutate.Target.Form;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.export.Specification;
import org.sardonyx.export.StoredWeights;
import org.sardonyx.frameworks.ImportOptions;
import org.sardonyx.frameworks.djl.Djl;
import org.sardonyx.frameworks.dl4j.Dl4j;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.torch.TorchFile;
import org.sardonyx.torch.TorchOptions;
import org.sardonyx.torch.TorchScript;

/** Readers of files of other frameworks, and of what describes networks. */
final class ForeignTargets {

  /** The pickle of an object of {@code __torch__.M} without attributes. */
  private static final byte[] MODULE =
      "\200\002c__torch__\nM\n)\201}b.".getBytes(StandardCharsets.ISO_8859_1);

  private static final byte[] NO_CONSTANTS = "\200\002).".getBytes(StandardCharsets.ISO_8859_1);
  private static final ImportOptions OPTIONS = ImportOptions.DEFAULT.withMaxBytes(1 << 20);

  private final Path corpus;
  private final Path folder;

  ForeignTargets(Path corpus, Path folder) {
    this.corpus = corpus;
    this.folder = folder;
  }

  List<Target> all() throws IOException {
    Path archive = folder.resolve("a.pt");
    Path network = folder.resolve("network.zip");
    Path params = folder.resolve("a-0001.params");
    Path spec = folder.resolve("spec.yaml");
    byte[] djl = seeds("djl").getFirst();
    byte[] djlSpec = seeds("djl-spec").getFirst();
    return List.of(
        target(
            "torch",
            Form.ZIP,
            bytes -> {
              Files.write(archive, bytes);
              TorchFile file = TorchFile.read(archive);
              file.load();
              if (file.kind() == TorchFile.Kind.SCRIPT) {
                TorchScript.convert(file, TorchOptions.NONE);
              }
            }),
        target(
            "pickle",
            Form.BYTES,
            bytes -> {
              Files.write(archive, zip(Map.of("a/data.pkl", bytes, "a/data/0", numbers())));
              TorchFile.read(archive).load();
            }),
        target(
            "torchscript",
            Form.TEXT,
            bytes -> {
              Map<String, byte[]> entries = new LinkedHashMap<>();
              entries.put("a/data.pkl", MODULE);
              entries.put("a/code/__torch__.py", bytes);
              entries.put("a/constants.pkl", NO_CONSTANTS);
              Files.write(archive, zip(entries));
              TorchScript.convert(TorchFile.read(archive), TorchOptions.NONE);
            }),
        target(
            "dl4j",
            Form.ZIP,
            bytes -> {
              Files.write(network, bytes);
              Dl4j.read(network, OPTIONS);
            }),
        target(
            "djl",
            Form.BYTES,
            bytes -> {
              Files.write(params, bytes);
              Files.write(spec, djlSpec);
              Djl.read(params, spec, OPTIONS);
            }),
        target(
            "djl-spec",
            Form.TEXT,
            bytes -> {
              Files.write(params, djl);
              Files.write(spec, bytes);
              Djl.read(params, spec, OPTIONS);
            }),
        target(
            "specification",
            Form.TEXT,
            bytes ->
                Specification.build(
                    new String(bytes, StandardCharsets.UTF_8),
                    StoredWeights.of(
                        Map.of(
                            "a.weight", Tensor.zeros(DataType.FLOAT, 2, 3),
                            "a.bias", Tensor.zeros(DataType.FLOAT, 2),
                            "b.weight", Tensor.zeros(DataType.FLOAT, 4, 2),
                            "b.bias", Tensor.zeros(DataType.FLOAT, 4))),
                    null)));
  }

  private Target target(String name, Form form, Target.Reader reader) throws IOException {
    return new Target(name, form, seeds(name), reader);
  }

  private List<byte[]> seeds(String name) throws IOException {
    Path from = corpus.resolve(name);
    if (!Files.isDirectory(from)) {
      throw new InvalidInput("there is no folder " + from + " of files to begin with");
    }
    List<byte[]> seeds = new ArrayList<>();
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.sorted().toList()) {
        seeds.add(Files.readAllBytes(file));
      }
    }
    return seeds;
  }

  private static byte[] numbers() {
    ByteBuffer buffer = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 1; i <= 6; i++) {
      buffer.putFloat(i);
    }
    return buffer.array();
  }

  /** Returns an archive of stored entries. */
  private static byte[] zip(Map<String, byte[]> entries) throws IOException {
    ByteArrayOutputStream made = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(made)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        ZipEntry header = new ZipEntry(entry.getKey());
        header.setMethod(ZipEntry.STORED);
        header.setSize(entry.getValue().length);
        CRC32 crc = new CRC32();
        crc.update(entry.getValue());
        header.setCrc(crc.getValue());
        zip.putNextEntry(header);
        zip.write(entry.getValue());
        zip.closeEntry();
      }
    }
    return made.toByteArray();
  }
}
