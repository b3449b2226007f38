package org.sardonyx.torch.file;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.torch.pickle.Globals;
import org.sardonyx.torch.pickle.Pickled;
import org.sardonyx.torch.pickle.Unpickler;

/**
 * The form before PyTorch 1.6: five pickles one behind the other (a magic number, a protocol, the
 * system, the object, the keys of the storages), and the storages, each an int64 count and its
 * elements.
 */
public final class Legacy {

  private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
  private static final byte[] START = {
    (byte) 0x80, 2, (byte) 0x8a, 10, 0x6c, (byte) 0xfc, (byte) 0x9c, 0x46, (byte) 0xf9, 0x20
  };

  private final @Nullable Object root;
  private final Storages storages;

  private Legacy(@Nullable Object root, Storages storages) {
    this.root = root;
    this.storages = storages;
  }

  public static boolean recognise(MemorySegment file) {
    return file.byteSize() > START.length
        && file.asSlice(0, START.length).mismatch(MemorySegment.ofArray(START)) < 0;
  }

  public static Legacy read(MemorySegment file) {
    Sizes sizes = new Sizes();
    Unpickler.Result magic = Unpickler.read(file, 0, sizes);
    if (!MAGIC.equals(magic.value())) {
      throw new MalformedModel("at offset 0: not the magic number of PyTorch");
    }
    Unpickler.Result protocol = Unpickler.read(file, magic.end(), sizes);
    if (!Long.valueOf(1001).equals(protocol.value())) {
      throw new UnsupportedModel("at offset " + magic.end() + ": a protocol other than 1001");
    }
    Unpickler.Result system = Unpickler.read(file, protocol.end(), sizes);
    boolean big =
        system.value() instanceof Pickled.Dict dict
            && Boolean.FALSE.equals(dict.get("little_endian"));
    Unpickler.Result object = Unpickler.read(file, system.end(), sizes);
    Unpickler.Result keys = Unpickler.read(file, object.end(), sizes);
    if (!(keys.value() instanceof Pickled.Items list)) {
      throw new MalformedModel("at offset " + object.end() + ": no list of storages");
    }
    Map<String, Storages.Found> found = new HashMap<>();
    ByteOrder order = big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    long at = keys.end();
    for (@Nullable Object key : list.items()) {
      String name = String.valueOf(key);
      Integer width = sizes.widths.get(name);
      if (width == null) {
        throw new MalformedModel(
            "at offset " + at + ": storage \"" + Text.escape(name) + "\" belongs to no tensor");
      }
      if (at > file.byteSize() - 8) {
        throw new MalformedModel("at offset " + at + ": the file is cut off");
      }
      long count = file.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(order), at);
      at += 8;
      if (count < 0 || count > (file.byteSize() - at) / width) {
        throw new MalformedModel(
            "at offset "
                + (at - 8)
                + ": storage \""
                + Text.escape(name)
                + "\" of "
                + count
                + " elements of "
                + width
                + " bytes; the file has "
                + (file.byteSize() - at));
      }
      if (found.put(name, new Storages.Found(file.asSlice(at, count * width), big, at)) != null) {
        throw new MalformedModel(
            "at offset " + at + ": storage \"" + Text.escape(name) + "\" is there twice");
      }
      at += count * width;
    }
    return new Legacy(
        object.value(),
        (key, tensor) -> {
          Storages.Found storage = found.get(key);
          if (storage == null) {
            throw new MalformedModel(
                tensor + ": the file has no storage \"" + Text.escape(key) + "\"");
          }
          return storage;
        });
  }

  public @Nullable Object root() {
    return root;
  }

  public Storages storages() {
    return storages;
  }

  /** Notes how wide the elements of each storage are: the storages themselves do not say. */
  private static final class Sizes extends Globals {
    private final Map<String, Integer> widths = new HashMap<>();

    Sizes() {
      super(true);
    }

    @Override
    protected void storage(String type, String key, long at) {
      int width =
          switch (type) {
            case "DoubleStorage", "LongStorage", "ComplexFloatStorage" -> 8;
            case "FloatStorage", "IntStorage", "QInt32Storage" -> 4;
            case "HalfStorage", "BFloat16Storage", "ShortStorage" -> 2;
            case "CharStorage",
                "ByteStorage",
                "BoolStorage",
                "QInt8Storage",
                "QUInt8Storage",
                "UntypedStorage" ->
                1;
            case "ComplexDoubleStorage" -> 16;
            default ->
                throw new UnsupportedModel(
                    "at offset " + at + ": a storage of type " + Text.escape(type));
          };
      Integer before = widths.put(key, width);
      if (before != null && before != width) {
        throw new MalformedModel(
            "at offset " + at + ": storage \"" + Text.escape(key) + "\" is of two types");
      }
    }
  }
}
