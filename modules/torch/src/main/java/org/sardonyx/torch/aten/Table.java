package org.sardonyx.torch.aten;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.UnsupportedModel;

/**
 * A dictionary, or the attributes of an object: values by keys that are known when the model is
 * made.
 */
public final class Table implements Cell {

  /**
   * What it is at one time.
   *
   * @param keys in the order in which they were first set
   * @param values theirs
   */
  record State(List<Object> keys, List<@Nullable Object> values) {}

  private final int depth;
  private final Map<Object, @Nullable Object> entries;

  Table(int depth, Map<?, ? extends @Nullable Object> entries) {
    this.depth = depth;
    this.entries = new LinkedHashMap<>(entries);
  }

  /** What makes an entry that is asked for and not there: an input of the program. */
  private @Nullable Function<Object, Object> maker;

  /** Makes entries when they are first asked for. */
  public void makes(Function<Object, Object> of) {
    maker = of;
  }

  boolean has(Object key) {
    Function<Object, Object> of = maker;
    if (of != null && !entries.containsKey(key)) {
      entries.put(key, of.apply(key));
    }
    return entries.containsKey(key);
  }

  /** Returns the entries, to be read. */
  public Map<Object, @Nullable Object> entries() {
    return Collections.unmodifiableMap(entries);
  }

  /** Sets an entry; a branch or loop that does sees to it that it is found behind it. */
  public void put(Emit e, @Nullable Object key, @Nullable Object value) {
    e.changing(this);
    entries.put(key(key), value);
  }

  @Nullable Object remove(Emit e, @Nullable Object key) {
    if (!entries.containsKey(key(key))) {
      throw new Emit.Mismatch("a dictionary without the key that is taken from it");
    }
    e.changing(this);
    return entries.remove(key(key));
  }

  void clear(Emit e) {
    e.changing(this);
    entries.clear();
  }

  /** Returns a key as it is kept: a number or text that is known. */
  static Object key(@Nullable Object key) {
    return switch (key) {
      case Long n -> n;
      case Double x -> x;
      case Boolean b -> b;
      case String text -> text;
      case Ten ten when ten.now().scalar() instanceof Long n -> n;
      case null, default ->
          throw new UnsupportedModel(
              "a key of a dictionary that is "
                  + Show.kind(key)
                  + ": keys must be known when the model is made");
    };
  }

  @Override
  public Object state() {
    return new State(new ArrayList<>(entries.keySet()), new ArrayList<>(entries.values()));
  }

  @Override
  public void restore(Object state) {
    State given = (State) state;
    entries.clear();
    for (int i = 0; i < given.keys().size(); i++) {
      entries.put(given.keys().get(i), given.values().get(i));
    }
  }

  @Override
  public int depth() {
    return depth;
  }
}
