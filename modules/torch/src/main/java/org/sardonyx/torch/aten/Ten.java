package org.sardonyx.torch.aten;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Dim;

/**
 * A tensor of the program that is being followed: a value of the graph, or a constant that becomes
 * one when it is used. In-place operators change it; views of it follow, and it follows its views.
 */
public final class Ten implements Cell {

  /**
   * What it is at one time.
   *
   * @param ref the value of the graph; null for a constant that was not yet used
   * @param type the type of the elements; null where it is that of an input and not yet known
   * @param dims the sizes; null where not even the rank is known
   * @param data the elements of a constant
   * @param scalar of rank 0: the number, where it is known or a {@link Sym}
   */
  record State(
      @Nullable Ref ref,
      @Nullable DataType type,
      @Nullable List<Dim> dims,
      @Nullable TensorData data,
      @Nullable Object scalar) {}

  private final int depth;
  private final int origin;
  private State state;
  private final String name;
  private int version;
  private @Nullable Ten base;
  private @Nullable UnaryOperator<Ten> view;
  private int baseVersion;

  Ten(int depth, int origin, State state) {
    this.depth = depth;
    this.origin = origin;
    this.state = state;
    this.name = state.data() == null ? "" : state.data().name();
  }

  /** Returns the number of the input whose type and rank this has; -1 where they are its own. */
  int origin() {
    return origin;
  }

  /** Whether a constant was changed in place. */
  public boolean isChanged() {
    return version > 0;
  }

  /** Returns the name of a constant; empty where it has none. */
  public String name() {
    return name;
  }

  State now() {
    follow();
    return state;
  }

  private void follow() {
    if (base != null && view != null) {
      base.follow();
      if (base.version != baseVersion) {
        state = view.apply(base).now();
        baseVersion = base.version;
        version++;
      }
    }
  }

  void asViewOf(Ten newBase, UnaryOperator<Ten> how) {
    base = newBase;
    view = how;
    baseVersion = newBase.version;
  }

  @Nullable Ten base() {
    return base;
  }

  @Nullable UnaryOperator<Ten> view() {
    return view;
  }

  void set(State newState) {
    state = newState;
    version++;
  }

  /** Notes that the base holds what this holds. */
  void inStep() {
    if (base != null) {
      baseVersion = base.version;
    }
  }

  @Override
  public Object state() {
    return now();
  }

  @Override
  public void restore(Object given) {
    set((State) given);
    inStep();
  }

  @Override
  public int depth() {
    return depth;
  }
}
