package org.sardonyx.torch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.archive.Archive;
import org.sardonyx.archive.FileBytes;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.torch.file.Legacy;
import org.sardonyx.torch.file.Storages;
import org.sardonyx.torch.pickle.Globals;
import org.sardonyx.torch.pickle.Unpickler;

/**
 * A file of {@code torch.save}, {@code torch.jit.save} or {@code torch.export.save}: its values and
 * its tensors by name. The file is mapped; nothing in it is executed, and no tensor is loaded
 * before it is asked for. The file must not be changed while it is used.
 */
public final class TorchFile {

  /** What kind of file it is. */
  public enum Kind {
    /** Of {@code torch.save}, a zip archive. */
    SAVED,
    /** Of {@code torch.save} before 1.6, or without the archive. */
    LEGACY,
    /** Of {@code torch.jit.save}: a module and its code. */
    SCRIPT,
    /** Of {@code torch.export.save}. */
    EXPORTED
  }

  private final String label;
  private final Kind kind;
  private final @Nullable Object root;
  private final Storages storages;
  private final @Nullable Archive archive;
  private final String stem;
  private final @Nullable ExportedArchive exported;
  private final Map<String, TorchTensor> tensors;

  private TorchFile(
      String label,
      Kind kind,
      @Nullable Object root,
      Storages storages,
      @Nullable Archive archive,
      String stem) {
    this.label = label;
    this.kind = kind;
    this.root = root;
    this.storages = storages;
    this.archive = archive;
    this.stem = stem;
    this.exported =
        kind == Kind.EXPORTED && archive != null ? ExportedArchive.of(archive, stem) : null;
    this.tensors = exported == null ? Naming.of(root, storages) : exported.tensors();
  }

  /**
   * Whether the first bytes are those of a file of PyTorch: an archive with its entries, or old.
   */
  public static boolean recognise(Path path) {
    if (!Files.isRegularFile(path)) {
      return false;
    }
    try {
      MemorySegment file = map(path);
      if (Legacy.recognise(file)) {
        return true;
      }
      return isZip(file) && !stem(Archive.of(file)).isEmpty();
    } catch (ModelException e) {
      return false;
    }
  }

  /**
   * Reads the pickles of a file and checks every tensor against its storage.
   *
   * @throws MalformedModel where it is damaged or none
   * @throws UnsupportedModel where it names what no file of tensors needs
   * @throws InvalidInput where it is not there
   */
  public static TorchFile read(Path path) {
    if (!Files.isRegularFile(path)) {
      throw new InvalidInput("there is no file " + Text.escape(path.toString()));
    }
    String label = Text.escape(String.valueOf(path.getFileName()));
    try {
      return read(map(path), label);
    } catch (ModelException e) {
      throw e.within(label);
    } catch (ArithmeticException e) {
      throw new MalformedModel("sizes that no file has", e).within(label);
    }
  }

