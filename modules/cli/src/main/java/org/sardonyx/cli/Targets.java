package org.sardonyx.cli;

import java.awt.image.BufferedImage;
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
import javax.imageio.ImageIO;
import org.sardonyx.conformance.RandomInputs;
import org.sardonyx.conformance.mutate.Target;
import org.sardonyx.conformance.mutate.Target.Form;
import org.sardonyx.conformance.suite.Suite;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.Limit;
import org.sardonyx.error.Limits;
import org.sardonyx.export.StoredWeights;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.imagedecoder.ImageDecoder;
import org.sardonyx.onnx.Npy;
import org.sardonyx.onnx.Npz;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.onnx.ReadOptions;
import org.sardonyx.onnx.TensorFiles;
import org.sardonyx.passes.Check;
import org.sardonyx.passes.Infer;
import org.sardonyx.runtime.Session;
import org.sardonyx.runtime.SessionOptions;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.text.OnnxText;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** Everything that reads files from elsewhere, with files that it can read. */
final class Targets {

  private static final int MOST_SEED = 1 << 16;

  /** What a mutant of a model may use when it runs. */
  private static final Limits LIMITS =
      Limits.untrusted()
          .with(Limit.TENSOR_BYTES, 1 << 24)
          .with(Limit.FOLDED_NODE_BYTES, 1 << 20)
          .with(Limit.FOLDED_BYTES, 1 << 22)
          .with(Limit.LIVE_BYTES, 1 << 24)
          .with(Limit.LOOP_TRIPS, 1000)
          .with(Limit.NODE_RUNS, 10_000)
          .with(Limit.TIME, 500);

  private final Path models;
  private final Path corpus;
  private final Path folder;

  /**
   * @param models a folder of models with data sets, as in {@code models/}
   * @param corpus a folder of folders, by kind, of other files to begin with
   * @param folder where temporary files go
   */
  Targets(Path models, Path corpus, Path folder) {
    this.models = models;
    this.corpus = corpus;
    this.folder = folder;
  }

  List<Target> all() throws IOException {
    List<Target> all = new ArrayList<>(ofModels());
    all.addAll(new ForeignTargets(corpus, folder).all());
    return all;
  }

  private List<Target> ofModels() throws IOException {
    return List.of(
        new Target("model", Form.PROTOBUF, files("model.onnx"), Targets::model),
        new Target("tensor", Form.PROTOBUF, files(".pb"), bytes -> TensorFiles.read(bytes, null)),
        new Target("text", Form.TEXT, texts(), Targets::text),
        new Target("npy", Form.BYTES, arrays(), Npy::read),
        new Target("npz", Form.ZIP, List.of(npz()), file("a.npz", Npz::read)),
        new Target(
            "safetensors",
            Form.SAFETENSORS,
            List.of(safetensors()),
            file("a.safetensors", StoredWeights::tensors)),
        new Target("suite", Form.TEXT, List.of(suite()), file("suite.yaml", Suite::read)),
        new Target(
            "image", Form.BYTES, images(), images(Session.compile(imageModel(), imageOptions()))));
  }

  private interface OfPath {
    Object read(Path path);
  }

  /** Returns a reader of bytes that puts them into a file first. */
  private Target.Reader file(String name, OfPath reader) {
    Path path = folder.resolve(name);
    return bytes -> {
      Files.write(path, bytes);
      reader.read(path);
    };
  }

  private List<byte[]> files(String ending) throws IOException {
    try (Stream<Path> all = Files.walk(models)) {
      List<byte[]> found = new ArrayList<>();
      for (Path path : all.filter(file -> file.toString().endsWith(ending)).sorted().toList()) {
        if (Files.size(path) < MOST_SEED) {
          found.add(Files.readAllBytes(path));
        }
      }
      if (found.isEmpty()) {
        throw new InvalidInput("there is no small " + ending + " below " + models);
      }
      return found;
    }
  }

