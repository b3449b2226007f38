package org.sardonyx.torch.pickle;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a pickle holds beside null, Boolean, Long, BigInteger, Double, String and byte[]. */
public sealed interface Pickled {

  /** A tuple. */
  record Tuple(List<@Nullable Object> items) implements Pickled {}

  /** A list, which later opcodes may still append to; equal only to itself. */
  final class Items implements Pickled {
    private final List<@Nullable Object> items = new ArrayList<>();

    public List<@Nullable Object> items() {
      return items;
    }
  }

  /** A dictionary or ordered dictionary, in the order of its entries; equal only to itself. */
  final class Dict implements Pickled {
    private final Map<Object, @Nullable Object> entries = new LinkedHashMap<>();

    /** Returns the entries; a key that is a number or text is itself. */
    public Map<Object, @Nullable Object> entries() {
      return entries;
    }

    public @Nullable Object get(String key) {
      return entries.get(key);
    }
  }

  /**
   * The name of a class or function, which nothing looks up.
   *
   * @param module the module
   * @param name the name in it
   * @param offset where in the pickle it is named
   */
  record Global(String module, String name, long offset) implements Pickled {
    public String qualified() {
      return module + "." + name;
    }
  }

  /** An instance of a class that is not known: its name, what it was made of, and its state. */
  final class Instance implements Pickled {
    private final Global type;
    private final List<@Nullable Object> arguments;
    private @Nullable Object state;

    Instance(Global type, List<@Nullable Object> arguments) {
      this.type = type;
      this.arguments = arguments;
    }

    public Global type() {
      return type;
    }

    public List<@Nullable Object> arguments() {
      return arguments;
    }

    public @Nullable Object state() {
      return state;
    }

    void setState(@Nullable Object newState) {
      state = newState;
    }
  }

  /**
   * Elements of some type in a file or in an entry of it.
   *
   * @param type the class of the storage, as {@code FloatStorage}
   * @param key its name in the file
   * @param elements how many elements it says to have
   * @param offset first element, of a storage that is a part of another
   */
  record Storage(String type, String key, long elements, long offset) implements Pickled {}

  /**
   * A tensor: a view of a storage.
   *
   * @param storage the elements
   * @param dtype the name of the element type where it is not that of the storage; empty otherwise
   * @param offset first element
   * @param shape sizes
   * @param strides steps, in elements
   * @param quantization how integers stand for numbers; null where they do not
   */
  record TensorView(
      Storage storage,
      String dtype,
      long offset,
      List<Long> shape,
      List<Long> strides,
      @Nullable Quantization quantization)
      implements Pickled {}

  /**
   * How integers stand for numbers: {@code (q - zero_point) scale}, for the whole tensor or for
   * each index of an axis.
   *
   * @param scheme the name of the scheme, as {@code per_tensor_affine}
   * @param scale a Double or a {@link TensorView}
   * @param zeroPoint a Long or a {@link TensorView}
   * @param axis the axis; -1 for the whole tensor
   */
  record Quantization(String scheme, Object scale, Object zeroPoint, long axis)
      implements Pickled {}
}
