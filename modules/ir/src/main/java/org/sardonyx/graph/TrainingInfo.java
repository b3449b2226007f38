package org.sardonyx.graph;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a model is trained ({@code TrainingInfoProto}); carried, not run.
 *
 * @param initialization a graph that makes initial values; null where there is none
 * @param algorithm a graph that makes one step; null where there is none
 * @param initializationBinding initializers and what sets them first
 * @param updateBinding initializers and what updates them
 * @param extra what the file said beyond this
 */
public record TrainingInfo(
    @Nullable Graph initialization,
    @Nullable Graph algorithm,
    List<Entry> initializationBinding,
    List<Entry> updateBinding,
    Extra extra) {

  public TrainingInfo {
    initializationBinding = List.copyOf(initializationBinding);
    updateBinding = List.copyOf(updateBinding);
  }
}
