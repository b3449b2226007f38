package org.sardonyx.kernels.vector;

import java.lang.ref.SoftReference;
import java.util.HashMap;
import java.util.Map;
import org.sardonyx.kernels.Chain;
import org.sardonyx.kernels.Chain.Operation;

/** The code of chains, one for all that compute the same. */
final class ChainCodes {

  private final Map<String, SoftReference<ChainCode>> codes = new HashMap<>();
  private final WarmUp warmUp;
  private final ChainCode.Functions functions;

  ChainCodes(WarmUp warmUp, ChainCode.Functions functions) {
    this.warmUp = warmUp;
    this.functions = functions;
  }

  synchronized ChainCode get(Chain chain, int moving) {
    String key = key(chain, moving);
    SoftReference<ChainCode> reference = codes.get(key);
    ChainCode known = reference == null ? null : reference.get();
    if (known == null) {
      codes.values().removeIf(other -> other.get() == null);
      known = new ChainCode(chain, moving, warmUp, functions);
      codes.put(key, new SoftReference<>(known));
    }
    return known;
  }

  /** Not a record: methods that Java makes for one take tens of milliseconds of the first run. */
  private static String key(Chain chain, int moving) {
    StringBuilder key = new StringBuilder();
    key.append(chain.inputs()).append(' ').append(moving);
    for (Operation operation : chain.operations()) {
      operation.describe(key.append(' '));
    }
    return key.toString();
  }
}
