package org.sardonyx.graph;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.type.Type;

/**
 * A name with what is declared of it.
 *
 * @param name the name of the value
 * @param type its type; null where none is declared
 * @param docString free text
 * @param metadata keys and values
 * @param extra what the file said beyond this
 */
public record ValueInfo(
    String name, @Nullable Type type, String docString, List<Entry> metadata, Extra extra) {

  public ValueInfo {
    metadata = List.copyOf(metadata);
  }

  public ValueInfo(String name, @Nullable Type type) {
    this(name, type, "", List.of(), Extra.NONE);
  }

  public ValueInfo withType(@Nullable Type newType) {
    return new ValueInfo(name, newType, docString, metadata, extra);
  }

  public ValueInfo withName(String newName) {
    return new ValueInfo(newName, type, docString, metadata, extra);
  }
}