  private static MemorySegment map(Path path) {
    try {
      return FileBytes.of(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isZip(MemorySegment file) {
    return file.byteSize() >= 4
        && file.get(ValueLayout.JAVA_BYTE, 0) == 'P'
        && file.get(ValueLayout.JAVA_BYTE, 1) == 'K';
  }

  static TorchFile read(MemorySegment file, String label) {
    if (Legacy.recognise(file)) {
      Legacy legacy = Legacy.read(file);
      return new TorchFile(label, Kind.LEGACY, legacy.root(), legacy.storages(), null, "");
    }
    if (!isZip(file)) {
      throw new MalformedModel(
          "no file of PyTorch: neither a zip archive (torch.save, torch.jit.save) nor the older form"
              + (file.byteSize() > 262 && ascii(file, 257, 5).equals("ustar")
                  ? " but a tar archive, as PyTorch 0.1 wrote; save it again with a newer one"
                  : ""));
    }
    Archive archive = Archive.of(file);
    String stem = stem(archive);
    if (stem.isEmpty()) {
      throw new MalformedModel(
          "a zip archive without data.pkl or models/model.json: not of PyTorch");
    }
    stem = stem.equals("/") ? "" : stem;
    if (!archive.has(stem + "data.pkl")) {
      return new TorchFile(label, Kind.EXPORTED, null, TorchFile::unread, archive, stem);
    }
    boolean big = isBigEndian(archive, stem);
    boolean script = archive.has(stem + "constants.pkl");
    Storages storages = storages(archive, stem + "data/", big);
    Object root = pickle(archive, stem + "data.pkl", true);
    return new TorchFile(label, script ? Kind.SCRIPT : Kind.SAVED, root, storages, archive, stem);
  }

  private static Storages.Found unread(String key, String tensor) {
    throw new IllegalStateException(tensor + " in storage " + key);
  }

  private static String ascii(MemorySegment file, long at, int count) {
    return new String(
        file.asSlice(at, count).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.ISO_8859_1);
  }

  /** Returns the folder that all lies in, with its slash; empty where there is none. */
  private static String stem(Archive archive) {
    for (String name : archive.names()) {
      int slash = name.indexOf('/');
      String folder = slash < 0 ? "" : name.substring(0, slash + 1);
      if (archive.has(folder + "data.pkl") && !folder.isEmpty()) {
        return folder;
      }
      if (ExportedArchive.isProgram(name, "")) {
        return "/";
      }
      if (ExportedArchive.isProgram(name, folder)) {
        return folder;
      }
    }
    return "";
  }

  private static boolean isBigEndian(Archive archive, String stem) {
    MemorySegment order = archive.find(stem + "byteorder");
    if (order == null) {
      return false;
    }
    String text = ascii(order, 0, (int) Math.min(order.byteSize(), 16)).strip();
    if (!text.equals("little") && !text.equals("big")) {
      throw new MalformedModel("byteorder is \"" + Text.escape(text) + "\", not little or big");
    }
    return text.equals("big");
  }

  static Storages storages(Archive archive, String folder, boolean bigEndian) {
    return (key, tensor) -> {
      MemorySegment bytes = archive.find(folder + key);
      if (bytes == null) {
        throw new MalformedModel(
            tensor + ": the archive has no storage \"" + Text.escape(folder + key) + "\"");
      }
      return new Storages.Found(bytes, bigEndian, archive.offset(folder + key));
    };
  }

  private static @Nullable Object pickle(Archive archive, String name, boolean opaque) {
    MemorySegment bytes = archive.find(name);
    if (bytes == null) {
      throw new MalformedModel("the archive has no entry " + Text.escape(name));
    }
    try {
      return Unpickler.read(bytes, 0, new Globals(opaque)).value();
    } catch (ModelException e) {
      throw e.within(Text.escape(name));
    }
  }

  public Kind kind() {
    return kind;
  }

  /** Returns the name of the file, for messages. */
  public String label() {
    return label;
  }

  /** Returns what was saved, as data; null also where that was None. */
  @Nullable Object root() {
    return root;
  }

  Storages storages() {
    return storages;
  }

  /**
   * Returns the tensors by name: keys of dictionaries and indices of lists joined by slashes,
   * modules' parameters and buffers by dots.
   */
  public Map<String, TorchTensor> tensors() {
    return tensors;
  }

  /** Loads all tensors, quantized ones as the numbers that they stand for. */
  public Map<String, Tensor> load() {
    Map<String, Tensor> loaded = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> loaded.put(name, tensor.dequantized()));
    return loaded;
  }

  /** Returns the archive; only where the file is one. */
  Archive archive() {
    if (archive == null) {
      throw new IllegalStateException(label + " is no archive");
    }
    return archive;
  }

  /** Returns the program and the tensors of torch.export; only where the file is of that. */
  ExportedArchive exported() {
    if (exported == null) {
      throw new IllegalStateException(label + " is not of torch.export");
    }
    return exported;
  }

  /** Returns the folder in the archive, with its slash. */
  String stem() {
    return stem;
  }

  /** Reads another pickle of the archive, of a script. */
  @Nullable Object constants() {
    return pickle(archive(), stem + "constants.pkl", true);
  }

  /** Returns the storages of the constants of a script. */
  Storages constantStorages() {
    return storages(archive(), stem + "constants/", isBigEndian(archive(), stem));
  }
}
