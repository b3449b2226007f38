package org.sardonyx.torch.aten;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Dim;

/**
 * A list: its items, or a sequence of tensors of the graph where how many there are is not known
 * before the model runs.
 */
public final class Items implements Cell {

  /**
   * A sequence.
   *
   * @param ref the sequence; or a tensor with one more axis in front, where {@code stacked}
   * @param stacked whether it is one tensor
   * @param type of its tensors
   * @param dims of each of its tensors; null where they differ in rank
   * @param length how many
   */
  public record Sequence(
      Ref ref, boolean stacked, DataType type, @Nullable List<Dim> dims, Dim length) {}

  private final int depth;
  private List<@Nullable Object> items;
  private @Nullable Sequence sequence;
  private int reads;
  private @Nullable Ten base;
  private @Nullable Function<Ten, Items> pieces;

  Items(int depth, List<@Nullable Object> items) {
    this.depth = depth;
    this.items = new ArrayList<>(items);
  }

  /** Whether the items are known one by one. */
  public boolean isKnown() {
    return sequence == null;
  }

  /** Returns the items; only where {@link #isKnown}. */
  public List<@Nullable Object> items() {
    if (sequence != null) {
      throw new org.sardonyx.error.UnsupportedModel(
          "a list whose length is not known when the model is made");
    }
    reads++;
    return items;
  }

  /** Adds an item, which is no reading. */
  void add(@Nullable Object item) {
    items.add(item);
  }

  /** Returns how often the items were looked at. */
  int reads() {
    return reads;
  }

  /** Returns the sequence; only where not {@link #isKnown}. */
  public Sequence sequence() {
    if (sequence == null) {
      throw new IllegalStateException("no sequence");
    }
    return sequence;
  }

  /** Notes that the tensors are parts of another, which changes with them. */
  void asPartsOf(Ten whole, Function<Ten, Items> how) {
    base = whole;
    pieces = how;
  }

  /** Returns an element as what it is of the whole, where these are parts of one. */
  Ten part(Ten element, Function<Items, Ten> which) {
    Function<Ten, Items> how = pieces;
    if (base != null && how != null) {
      element.asViewOf(base, whole -> which.apply(how.apply(whole)));
    }
    return element;
  }

  @Override
  public Object state() {
    return sequence == null ? new ArrayList<>(items) : sequence;
  }

  @Override
  @SuppressWarnings("unchecked")
  public void restore(Object state) {
    base = null;
    pieces = null;
    if (state instanceof Sequence given) {
      sequence = given;
      items = List.of();
    } else {
      sequence = null;
      items = new ArrayList<>((List<@Nullable Object>) state);
    }
  }

  @Override
  public int depth() {
    return depth;
  }
}
