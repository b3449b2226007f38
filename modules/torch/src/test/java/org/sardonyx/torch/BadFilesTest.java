package org.sardonyx.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.tensor.Tensor;

/** What a file should not hold: one error that says where, and nothing is executed. */
class BadFilesTest {

  private static final byte[] SIX = Archives.floats(1, 2, 3, 4, 5, 6);

  @TempDir Path folder;

  private Path saved(byte[] pickle) throws IOException {
    return Archives.saved(folder.resolve("model.pt"), pickle, Map.of("0", SIX));
  }

  private void refused(Class<? extends ModelException> as, byte[] pickle, String... words)
      throws IOException {
    Path file = saved(pickle);
    ModelException e = assertThrows(as, () -> TorchFile.read(file));
    for (String word : words) {
      assertTrue(e.getMessage().contains(word), e::getMessage);
    }
    assertTrue(e.getMessage().startsWith("model.pt"), e::getMessage);
  }

  @Test
  void aPlainFileReads() throws IOException {
    PickleWriter.Stored stored = new PickleWriter.Stored("FloatStorage", "0", 6, new long[] {2, 3});
    TorchFile file = TorchFile.read(saved(PickleWriter.of(Map.of("w", stored))));
    assertEquals(Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3), file.tensors().get("w").load());
  }

  @Test
  void protocolsTwoToFiveRead() throws IOException {
    for (int protocol = 2; protocol <= 5; protocol++) {
      PickleWriter pickle = PickleWriter.protocol(protocol).op('}', '(').text("w");
      pickle.tensor("FloatStorage", "0", 6, 1, new long[] {2}, new long[] {3}).op('u');
      Tensor w = TorchFile.read(saved(pickle.end())).tensors().get("w").load();
      assertEquals(Tensor.of(new float[] {2, 5}, 2), w);
    }
    refused(
        UnsupportedModel.class, PickleWriter.protocol(6).op('N').end(), "offset 0", "protocol 6");
  }

  @Test
  void callsOfTheSystemAreRefusedByNameAndOffset() throws IOException {
    for (String module :
        List.of("os", "posix", "subprocess", "builtins", "__builtin__", "sys", "torch.hub")) {
      String name = module.equals("torch.hub") ? "load" : "system";
      byte[] pickle =
          PickleWriter.protocol(2).global(module, name).op('(').text("echo").op('t', 'R').end();
      refused(UnsupportedModel.class, pickle, "offset 2", module + "." + name);
    }
    byte[] stack = PickleWriter.protocol(4).text("os").text("system").op(0x93).end();
    refused(UnsupportedModel.class, stack, "os.system");
    byte[] unknown = PickleWriter.protocol(2).global("my.helpers", "make").op(')', 'R').end();
    refused(UnsupportedModel.class, unknown, "my.helpers.make");
  }

  @Test
  void aClassThatIsNotKnownIsARecord() throws IOException {
    PickleWriter.Stored w = new PickleWriter.Stored("FloatStorage", "0", 6, new long[] {6});
    byte[] pickle =
        PickleWriter.of(
            new PickleWriter.Instance(new PickleWriter.Name("my.models", "Net"), Map.of("w", w)));
    assertEquals(List.of("w"), List.copyOf(TorchFile.read(saved(pickle)).tensors().keySet()));
  }

  @Test
  void opcodesThatNothingNeedsAreRefused() throws IOException {
    refused(
        UnsupportedModel.class, PickleWriter.protocol(2).op('N', 'i').end(), "offset 3", "INST");
    refused(UnsupportedModel.class, PickleWriter.protocol(2).op(0x82, 1).end(), "EXT1");
    refused(
        MalformedModel.class, PickleWriter.protocol(2).op('a').end(), "offset 2", "stack is empty");
    refused(MalformedModel.class, PickleWriter.protocol(2).op('h', 7).end(), "memo");
    refused(MalformedModel.class, PickleWriter.protocol(2).op('t').end(), "mark");
    refused(MalformedModel.class, PickleWriter.protocol(2).op('X').int32(100).end(), "cut off");
    refused(
        MalformedModel.class,
        PickleWriter.protocol(4).op(0x8d, 255, 255, 255, 255, 255, 255, 255, 127).end(),
        "offset");
    refused(MalformedModel.class, new byte[] {1, 2, 3}, "offset 0");
  }

  @Test
  void viewsMustLieInTheirStorage() throws IOException {
    long[][][] wrong = {
      {{7}, {1}},
      {{2, 3}, {3, 2}},
      {{-1}, {1}},
      {{2}, {-1}},
      {{1L << 40, 1L << 40}, {1L << 40, 1}},
      {{2}, {1, 1}}
    };
    for (long[][] view : wrong) {
      byte[] pickle =
          PickleWriter.protocol(2)
              .op('}', '(')
              .text("w")
              .tensor("FloatStorage", "0", 6, 0, view[0], view[1])
              .op('u')
              .end();
      refused(MalformedModel.class, pickle, "\"w\"");
    }
    byte[] beyond =
        PickleWriter.protocol(2)
            .op('}', '(')
            .text("w")
            .tensor("FloatStorage", "0", 7, 0, new long[] {1}, new long[] {1})
            .op('u')
            .end();
    refused(MalformedModel.class, beyond, "7 elements");
    byte[] missing =
        PickleWriter.protocol(2)
            .op('}', '(')
            .text("w")
            .tensor("FloatStorage", "9", 6, 0, new long[] {1}, new long[] {1})
            .op('u')
            .end();
    refused(MalformedModel.class, missing, "data/9");
    byte[] wide =
        PickleWriter.protocol(2)
            .op('}', '(')
            .text("w")
            .tensor("FloatStorage", "0", 6, 0, new long[] {1L << 30, 1}, new long[] {0, 1})
            .op('u')
            .end();
    TorchFile bomb = TorchFile.read(saved(wide));
    assertThrows(LimitExceeded.class, () -> bomb.tensors().get("w").load());
  }

  @Test
  void whatContainsItselfEnds() throws IOException {
    byte[] pickle = PickleWriter.protocol(2).op(']', 'q', 0, 'h', 0, 'a').end();
    assertEquals(0, TorchFile.read(saved(pickle)).tensors().size());
  }

  @Test
  void tricksOfArchivesAreRefused() throws IOException {
    byte[] good = Files.readAllBytes(saved(PickleWriter.of(Map.of())));
    String text = new String(good, StandardCharsets.ISO_8859_1);
    int central = text.indexOf("PK\001\002");
    int second = text.indexOf("PK\001\002", central + 4);
    // The second entry lies where the first does.
    byte[] overlapping = good.clone();
    System.arraycopy(good, central + 42, overlapping, second + 42, 4);
    refusedArchive(overlapping, "another name at its place");
    byte[] cut = Arrays.copyOf(good, good.length - 10);
    refusedArchive(cut, "cut off");
    byte[] huge = good.clone();
    Arrays.fill(huge, central + 24, central + 28, (byte) 0x7f);
    refusedArchive(huge, "two sizes");
    byte[] method = good.clone();
    method[central + 10] = 12;
    refusedArchive(method, "method 12");
    Path two =
        Archives.saved(
            folder.resolve("two.pt"), PickleWriter.of(Map.of()), Map.of("0", SIX, "1", SIX));
    byte[] twice =
        new String(Files.readAllBytes(two), StandardCharsets.ISO_8859_1)
            .replace("archive/data/1", "archive/data/0")
            .getBytes(StandardCharsets.ISO_8859_1);
    refusedArchive(twice, "is there twice");
  }

  private void refusedArchive(byte[] bytes, String word) throws IOException {
    Path file = folder.resolve("bad.pt");
    Files.write(file, bytes);
    ModelException e = assertThrows(ModelException.class, () -> TorchFile.read(file));
    assertTrue(e.getMessage().contains(word), e::getMessage);
  }

  @Test
  void damagedFilesEndInAnErrorOfOurs() throws IOException {
    long seed = Long.getLong("seed", 1);
    Random random = new Random(seed);
    PickleWriter.Stored stored = new PickleWriter.Stored("FloatStorage", "0", 6, new long[] {2, 3});
    byte[] good =
        Files.readAllBytes(saved(PickleWriter.of(Map.of("w", stored, "x", List.of(1, 2.5, "t")))));
    Path file = folder.resolve("damaged.pt");
    for (int i = 0; i < 2000; i++) {
      byte[] bad = good.clone();
      for (int flips = random.nextInt(4); flips >= 0; flips--) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
      }
      Files.write(file, bad);
      try {
        TorchFile.read(file).load();
      } catch (ModelException e) {
        assertTrue(
            e.getMessage().contains("damaged.pt")
                || e instanceof LimitExceeded
                || !e.what().isEmpty(),
            () -> "seed " + seed);
      }
    }
  }

  @Test
  void codeOutsideTheLanguageIsRefusedWithItsLine() throws IOException {
    String head = "class M(Module):\n  def forward(self: __torch__.M,\n    x: Tensor) -> Tensor:\n";
    Map<String, String> wrong = new LinkedHashMap<>();
    wrong.put("    return x $ 2\n", "line 4");
    wrong.put("    y = lambda x: x\n    return y\n", "line 4");
    wrong.put("    y = torch.no_such_operator(x)\n    return y\n", "no_such_operator");
    wrong.put("    y = torch.fft_rfft(x)\n    return y\n", "complex");
    wrong.put("    return z\n", "no value");
    wrong.put("    t = self.training\n    self.training = x\n    return x\n", "keeps no state");
    wrong.put("    ops.prim.RaiseException(\"never\")\n    return x\n", "never");
    wrong.put("    return (x).no_method()\n", "no_method");
    wrong.put(
        """
            d = {"a": x}
            if bool(torch.sum(x)):
              torch._set_item(d, "b", x)
            else:
              pass
            return d["a"]
        """,
        "other keys");
    wrong.put("    return ops.quantized.conv2d(x, x, 1., 0)\n", "before it is quantized");
    wrong.put("    return ops.torchvision.nms(x, x, 0.5)\n", "a library adds it");
    wrong.put("    return torch.lgamma(x)\n", "gamma");
    wrong.put("    return torch.as_strided(x, [2], [1], 0)\n", "in memory");
    wrong.put("    d = {x: 1}\n    return x\n", "a key of a dictionary that is a tensor");
    wrong.put("    return torch.select(x, 0, (1, 3))\n", "an index of an axis that is no int");
    wrong.put("    return torch.slice(x, 0, 0, 1.5)\n", "is a float, expected int");
    wrong.put("    return torch.split(torch.zeros([2, 3]), 0, 1)\n", "pieces");
    wrong.put("    return torch.chunk(x, 1000000000, 1)\n", "pieces");
    wrong.put("    return torch.exp((1, 2))\n", "a number is expected");
    wrong.put("    return torch.slice(x, 0, 0, 1, 0)\n", "a slice with the step 0");
    wrong.put("    return torch.slice([1, 2], 0, 2, 0)\n", "a slice with the step 0");
    wrong.put("    return torch.view(torch.zeros([2, 3]), [4, 2])\n", "line 4");
    for (Map.Entry<String, String> entry : wrong.entrySet()) {
      Path file =
          Archives.script(
              folder.resolve("m.pt"), head + entry.getKey(), Map.of("training", false), Map.of());
      TorchFile read = TorchFile.read(file);
      ModelException e =
          assertThrows(
              ModelException.class,
              () -> TorchScript.convert(read, TorchOptions.NONE),
              entry.getKey());
      assertTrue(e.getMessage().contains(entry.getValue()), e::getMessage);
      assertTrue(e.getMessage().startsWith("m.pt"), e::getMessage);
    }
  }

  @Test
  void methodsOfWrongParametersAreRefused() throws IOException {
    for (String parameters : List.of("", "self: __torch__.M, x: Tensor, x: Tensor")) {
      String code =
          "class M(Module):\n  def forward(" + parameters + ") -> Tensor:\n    return x\n";
      TorchFile file =
          TorchFile.read(Archives.script(folder.resolve("m.pt"), code, Map.of(), Map.of()));
      ModelException e =
          assertThrows(ModelException.class, () -> TorchScript.convert(file, TorchOptions.NONE));
      assertTrue(e.getMessage().contains("parameter"), e::getMessage);
    }
  }
}
