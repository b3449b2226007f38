package org.sardonyx.kernels.vector;

import java.lang.ref.SoftReference;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.sardonyx.kernels.Chain;
import org.sardonyx.kernels.Chain.Operation;

/** The code of chains, one for all that compute the same. */
final class ChainCodes {

  private record Key(int inputs, List<Operation> operations, int moving) {}

  private final Map<Key, SoftReference<ChainCode>> codes = new HashMap<>();
  private final WarmUp warmUp;
  private final ChainCode.Functions functions;

  ChainCodes(WarmUp warmUp, ChainCode.Functions functions) {
    this.warmUp = warmUp;
    this.functions = functions;
  }

  synchronized ChainCode get(Chain chain, int moving) {
    Key key = new Key(chain.inputs(), chain.operations(), moving);
    SoftReference<ChainCode> reference = codes.get(key);
    ChainCode known = reference == null ? null : reference.get();
    if (known == null) {
      codes.values().removeIf(other -> other.get() == null);
      known = new ChainCode(chain, moving, warmUp, functions);
      codes.put(key, new SoftReference<>(known));
    }
    return known;
  }
}
