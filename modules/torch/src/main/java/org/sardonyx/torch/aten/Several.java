package org.sardonyx.torch.aten;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A tuple.
 *
 * @param items its items
 * @param names their names, where it is a named one; empty otherwise
 */
public record Several(List<@Nullable Object> items, List<String> names) {

  public static Several of(@Nullable Object... items) {
    return new Several(java.util.Arrays.asList(items), List.of());
  }
}
