package org.sardonyx.torch;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.archive.Archive;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.torch.exported.Json;
import org.sardonyx.torch.exported.Payloads;

/**
 * An archive of torch.export: where its program and its tensors lie. Up to PyTorch 2.7 they are
 * {@code serialized_exported_program.json} and files of {@code torch.save} beside it; later {@code
 * models/NAME.json} and, under {@code data/}, either such files or the bytes of each tensor with a
 * table in JSON.
 *
 * @param program the program
 * @param weights parameters and buffers by name
 * @param constants other tensors by name
 */
record ExportedArchive(
    Json program, Map<String, TorchTensor> weights, Map<String, TorchTensor> constants) {

  private static final String OLD = "serialized_exported_program.json";

  /** Whether an entry is that of a program; {@code folder} has its slash, or is empty. */
  static boolean isProgram(String entry, String folder) {
    return entry.equals(folder + OLD)
        || (entry.startsWith(folder + "models/") && entry.endsWith(".json"));
  }

  static ExportedArchive of(Archive archive, String folder) {
    if (archive.has(folder + OLD)) {
      return new ExportedArchive(
          json(archive, folder + OLD),
          saved(archive, folder + "serialized_state_dict.pt"),
          saved(archive, folder + "serialized_constants.pt"));
    }
    List<String> models = new ArrayList<>();
    for (String name : archive.names()) {
      if (isProgram(name, folder)) {
        models.add(
            name.substring(folder.length() + "models/".length(), name.length() - ".json".length()));
      }
    }
    String model = models.contains("model") || models.size() != 1 ? "model" : models.getFirst();
    if (!models.contains(model)) {
      throw new UnsupportedModel(
          "the archive holds the models " + models + ", and none is \"model\"");
    }
    return new ExportedArchive(
        json(archive, folder + "models/" + model + ".json"),
        payloads(archive, folder + "data/weights/", model, "weights"),
        payloads(archive, folder + "data/constants/", model, "constants"));
  }

  /** Returns all tensors. */
  Map<String, TorchTensor> tensors() {
    Map<String, TorchTensor> all = new LinkedHashMap<>(weights);
    constants.forEach(all::putIfAbsent);
    return Collections.unmodifiableMap(all);
  }

  private static Json json(Archive archive, String name) {
    return Json.parse(Text.escape(name), entry(archive, name));
  }

  private static MemorySegment entry(Archive archive, String name) {
    MemorySegment bytes = archive.find(name);
    if (bytes == null) {
      throw new MalformedModel("the archive has no entry " + Text.escape(name));
    }
    return bytes;
  }

  private static Map<String, TorchTensor> saved(Archive archive, String name) {
    @Nullable MemorySegment bytes = archive.find(name);
    if (bytes == null || bytes.byteSize() == 0) {
      return Map.of();
    }
    try {
      return TorchFile.read(bytes, Text.escape(name)).tensors();
    } catch (ModelException e) {
      throw e.within(Text.escape(name));
    }
  }

  private static Map<String, TorchTensor> payloads(
      Archive archive, String folder, String model, String kind) {
    if (archive.has(folder + model + ".pt")) {
      return saved(archive, folder + model + ".pt");
    }
    String table = folder + model + "_" + kind + "_config.json";
    if (!archive.has(table)) {
      return Map.of();
    }
    Map<String, TorchTensor> tensors = new LinkedHashMap<>();
    for (Payloads.Entry entry : Payloads.of(json(archive, table))) {
      String file = folder + entry.file();
      if (entry.pickled()) {
        for (TorchTensor tensor : saved(archive, file).values()) {
          tensors.put(entry.name(), tensor.named(entry.name()));
        }
      } else {
        MemorySegment bytes = entry(archive, file);
        tensors.put(
            entry.name(),
            TorchTensor.of(
                entry.name(),
                entry.view(file, bytes.byteSize()),
                TorchFile.storages(archive, "", false)));
      }
    }
    return tensors;
  }
}
