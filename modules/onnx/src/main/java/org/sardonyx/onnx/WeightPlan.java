package org.sardonyx.onnx;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.Limits;
import org.sardonyx.graph.Model;
import org.sardonyx.onnx.WriteOptions.Weights;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.TensorData;

/** Where each constant of a model goes, decided before a byte is written. */
final class WeightPlan {

  /** What becomes of a constant. */
  enum Fate {
    /** As its message says, external references included. */
    AS_IS,
    /** Into the model's file. */
    INSIDE,
    /** Into a data file. */
    OUTSIDE
  }

  /**
   * A place in a data file.
   *
   * @param file number of the file
   * @param offset first byte
   * @param length number of bytes
   */
  record Place(int file, long offset, long length) {}

  private final WriteOptions options;
  private final @Nullable Path target;
  private final IdentityHashMap<TensorData, Fate> fates = new IdentityHashMap<>();
  private final IdentityHashMap<TensorData, Place> places = new IdentityHashMap<>();
  private final List<List<TensorData>> files = new ArrayList<>();
  private final Set<String> kept = new HashSet<>();
  private long end;

  private WeightPlan(WriteOptions options, @Nullable Path target) {
    this.options = options;
    this.target = target;
  }

  /**
   * Decides for every constant of a model.
   *
   * @param target the folder that is written to; null where there is none, and every constant stays
   *     as it is
   */
  static WeightPlan of(Model model, WriteOptions options, @Nullable Path target)
      throws IOException {
    WeightPlan plan = new WeightPlan(options, target);
    List<TensorData> outside = new ArrayList<>();
    Map<ExternalFiles, Boolean> here = new HashMap<>();
    List<StoredTensor> external = new ArrayList<>();
    Constants.visit(
        model,
        (tensor, _) -> {
          if (tensor instanceof StoredTensor stored && stored.external() != null) {
            external.add(stored);
          }
        });
    for (StoredTensor stored : external) {
      if (!here.containsKey(stored.files())) {
        here.put(stored.files(), plan.isHere(stored.files()));
      }
    }
    Constants.visit(
        model,
        (tensor, place) -> {
          Fate fate = plan.decide(tensor, place, here);
          Fate before = plan.fates.putIfAbsent(tensor, fate);
          if (before == null && fate == Fate.OUTSIDE) {
            outside.add(tensor);
          }
        });
    outside.forEach(plan::place);
    return plan;
  }

  Fate fate(TensorData tensor) {
    return fates.getOrDefault(tensor, Fate.AS_IS);
  }

  /** Returns where a constant whose fate is {@link Fate#OUTSIDE} is put. */
  Place placeOf(TensorData tensor) {
    return java.util.Objects.requireNonNull(places.get(tensor));
  }

  /** Returns the constants of each data file, in the order of their offsets. */
  List<List<TensorData>> files() {
    return files;
  }

  /** Writes a data file: its constants at their offsets, zeros between them. */
  void write(int file, FileChannel channel) throws IOException {
    long at = 0;
    for (TensorData tensor : files.get(file)) {
      Place place = placeOf(tensor);
      TensorEncoder.writeFully(ByteBuffer.allocate((int) (place.offset - at)), channel);
      MemorySegment raw = tensor.raw();
      if (raw == null) {
        TensorEncoder.write(tensor.load(), channel);
      } else {
        TensorEncoder.write(raw, channel);
      }
      at = place.offset + place.length;
    }
  }

  /**
   * Returns the name of a data file: ours, never one that the model gave, nor one that it still
   * refers to.
   */
  String fileName(String modelName, int file) {
    String name = modelName + ".data";
    for (int i = 2; kept.contains(name); i++) {
      name = modelName + "." + i + ".data";
    }
    return options.weights() == Weights.SHARDS
        ? name + String.format(Locale.ROOT, "-%05d", file + 1)
        : name;
  }

  private boolean isHere(ExternalFiles from) throws IOException {
    Path directory = from.directory();
    return target == null
        || directory == null
        || directory.equals(target)
        || (Files.isDirectory(directory) && Files.isSameFile(directory, target));
  }

  private Fate decide(TensorData tensor, Constants.Place place, Map<ExternalFiles, Boolean> here) {
    StoredTensor external =
        tensor instanceof StoredTensor stored && stored.external() != null ? stored : null;
    if (target == null) {
      return Fate.AS_IS;
    }
    switch (options.weights()) {
      case AS_READ -> {
        if (external == null) {
          return Fate.AS_IS;
        }
        if (!here.getOrDefault(external.files(), false)) {
          return Fate.OUTSIDE;
        }
        ExternalRange range = external.external();
        if (range != null) {
          kept.add(range.location());
        }
        return Fate.AS_IS;
      }
      case INSIDE -> {
        return external == null ? Fate.AS_IS : Fate.INSIDE;
      }
      case ONE_FILE, SHARDS -> {
        boolean large =
            tensor.dataType() != DataType.STRING
                && bytes(tensor) >= Math.max(1, options.threshold());
        if (large && (external != null || place == Constants.Place.INITIALIZER)) {
          return Fate.OUTSIDE;
        }
        return external == null ? Fate.AS_IS : Fate.INSIDE;
      }
    }
    throw new IllegalStateException();
  }

  private void place(TensorData tensor) {
    long length = bytes(tensor);
    long mask = options.alignment() - 1L;
    long offset = (end + mask) & ~mask;
    boolean full =
        options.weights() == Weights.SHARDS && end > 0 && offset + length > options.shardBytes();
    if (files.isEmpty() || full) {
      files.add(new ArrayList<>());
      offset = 0;
    }
    files.getLast().add(tensor);
    places.put(tensor, new Place(files.size() - 1, offset, length));
    end = offset + length;
  }

  private static long bytes(TensorData tensor) {
    long elements =
        Encoding.elements(
            Arrays.stream(tensor.shape().sizes()).boxed().toList(), Limits.standard());
    return tensor.dataType().byteSize(elements);
  }
}