  /** Reads a model, writes, checks, infers, compiles and runs it. */
  private static void model(byte[] bytes) {
    Model model = Onnx.read(bytes, null, ReadOptions.UNTRUSTED.withLimits(LIMITS));
    Onnx.toBytes(model);
    Check.of(WithImages.operators()).check(model);
    Infer.of(WithImages.operators()).infer(model);
    Session session = Session.compile(model, SessionOptions.standard().withLimits(LIMITS));
    if (model.graph().inputs().stream().allMatch(Targets::isSmall)) {
      session.run(RandomInputs.of(model, Map.of(), Map.of(), 1));
    }
  }

  /** Whether an input, which we make and not the model, is soon made. */
  private static boolean isSmall(ValueInfo input) {
    if (!(input.type() instanceof Type.OfTensor(DataType _, Shape shape)) || !shape.hasRank()) {
      return true;
    }
    double elements = 1;
    for (Dim dim : shape.dims()) {
      elements *= dim instanceof Dim.Known(long size) ? size : 1;
    }
    return elements < MOST_SEED;
  }

  private static void text(byte[] bytes) {
    OnnxText.print(OnnxText.parse(new String(bytes, StandardCharsets.UTF_8)));
  }

  private List<byte[]> texts() throws IOException {
    List<byte[]> texts = new ArrayList<>();
    for (byte[] model : files("model.onnx")) {
      String text = OnnxText.print(Onnx.read(model));
      if (text.length() < MOST_SEED / 4) {
        texts.add(text.getBytes(StandardCharsets.UTF_8));
      }
    }
    return texts;
  }

  private byte[] suite() throws IOException {
    Files.write(folder.resolve("m.onnx"), files("model.onnx").getFirst());
    return """
    # Two runs of one model.
    name: mutants
    budget: 2
    models:
      - model: "*.onnx"
      - model: m.onnx
        inputs: {count: 3, seed: 7}
        expect:
          - verdict: reference-worse
            sometimes: true
            reason: >-
              says why
    """
        .getBytes(StandardCharsets.UTF_8);
  }

  private static Tensor tensor() {
    return Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
  }

  private static List<byte[]> arrays() {
    return List.of(
        Npy.toBytes(tensor()),
        Npy.toBytes(Tensor.vector(1, 2, 3)),
        Npy.toBytes(Tensor.scalar(true)),
        Npy.toBytes(Tensor.zeros(DataType.STRING, 2)));
  }

  private byte[] npz() throws IOException {
    Path path = folder.resolve("seed.npz");
    Map<String, Tensor> arrays = new LinkedHashMap<>();
    arrays.put("a", tensor());
    arrays.put("b", Tensor.vector(4, 5));
    Npz.write(arrays, path);
    return Files.readAllBytes(path);
  }

  private static byte[] safetensors() {
    String header =
        "{\"__metadata__\":{\"format\":\"pt\"},"
            + "\"a\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
            + "\"b\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[24,32]}}";
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + text.length + 32)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(text.length)
        .put(text)
        .array();
  }

  private static List<byte[]> images() throws IOException {
    BufferedImage image = new BufferedImage(5, 3, BufferedImage.TYPE_INT_RGB);
    image.setRGB(1, 1, 0x123456);
    List<byte[]> files = new ArrayList<>();
    for (String format : List.of("png", "jpg", "gif", "bmp", "tiff")) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      if (ImageIO.write(image, format, out)) {
        files.add(out.toByteArray());
      }
    }
    files.add("P6 2 1 255\nabcdef".getBytes(StandardCharsets.US_ASCII));
    return files;
  }

  private static Model imageModel() {
    GraphBuilder g = new GraphBuilder("image");
    GraphBuilder.Ref file = g.input("file", DataType.UINT8, "bytes");
    g.output("image", g.node("ImageDecoder", file), null);
    return g.model(20);
  }

  private static SessionOptions imageOptions() {
    return SessionOptions.standard().withOperators(ImageDecoder.DEF).withLimits(LIMITS);
  }

  private static Target.Reader images(Session session) {
    return bytes -> session.run(Map.of("file", Tensor.of(DataType.UINT8, bytes, bytes.length)));
  }
}
