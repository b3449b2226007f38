package org.sardonyx.export;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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
import org.sardonyx.tensor.TensorData;
import org.sardonyx.torch.TorchFile;

/** Named weights, of which none may be missing and none may be left. */
public final class StoredWeights {

  private final Map<String, TensorData> tensors;
  private final Set<String> left;

  private StoredWeights(Map<String, ? extends TensorData> tensors) {
    this.tensors = Map.copyOf(tensors);
    this.left = new LinkedHashSet<>(tensors.keySet());
  }

  public static StoredWeights of(Map<String, Tensor> tensors) {
    Map<String, TensorData> all = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> all.put(name, TensorData.of(name, tensor)));
    return new StoredWeights(all);
  }

  /**
   * Opens a file of weights; each is loaded when a layer takes it.
   *
   * @throws UnsupportedModel where it is neither {@code .npz} nor {@code .safetensors}, nor of
   *     PyTorch
   */
  public static StoredWeights read(Path file) {
    return new StoredWeights(stored(file));
  }

  /** Reads the tensors of a file by name: npz, safetensors, or of PyTorch by what is in it. */
  public static Map<String, Tensor> tensors(Path file) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    stored(file).forEach((name, stored) -> tensors.put(name, stored.load()));
    return tensors;
  }

  /**
   * Opens a file as {@link #tensors}: names and shapes are read, and elements when they are asked
   * for, from the file, which stays as it is as long.
   */
  public static Map<String, TensorData> stored(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new InvalidInput("there is no file " + Text.escape(file.toString()));
    }
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    if (name.endsWith(".npz")) {
      return Npz.open(file);
    }
    if (name.endsWith(".safetensors")) {
      return Safetensors.open(file);
    }
    if (TorchFile.recognise(file)) {
      Map<String, TensorData> all = new LinkedHashMap<>();
      TorchFile.read(file).tensors().forEach((key, tensor) -> all.put(key, tensor.asNumbers()));
      return all;
    }
    throw new UnsupportedModel(
        "weights are read from .npz, .safetensors and files of PyTorch, not from "
            + Text.escape(name));
  }

  /**
   * Takes a tensor.
   *
   * @throws InvalidInput where it is missing or holds something else than floats
   */
  Tensor take(String layer, String name) {
    return data(layer, name).load();
  }

  /** As {@link #take}, without loading it. */
  TensorData data(String layer, String name) {
    TensorData data = optionalData(layer, name);
    if (data == null) {
      throw new InvalidInput(
          layer + ": the weights \"" + Text.escape(name) + "\" are missing" + near(name));
    }
    return data;
  }

  @Nullable Tensor optional(String layer, String name) {
    TensorData data = optionalData(layer, name);
    return data == null ? null : data.load();
  }

  private @Nullable TensorData optionalData(String layer, String name) {
    TensorData stored = tensors.get(name);
    if (stored == null) {
      return null;
    }
    if (stored.dataType() != DataType.FLOAT) {
      throw new InvalidInput(
          layer
              + ": the weights \""
              + Text.escape(name)
              + "\" are "
              + stored.type()
              + ", expected float");
    }
    left.remove(name);
    return stored;
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
