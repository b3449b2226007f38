package org.sardonyx.runtime;

import java.lang.ref.SoftReference;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one plan that nobody runs on: as many as have run at the same time, until the memory
 * they keep is wanted for something else.
 */
final class Calls {

  private final ArrayDeque<SoftReference<Call>> idle = new ArrayDeque<>();

  /** Returns a call that nobody else has; null where a new one has to be made. */
  @Nullable Call take() {
    while (true) {
      SoftReference<Call> reference;
      synchronized (idle) {
        reference = idle.pollLast();
      }
      if (reference == null) {
        return null;
      }
      Call call = reference.get();
      if (call != null) {
        return call;
      }
    }
  }

  /** Gives back a call whose run went well; others are not to be used again. */
  void give(Call call) {
    synchronized (idle) {
      idle.addLast(call.reference());
    }
  }
}
