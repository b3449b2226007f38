package org.sardonyx.torch;

import java.util.LinkedHashMap;
import java.util.Map;
import org.sardonyx.type.Type;

/**
 * What a program does not say of its inputs.
 *
 * @param inputs types by the names of inputs; sizes that are named stay open
 * @param dims names or numbers of sizes by input and axis, as {@code x.0}
 */
public record TorchOptions(Map<String, Type.OfTensor> inputs, Map<String, String> dims) {

  /** Nothing is said: types and ranks are those that the program is consistent with. */
  public static final TorchOptions NONE = new TorchOptions(Map.of(), Map.of());

  public TorchOptions {
    inputs = Map.copyOf(inputs);
    dims = Map.copyOf(dims);
  }

  public TorchOptions withInput(String name, Type.OfTensor type) {
    Map<String, Type.OfTensor> more = new LinkedHashMap<>(inputs);
    more.put(name, type);
    return new TorchOptions(more, dims);
  }

  public TorchOptions withDims(Map<String, String> names) {
    return new TorchOptions(inputs, names);
  }
}
