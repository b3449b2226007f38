package org.sardonyx.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Arrays of NumPy. */
@Timeout(60)
class NpyTest {

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(DataType.class)
  void everyTypeThatNumPyHas(DataType type) {
    for (int[] shape : new int[][] {{}, {0}, {5}, {2, 3}, {2, 0, 4}, {2, 3, 4}}) {
      Tensor tensor = random(type, shape);
      if (type.isPacked() || type.name().startsWith("FLOAT8") || type == DataType.BFLOAT16) {
        assertThrows(InvalidInput.class, () -> Npy.toBytes(tensor));
        continue;
      }
      assertEquals(tensor, Npy.read(Npy.toBytes(tensor)));
      Path path = folder.resolve("a.npy");
      Npy.write(tensor, path);
      assertEquals(tensor, Npy.read(path));
      assertArrayEquals(Npy.toBytes(tensor), bytes(path));
    }
  }

  /** Written by numpy.save(np.array([[1.5, -2.0]], dtype='float32')). */
  @Test
  void bytesByHand() {
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }";
    ByteBuffer bytes = ByteBuffer.allocate(136).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put((byte) 0x93).put("NUMPY\1\0".getBytes(StandardCharsets.ISO_8859_1));
    bytes.putShort((short) 118).put(header.getBytes(StandardCharsets.ISO_8859_1));
    while (bytes.position() < 127) {
      bytes.put((byte) ' ');
    }
    bytes.put((byte) '\n').putFloat(1.5f).putFloat(-2);
    Tensor tensor = Npy.read(bytes.array());
    assertArrayEquals(new int[] {1, 2}, tensor.shape());
    assertArrayEquals(new float[] {1.5f, -2}, tensor.floats());
    byte[] written = Npy.toBytes(tensor);
    assertEquals(0, (written.length - 8) % 64);
    assertEquals(tensor, Npy.read(written));
  }

  @Test
  void bigEndianAndFortranOrder() {
    // [[1, 2, 3], [4, 5, 6]], first index fastest.
    byte[] columns = {0, 1, 0, 4, 0, 2, 0, 5, 0, 3, 0, 6};
    Tensor tensor =
        Npy.read(npy("{'descr': '>i2', 'fortran_order': True, 'shape': (2, 3)}", columns));
    assertArrayEquals(new short[] {1, 2, 3, 4, 5, 6}, tensor.shorts());
    byte[] complex = new byte[16];
    ByteBuffer.wrap(complex).putDouble(1).putDouble(-3);
    assertArrayEquals(
        new double[] {1, -3},
        Npy.read(npy("{'descr':'>c16','fortran_order':False,'shape':()}", complex)).doubles());
    Random random = new Random(1);
    int[] shape = {3, 4, 5};
    byte[] raw = new byte[60];
    random.nextBytes(raw);
    Tensor cube =
        Npy.read(npy("{'shape': (3, 4, 5), 'fortran_order': True, 'descr': \"|u1\"}", raw));
    for (int i = 0; i < shape[0]; i++) {
      for (int j = 0; j < shape[1]; j++) {
        for (int k = 0; k < shape[2]; k++) {
          assertEquals(raw[i + 3 * (j + 4 * k)], cube.bytes()[(i * 4 + j) * 5 + k]);
        }
      }
    }
  }

  @Test
  void strings() {
    byte[] text = "ab\0\0c\0\0\0".getBytes(StandardCharsets.ISO_8859_1);
    assertArrayEquals(
        new String[] {"ab", "c"},
        Npy.read(npy("{'descr': '|S4', 'fortran_order': False, 'shape': (2L,)}", text)).strings());
    Tensor tensor = Tensor.of(new String[] {"", "é\uD83D\uDE00", "x"}, 3);
    assertEquals(tensor, Npy.read(Npy.toBytes(tensor)));
    assertThrows(
        LimitExceeded.class,
        () ->
            Npy.read(
                npy(
                    "{'descr': '<U0', 'fortran_order': False, 'shape': (99999999,)}",
                    new byte[0])));
    assertThrows(
        MalformedModel.class,
        () ->
            Npy.read(
                npy(
                    "{'descr': '<U1', 'fortran_order': False, 'shape': ()}",
                    new byte[] {0, 0, 0, 1})));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'descr': '|O', 'fortran_order': False, 'shape': (1,)}",
        "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}",
        "{'descr': '|V2', 'fortran_order': False, 'shape': (1,)}",
        "{'descr': '<f16', 'fortran_order': False, 'shape': (1,)}",
        "{'descr': '<M8[ns]', 'fortran_order': False, 'shape': (1,)}"
      })
  void typesThatTensorsDoNotHave(String header) {
    assertThrows(UnsupportedModel.class, () -> Npy.read(npy(header, new byte[8])));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "{}",
        "[]",
        "{'descr': '<f4'}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2.0,)}",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'x': 1}",
        "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} or print()",
        "{'descr': __import__('os'), 'fortran_order': False, 'shape': (2,)}",
        "{'descr': 'f4', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '|f4', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999999999999,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 2)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2}"
      })
  void headersThatAreNone(String header) {
    assertThrows(ModelException.class, () -> Npy.read(npy(header, new byte[8])));
  }

  @Test
  void cutOffAndFlipped() {
    byte[] whole = Npy.toBytes(Tensor.of(new float[] {1, 2, 3}, 3));
    for (int i = 0; i < whole.length; i++) {
      byte[] cut = Arrays.copyOf(whole, i);
      assertThrows(MalformedModel.class, () -> Npy.read(cut));
      for (int bit = 0; bit < 8; bit++) {
        byte[] flipped = whole.clone();
        flipped[i] ^= (byte) (1 << bit);
        try {
          Npy.read(flipped);
        } catch (ModelException e) {
          assertTrue(e.getMessage().length() < 500);
        }
      }
    }
    assertThrows(InvalidInput.class, () -> Npy.read(folder.resolve("none.npy")));
    assertThrows(InvalidInput.class, () -> Npy.read(folder));
  }

  @Test
  void archives() throws IOException {
    Map<String, Tensor> arrays = new LinkedHashMap<>();
    arrays.put("b", random(DataType.FLOAT, 2, 3));
    arrays.put("a:0", random(DataType.INT64, 4));
    arrays.put("s", Tensor.of(new String[] {"x"}, 1));
    Path path = folder.resolve("a.npz");
    Npz.write(arrays, path);
    byte[] first = bytes(path);
    assertEquals(arrays, Npz.read(path));
    assertEquals(List.of("b", "a:0", "s"), List.copyOf(Npz.read(path).keySet()));
    Npz.write(arrays, path);
    assertArrayEquals(first, bytes(path));
    assertThrows(LimitExceeded.class, () -> Npz.read(path, 100));
    assertThrows(InvalidInput.class, () -> Npz.write(Map.of("../x", Tensor.scalar(1f)), path));
    assertArrayEquals(first, bytes(path));
    Files.write(path, Arrays.copyOf(first, first.length - 30));
    assertThrows(MalformedModel.class, () -> Npz.read(path));
    Files.write(path, new byte[] {1, 2, 3});
    assertThrows(MalformedModel.class, () -> Npz.read(path));
    assertThrows(InvalidInput.class, () -> Npz.read(folder.resolve("none.npz")));
  }

  @Test
  void archivesThatLie() throws IOException {
    byte[] array = Npy.toBytes(Tensor.scalar(1f));
    for (String name : List.of("../a.npy", "/a.npy", "d/a.npy", "a.txt", ".npy.exe")) {
      Path path = zip(name, array);
      assertThrows(MalformedModel.class, () -> Npz.read(path), name);
    }
    // The array states another size than the archive has for it: in the directory, at the end.
    byte[] bytes = bytes(zip("a.npy", array));
    ByteBuffer zip = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int directory = zip.getInt(bytes.length - 22 + 16);
    for (int size : new int[] {array.length - 1, array.length + 1, 1 << 30, -2}) {
      zip.putInt(directory + 24, size);
      Path path = Files.write(folder.resolve("lie.npz"), bytes);
      assertThrows(ModelException.class, () -> Npz.read(path));
    }
  }

  @Test
  void compressedArchives() throws IOException {
    Tensor zeros = Tensor.zeros(DataType.FLOAT, 1000, 1000);
    Path path = zip("z.npy", Npy.toBytes(zeros));
    assertTrue(Files.size(path) < 10_000);
    assertEquals(zeros, Npz.read(path).get("z"));
    assertThrows(LimitExceeded.class, () -> Npz.read(path, 1_000_000));
  }

  private Path zip(String name, byte[] content) throws IOException {
    Path path = folder.resolve("zip.npz");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(path))) {
      zip.putNextEntry(new ZipEntry(name));
      zip.write(content);
    }
    return path;
  }

  private static byte[] npy(String header, byte[] data) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(0x93);
    bytes.writeBytes("NUMPY\1\0".getBytes(StandardCharsets.ISO_8859_1));
    bytes.write(header.length());
    bytes.write(header.length() >> 8);
    bytes.writeBytes(header.getBytes(StandardCharsets.ISO_8859_1));
    bytes.writeBytes(data);
    return bytes.toByteArray();
  }

  private static Tensor random(DataType type, int... shape) {
    Tensor tensor = Tensor.zeros(type, shape);
    Random random = new Random(5);
    switch (tensor.array()) {
      case float[] a -> Arrays.setAll(new double[a.length], i -> a[i] = random.nextFloat());
      case double[] a -> Arrays.setAll(a, i -> random.nextGaussian());
      case int[] a -> Arrays.setAll(a, i -> random.nextInt());
      case long[] a -> Arrays.setAll(a, i -> random.nextLong());
      case short[] a -> Arrays.setAll(new int[a.length], i -> a[i] = (short) random.nextInt());
      case byte[] a -> Arrays.setAll(new int[a.length], i -> a[i] = (byte) random.nextInt(2));
      case String[] a -> Arrays.setAll(a, i -> "text".substring(random.nextInt(4)));
      default -> throw new IllegalStateException();
    }
    return tensor;
  }

  private static byte[] bytes(Path path) {
    try {
      return Files.readAllBytes(path);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
