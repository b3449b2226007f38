package org.sardonyx.runtime;

import org.sardonyx.kernels.Kernels;

/**
 * Has the kernels of this machine loaded beside the first model, which is not compiled for them
 * before it is simplified: the Vector API takes about as long as that.
 */
final class KernelsAhead {

  private static final Thread LOADING = loading();

  private KernelsAhead() {}

  /** Begins, the first time it is called. */
  static boolean begin() {
    return LOADING.isAlive();
  }

  private static Thread loading() {
    Thread thread =
        new Thread(
            () -> {
              Kernels.best().rehearse(true);
            },
            "sardonyx-kernels");
    thread.setDaemon(true);
    // Whoever asks for the kernels is told what is wrong.
    thread.setUncaughtExceptionHandler((_, _) -> {});
    if (System.getProperty("sardonyx.kernels") == null) {
      thread.start();
    }
    return thread;
  }
}
