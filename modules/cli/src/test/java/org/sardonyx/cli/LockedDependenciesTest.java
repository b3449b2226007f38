package org.sardonyx.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * Every jar that the build has fetched, plugins and their libraries too, has the bytes that {@code
 * .mvn/checksums.sha256} says; {@code tools/lock-dependencies} writes it.
 */
class LockedDependenciesTest {

  @TempDir Path folder;

  /** Paths in a repository of Maven, with the digest of each file. */
  private static Map<String, String> locked() throws IOException {
    Map<String, String> locked = new LinkedHashMap<>();
    for (String line : Files.readAllLines(Path.of("../../.mvn/checksums.sha256"))) {
      String[] words = line.split("  ", 2);
      locked.put(words[1], words[0]);
    }
    return locked;
  }

  /** Where Maven keeps what it fetched: five folders above a jar that everybody has. */
  private static Path repository(String jar) {
    Path at = Path.of(jar);
    for (int i = 0; i < 5; i++) {
      at = at.getParent();
    }
    return at;
  }

  private static String digest(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file);
        DigestOutputStream out =
            new DigestOutputStream(
                OutputStream.nullOutputStream(), MessageDigest.getInstance("SHA-256"))) {
      in.transferTo(out);
      return HexFormat.of().formatHex(out.getMessageDigest().digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the locked files of a repository that are there and have other bytes. */
  private static List<String> changed(Path repository, Map<String, String> locked)
      throws IOException {
    List<String> changed = new ArrayList<>();
    for (Map.Entry<String, String> entry : locked.entrySet()) {
      Path file = repository.resolve(entry.getKey());
      if (Files.exists(file) && !digest(file).equals(entry.getValue())) {
        changed.add(entry.getKey());
      }
    }
    return changed;
  }

  private static List<String> jars() {
    List<String> jars = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (entry.endsWith(".jar")) {
        jars.add(entry);
      }
    }
    return jars;
  }

  private static String picocli() {
    try {
      String name =
          Path.of(CommandLine.class.getProtectionDomain().getCodeSource().getLocation().toURI())
              .toString();
      assertTrue(name.endsWith(".jar"), name);
      return name;
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void everyJarHasTheBytesThatAreLocked() throws IOException {
    Path repository = repository(picocli());
    Map<String, String> locked = locked();
    List<String> unknown = new ArrayList<>();
    for (String jar : jars()) {
      Path path = Path.of(jar);
      if (path.startsWith(repository)) {
        String name = repository.relativize(path).toString().replace(File.separatorChar, '/');
        if (!name.startsWith("org/sardonyx/") && !locked.containsKey(name)) {
          unknown.add(name);
        }
      }
    }
    assertEquals(List.of(), unknown, "not locked");
    assertEquals(List.of(), changed(repository, locked), "changed");
  }

  @Test
  void oneBitIsSeen() throws IOException {
    Path original = Path.of(picocli());
    String name =
        repository(picocli()).relativize(original).toString().replace(File.separatorChar, '/');
    Path copy = folder.resolve(name);
    Files.createDirectories(copy.getParent());
    byte[] bytes = Files.readAllBytes(original);
    Files.write(copy, bytes);
    assertEquals(List.of(), changed(folder, locked()));
    bytes[bytes.length / 2] ^= 1;
    Files.write(copy, bytes);
    assertEquals(List.of(name), changed(folder, locked()));
  }
}
