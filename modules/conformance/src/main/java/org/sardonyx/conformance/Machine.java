package org.sardonyx.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What kernels of engines depend on. */
public final class Machine {

  /** A processor that adds pairs of 8-bit products in 16 bits. */
  static final String WITHOUT_VNNI = "x86-64-without-vnni";

  private Machine() {}

  /**
   * Whether this machine is of a kind that an entry of the register names; where the system does
   * not tell, it may be.
   *
   * <ul>
   *   <li>empty: any.
   *   <li>{@link #WITHOUT_VNNI}.
   * </ul>
   */
  public static boolean mayBe(String kind) {
    return switch (kind) {
      case "" -> true;
      case WITHOUT_VNNI -> isX86() && withoutVnni();
      default -> throw new IllegalStateException("the register has an unknown machine " + kind);
    };
  }

  private static boolean isX86() {
    return List.of("amd64", "x86_64").contains(System.getProperty("os.arch"));
  }

  private static boolean withoutVnni() {
    Path info = Path.of("/proc/cpuinfo");
    if (!Files.isReadable(info)) {
      return true;
    }
    try {
      Set<String> flags = new HashSet<>(List.of(Files.readString(info).split("\\s+", -1)));
      return !flags.contains("avx512_vnni") && !flags.contains("avx_vnni");
    } catch (IOException e) {
      return true;
    }
  }
}
