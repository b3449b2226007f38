package org.sardonyx.kernels;

import java.lang.reflect.InvocationTargetException;

/** Decides once which kernels suit this machine and this virtual machine. */
final class BestKernels {

  private static final String MODULE = "jdk.incubator.vector";

  static final Kernels INSTANCE = choose();

  private BestKernels() {}

  /**
   * The property {@code sardonyx.kernels} may say "scalar", "plain" or "vector"; else the machine
   * decides.
   */
  private static Kernels choose() {
    String asked = System.getProperty("sardonyx.kernels", "");
    switch (asked) {
      case "scalar" -> {
        return Kernels.scalar();
      }
      case "plain" -> {
        return new PlainKernels();
      }
      case "", "vector" -> {
        // As the machine allows.
      }
      default ->
          throw new IllegalArgumentException(
              "sardonyx.kernels must be scalar, plain or vector, not \"" + asked + "\"");
    }
    String mode = System.getProperty("java.vm.info", "");
    if (mode.contains("interpreted") || mode.contains("emulated-client")) {
      return without(Kernels.scalar(), "the compiler that vectors need, C2, is off");
    }
    if (!fusesQuickly()) {
      return without(Kernels.scalar(), "this machine does not fuse multiplications and additions");
    }
    if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
      return without(
          new PlainKernels(),
          "start Java with --add-modules " + MODULE + " to use the vectors of this machine");
    }
    try {
      // Only by name: the package cannot be loaded where the module is missing. Without arguments,
      // for which reflection would make classes of its own.
      Class<?> type = Class.forName("org.sardonyx.kernels.vector.VectorKernels");
      return (Kernels) type.getConstructor().newInstance();
    } catch (ClassNotFoundException
        | NoSuchMethodException
        | InstantiationException
        | IllegalAccessException e) {
      throw new IllegalStateException(e);
    } catch (InvocationTargetException e) {
      return without(new PlainKernels(), "the Vector API does not work here: " + e.getCause());
    }
  }

  private static Kernels without(Kernels kernels, String why) {
    System.getLogger(Kernels.class.getName())
        .log(System.Logger.Level.WARNING, "Models run without vectors, and slower: " + why);
    return kernels;
  }

  /**
   * Without an instruction for it, {@code Math.fma} takes microseconds, and so do vectors; with
   * one, even the interpreter takes far less.
   */
  private static boolean fusesQuickly() {
    final int calls = 64;
    long best = Long.MAX_VALUE;
    float x = 1.1f;
    for (int round = 0; round < 5; round++) {
      long start = System.nanoTime();
      for (int i = 0; i < calls; i++) {
        x = Math.fma(x, 0.99f, 0.1f);
      }
      best = Math.min(best, System.nanoTime() - start);
    }
    return best / calls < 400 && x > 0;
  }
}
