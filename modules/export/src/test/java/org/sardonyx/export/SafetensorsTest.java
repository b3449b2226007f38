package org.sardonyx.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.tensor.Tensor;

class SafetensorsTest {

  private static final String TWO =
      "{\"__metadata__\":{\"format\":\"pt\"},"
          + "\"b\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[8,16]},"
          + "\"a\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[0,8]}}";

  @TempDir Path folder;

  @Test
  void readsByName() throws IOException {
    ByteBuffer data = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    data.putFloat(1.5f).putFloat(-2f).putLong(-7);
    Map<String, Tensor> all = Safetensors.read(write(TWO, TWO.length(), data.array()));
    assertArrayEquals(new float[] {1.5f, -2f}, tensor(all, "a").floats());
    assertArrayEquals(new int[] {2, 1}, tensor(all, "a").shape());
    assertArrayEquals(new long[] {-7}, tensor(all, "b").longs());
  }

  private static Tensor tensor(Map<String, Tensor> all, String name) {
    return java.util.Objects.requireNonNull(all.get(name));
  }

  @Test
  void headersThatLieAreRefused() throws IOException {
    refused(write(TWO, TWO.length() + 100L, new byte[16]), "at offset 0: the header is said");
    refused(write(TWO, -1, new byte[16]), "18446744073709551615 bytes");
    refused(write(TWO, 10, new byte[16]), "no JSON");
    refused(write("[]" + TWO, TWO.length() + 2L, new byte[16]), "at offset 8");
    refused(write(TWO + "{}", TWO.length() + 2L, new byte[16]), "there is more behind");
    Path small = folder.resolve("small.safetensors");
    Files.write(small, new byte[5]);
    refused(small, "5 bytes");
  }

  @Test
  void rangesThatLieAreRefused() throws IOException {
    refused(write(TWO, TWO.length(), new byte[12]), "\"b\": data_offsets are 8 to 16");
    refused(write(TWO, TWO.length(), new byte[20]), "4 bytes belong to no tensor");
    change("[8,16]", "[4,12]", 12, "its bytes are those of \"a\", too");
    change("[8,16]", "[12,20]", 20, "4 bytes before it belong to no tensor");
    change("[8,16]", "[16,8]", 16, "data_offsets are 16 to 8");
    change("[8,16]", "[8]", 16, "two data_offsets");
    change("[2,1]", "[3,1]", 16, "float[3, 1] takes 12 bytes, data_offsets give 8");
    change("[2,1]", "[-2,1]", 16, "a negative number");
    change("[2,1]", "[2.5,1]", 16, "expected END_ARRAY");
    change("\"shape\":[1]", "\"shape\":[1],\"more\":1", 16, "\"more\" is not known");
    change("\"b\"", "\"a\"", 16, "uplicate");
  }

  @Test
  void typesAndSizesThatAreNotKnownAreRefused() throws IOException {
    String type = TWO.replace("F32", "F13");
    Path file = write(type, type.length(), new byte[16]);
    assertThrows(UnsupportedModel.class, () -> Safetensors.read(file));
    String huge = TWO.replace("[2,1]", "[4294967296,4294967296]");
    Path large = write(huge, huge.length(), new byte[16]);
    assertThrows(LimitExceeded.class, () -> Safetensors.read(large));
    String product = TWO.replace("[2,1]", "[2147483647,2147483647]");
    Path larger = write(product, product.length(), new byte[16]);
    assertThrows(LimitExceeded.class, () -> Safetensors.read(larger));
  }

  private void change(String from, String to, int bytes, String why) throws IOException {
    String header = TWO.replace(from, to);
    refused(write(header, header.length(), new byte[bytes]), why);
  }

  private static void refused(Path file, String why) {
    ModelException e = assertThrows(MalformedModel.class, () -> Safetensors.read(file));
    assertTrue(String.valueOf(e.getMessage()).contains(why), e::getMessage);
    assertEquals(String.valueOf(file.getFileName()), e.location().path().getFirst());
  }

  private Path write(String header, long length, byte[] data) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer all =
        ByteBuffer.allocate(8 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    all.putLong(length).put(text).put(data);
    Path file = folder.resolve("test.safetensors");
    Files.write(file, all.array());
    return file;
  }

  /** Eight tensors of a GiB and a small one, in a file that is not there but for its ends. */
  @Test
  void onlyWhatIsTakenIsLoaded() throws IOException {
    StringBuilder header = new StringBuilder("{");
    long gib = 1L << 30;
    for (int i = 0; i < 8; i++) {
      header
          .append("\"w" + i + "\":{\"dtype\":\"F32\",\"shape\":[16384,16384],\"data_offsets\":[")
          .append(i * gib + "," + (i + 1) * gib + "]},");
    }
    header
        .append("\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[")
        .append(8 * gib + "," + (8 * gib + 4) + "]}}");
    Path file = write(header.toString(), header.length(), new byte[0]);
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(8L + header.length() + 8 * gib + 4);
      sparse.seek(sparse.length() - 4);
      sparse.writeInt(Integer.reverseBytes(Float.floatToIntBits(2.5f)));
    }
    assertEquals(9, StoredWeights.stored(file).size());
    assertArrayEquals(new float[] {2.5f}, StoredWeights.read(file).take("layer", "b").floats());
  }
}
