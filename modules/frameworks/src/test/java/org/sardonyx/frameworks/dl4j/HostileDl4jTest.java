package org.sardonyx.frameworks.dl4j;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sardonyx.frameworks.dl4j.Dl4jFiles.chain;
import static org.sardonyx.frameworks.dl4j.Dl4jFiles.lstm;
import static org.sardonyx.frameworks.dl4j.Dl4jFiles.network;
import static org.sardonyx.frameworks.dl4j.Dl4jFiles.numbers;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.ModelException;
import org.sardonyx.frameworks.ImportOptions;

/** Files that nobody vouches for end in errors of ours, with the place. */
class HostileDl4jTest {

  private static final String CONFIGURATION = chain(lstm("LSTM", 3, 2, "TanH", "NCW"));
  private static final float[] PARAMETERS = numbers(24 + 16 + 8);

  @TempDir Path folder;

  private void read(byte[] file) {
    Dl4jFiles.model(folder, file, ImportOptions.DEFAULT);
  }

  private void assertMalformed(String what, byte[] file) {
    ModelException e = assertThrows(MalformedModel.class, () -> read(file));
    assertTrue(String.valueOf(e.getMessage()).contains(what), e::getMessage);
  }

  private static byte[] withCoefficients(byte[] coefficients) {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("configuration.json", CONFIGURATION.getBytes(StandardCharsets.UTF_8));
    entries.put("coefficients.bin", coefficients);
    return Dl4jFiles.zip(entries);
  }

  @Test
  void missingAndExtraParameters() {
    assertMalformed("needs parameters 40 to 47", network(CONFIGURATION, numbers(45)));
    assertMalformed("the layers need 48 parameters", network(CONFIGURATION, numbers(49)));
  }

  @Test
  void truncatedCoefficients() {
    byte[] whole = Dl4jFiles.coefficients(PARAMETERS);
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = withCoefficients(Arrays.copyOf(whole, length));
      assertThrows(MalformedModel.class, () -> read(cut));
    }
    assertMalformed("1 bytes follow", withCoefficients(Arrays.copyOf(whole, whole.length + 1)));
  }

  @Test
  void lyingLength() {
    byte[] lying = Dl4jFiles.coefficients(PARAMETERS);
    int length = lying.length - 4 * PARAMETERS.length - 7 - 8;
    lying[length + 4] = 0x7f;
    assertMalformed("offset ", withCoefficients(lying));
  }

  @Test
  void bombs() {
    byte[] bomb = Dl4jFiles.zip(Map.of("configuration.json", new byte[1 << 20]));
    assertThrows(
        LimitExceeded.class,
        () -> Dl4jFiles.model(folder, bomb, ImportOptions.DEFAULT.withMaxBytes(1 << 16)));
  }

  @Test
  void entriesTwiceAndOthers() {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("coefficients.bin", new byte[4]);
    entries.put("coefficients.bim", new byte[4]);
    String two = new String(Dl4jFiles.zip(entries), StandardCharsets.ISO_8859_1);
    assertMalformed(
        "is there twice", two.replace(".bim", ".bin").getBytes(StandardCharsets.ISO_8859_1));
    assertMalformed("is not of a network", Dl4jFiles.zip(entries));
  }

  @Test
  void overlappingEntries() {
    byte[] noise = new byte[64];
    RandomGeneratorFactory.of("L64X128MixRandom").create(3).nextBytes(noise);
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("configuration.json", noise);
    entries.put("coefficients.bin", noise);
    byte[] file = Dl4jFiles.zip(entries);
    int first = new String(file, StandardCharsets.ISO_8859_1).indexOf("PK\1\2");
    file[first + 20] =
        (byte) (file[first + 20] + 40); // the first entry says that it goes on into the second
    assertMalformed("overlap", file);
  }

  @Test
  void mutants() {
    byte[] file = network(CONFIGURATION, PARAMETERS);
    long seed = Long.getLong("seed", 1);
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    for (int i = 0; i < 1000; i++) {
      byte[] mutant = file.clone();
      for (int k = 0; k < 1 + i % 3; k++) {
        mutant[random.nextInt(mutant.length)] = (byte) random.nextInt();
      }
      int number = i;
      try {
        read(i % 7 == 0 ? Arrays.copyOf(mutant, random.nextInt(mutant.length)) : mutant);
      } catch (RuntimeException e) {
        assertTrue(e instanceof ModelException, () -> "seed " + seed + " " + number + " " + e);
      }
    }
  }

  @Test
  void documents() {
    assertMalformed("cannot be read", network("{\"confs\": [", PARAMETERS));
    assertMalformed("neither of", network("{}", PARAMETERS));
    assertMalformed("cannot be read", network("{\"confs\": [], \"confs\": []}", PARAMETERS));
    assertMalformed(
        "\"nin\"", network(CONFIGURATION.replace("\"nin\": 3", "\"nin\": -3"), PARAMETERS));
    assertMalformed(
        "sizes that no network has",
        network(CONFIGURATION.replace("\"nout\": 2", "\"nout\": 1000000000"), PARAMETERS));
    assertMalformed(
        "cannot be read", network("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", PARAMETERS));
    for (String deep : new String[] {"[", "{a: ", "- "}) {
      byte[] file = network(deep.repeat(5000), PARAMETERS);
      assertThrows(LimitExceeded.class, () -> read(file));
    }
  }
}
