package org.sardonyx.runtime;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Threads of our own. */
final class Threads {

  private static final int IDLE_SECONDS = 10;

  private Threads() {}

  /** Returns daemon threads, at most so many, which end when they are idle. */
  static Executor executor(int most) {
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            most,
            most,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "sardonyx");
              thread.setDaemon(true);
              return thread;
            });
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }
}
