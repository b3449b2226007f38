package org.sardonyx.kernels.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Loops that fail while they warm up. */
class WarmUpTest {

  private static final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1;

    Failure() {
      super("wanted by a test", null, false, false);
    }
  }

  private static void await(WarmUp warmUp) {
    assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          while (!warmUp.isIdle()) {
            Thread.sleep(1);
          }
        });
  }

  @Test
  void aRehearsalAsksForNoVectors() {
    VectorKernels kernels = new VectorKernels(true);
    kernels.rehearse(true);
    kernels.rehearse(false);
    assertTrue(kernels.isWarm());
  }

  @Test
  void aLoopThatFailedOnceIsTriedAgain() {
    WarmUp warmUp = new WarmUp(true);
    AtomicInteger runs = new AtomicInteger();
    Part part =
        new Part(
            warmUp,
            () ->
                new Part.Work(
                    8,
                    (x, y) -> {
                      if (runs.incrementAndGet() == 1) {
                        throw new Failure();
                      }
                    },
                    null));
    assertFalse(part.isReady());
    await(warmUp);
    assertEquals(1, runs.get());
    // Begins anew, and may be done before it returns.
    part.isReady();
    await(warmUp);
    assertTrue(part.isReady());
  }

  @Test
  void aLoopThatAlwaysFailsIsLeftAlone() {
    WarmUp warmUp = new WarmUp(true);
    AtomicInteger runs = new AtomicInteger();
    Part part =
        new Part(
            warmUp,
            () ->
                new Part.Work(
                    8,
                    (x, y) -> {
                      runs.incrementAndGet();
                      throw new Failure();
                    },
                    null));
    for (int i = 0; i < 10; i++) {
      assertFalse(part.isReady());
      await(warmUp);
    }
    assertEquals(3, runs.get());
  }
}
