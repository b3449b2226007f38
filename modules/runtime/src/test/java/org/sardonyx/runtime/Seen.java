package org.sardonyx.runtime;

import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.sardonyx.tensor.Value;

/** What ran, by operator and version. */
final class Seen implements Observer {

  private final Set<String> operators = new TreeSet<>();

  @Override
  public void ends(
      Place place,
      @Nullable Object begun,
      @Nullable Value[] inputs,
      @Nullable Value[] outputs,
      long start,
      long nanos,
      long own) {
    operators.add(place.operator());
  }

  Set<String> operators() {
    return operators;
  }

  void forget() {
    operators.clear();
  }
}
