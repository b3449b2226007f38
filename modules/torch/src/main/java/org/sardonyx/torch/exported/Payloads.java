package org.sardonyx.torch.exported;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.torch.pickle.Pickled;

/** The table of the tensors of an archive of torch.export, in newer ones. */
public final class Payloads {

  private Payloads() {}

  /**
   * A tensor.
   *
   * @param name its name in the program
   * @param file the file that holds it
   * @param pickled whether that is one of torch.save, and not the bytes of the elements
   * @param meta its type, sizes and strides; null where it is pickled
   */
  public record Entry(String name, String file, boolean pickled, @Nullable Json meta) {

    /** Returns the view of the bytes of the file that the tensor is. */
    public Pickled.TensorView view(String key, long bytes) {
      if (meta == null) {
        throw new UnsupportedModel(Text.escape(name) + " is an object of a class, not a tensor");
      }
      return Meta.view(meta, key, bytes);
    }
  }

  /** Reads the table. */
  public static List<Entry> of(Json table) {
    List<Entry> entries = new ArrayList<>();
    table
        .get("config")
        .entries()
        .forEach((name, payload) ->
            entries.add(
                new Entry(
                    name,
                    payload.get("path_name").text(),
                    payload.get("use_pickle").flag(),
                    payload.optional("tensor_meta"))));
    return entries;
  }
}
