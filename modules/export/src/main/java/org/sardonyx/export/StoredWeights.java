package org.sardonyx.export;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.onnx.Npz;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Named weights, of which none may be missing and none may be left. */
public final class StoredWeights {

  private final Map<String, Tensor> tensors;
  private final Set<String> left;

  private StoredWeights(Map<String, Tensor> tensors) {
    this.tensors = Map.copyOf(tensors);
    this.left = new LinkedHashSet<>(tensors.keySet());
  }

  public static StoredWeights of(Map<String, Tensor> tensors) {
    return new StoredWeights(tensors);
  }

  /**
   * Reads a file of weights.
   *
   * @throws UnsupportedModel where it is neither {@code .npz} nor {@code .safetensors}
   */
  public static StoredWeights read(Path file) {
    return of(tensors(file));
  }

  /** Reads the tensors of an npz or safetensors file by name. */
  public static Map<String, Tensor> tensors(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    if (name.endsWith(".npz")) {
      return Npz.read(file);
    }
    if (name.endsWith(".safetensors")) {
      return Safetensors.read(file);
    }
    throw new UnsupportedModel(
        "weights are read from .npz and .safetensors, not from " + Text.escape(name));
  }

  /**
   * Takes a tensor.
   *
   * @throws InvalidInput where it is missing or holds something else than floats
   */
  Tensor take(String layer, String name) {
    Tensor tensor = optional(layer, name);
    if (tensor == null) {
      throw new InvalidInput(
          layer + ": the weights \"" + Text.escape(name) + "\" are missing" + near(name));
    }
    return tensor;
  }

  @Nullable Tensor optional(String layer, String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      return null;
    }
    if (tensor.dataType() != DataType.FLOAT) {
      throw new InvalidInput(
          layer + ": the weights \"" + Text.escape(name) + "\" are " + tensor + ", expected float");
    }
    left.remove(name);
    return tensor;
  }

  boolean has(String name) {
    return tensors.containsKey(name);
  }

  /** Lets a tensor be there that has no part in what is computed. */
  void ignore(String name) {
    left.remove(name);
  }

  private String near(String name) {
    List<String> some = new ArrayList<>();
    for (String other : left) {
      if (some.size() < 8 && !other.equals(name)) {
        some.add(Text.escape(other));
      }
    }
    return some.isEmpty() ? "" : "; there are " + some + (left.size() > some.size() ? " ..." : "");
  }

  /** Refuses what was not taken. */
  void end() {
    if (!left.isEmpty()) {
      throw new InvalidInput(
          "weights that no layer takes: " + left.stream().sorted().map(Text::escape).toList());
    }
  }
}
