package org.sardonyx.torch;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.torch.file.Storages;
import org.sardonyx.torch.pickle.Pickled.Dict;
import org.sardonyx.torch.pickle.Pickled.Instance;
import org.sardonyx.torch.pickle.Pickled.Items;
import org.sardonyx.torch.pickle.Pickled.TensorView;
import org.sardonyx.torch.pickle.Pickled.Tuple;

/** Finds the tensors of what was saved, and names them by the way to them. */
final class Naming {

  private static final int MAX_DEPTH = 200;

  private final Storages storages;
  private final Map<String, TorchTensor> tensors = new LinkedHashMap<>();
  private final Set<Object> open = Collections.newSetFromMap(new IdentityHashMap<>());

  private Naming(Storages storages) {
    this.storages = storages;
  }

  static Map<String, TorchTensor> of(@Nullable Object root, Storages storages) {
    Naming naming = new Naming(storages);
    naming.visit(root, "", 0);
    return Collections.unmodifiableMap(naming.tensors);
  }

  private static String join(String path, String separator, Object name) {
    return path.isEmpty() ? String.valueOf(name) : path + separator + name;
  }

  private void visit(@Nullable Object value, String path, int depth) {
    if (depth > MAX_DEPTH) {
      throw new LimitExceeded("depth", "values nested more than " + MAX_DEPTH + " deep");
    }
    switch (value) {
      case TensorView view -> {
        String name = path.isEmpty() ? "tensor" : path;
        for (int i = 2; tensors.containsKey(name); i++) {
          name = path + "#" + i;
        }
        tensors.put(name, TorchTensor.of(name, view, storages));
      }
      case Tuple(var items) -> items(items, path, depth);
      case Items list -> within(list, () -> items(list.items(), path, depth));
      case Dict dict ->
          within(
              dict,
              () ->
                  dict.entries()
                      .forEach((key, item) -> visit(item, join(path, "/", key), depth + 1)));
      case Instance instance -> within(instance, () -> instance(instance, path, depth));
      case null, default -> {}
    }
  }

  private void items(List<@Nullable Object> items, String path, int depth) {
    for (int i = 0; i < items.size(); i++) {
      visit(items.get(i), join(path, "/", i), depth + 1);
    }
  }

  /** Visits what is not already being visited: what contains itself ends there. */
  private void within(Object container, Runnable visit) {
    if (open.add(container)) {
      visit.run();
      open.remove(container);
    }
  }

  private void instance(Instance instance, String path, int depth) {
    for (@Nullable Object argument : instance.arguments()) {
      visit(argument, path, depth + 1);
    }
    if (!(instance.state() instanceof Dict state)) {
      visit(instance.state(), path, depth + 1);
      return;
    }
    boolean module =
        state.get("_parameters") instanceof Dict && state.get("_modules") instanceof Dict;
    List<String> parts = List.of("_parameters", "_buffers", "_modules");
    state
        .entries()
        .forEach((key, item) -> {
          if (module && !parts.contains(key)) {
            return; // what a module keeps besides, as lists of its own weights
          }
          if (module && item instanceof Dict members) {
            members
                .entries()
                .forEach((name, member) -> visit(member, join(path, ".", name), depth + 1));
          } else if (!(item instanceof Items) || !isScript(instance)) {
            visit(item, join(path, ".", key), depth + 1);
          }
        });
  }

  /** A module of a script: lists in it repeat weights that have names. */
  private static boolean isScript(Instance instance) {
    return instance.type().module().startsWith("__torch__");
  }
}
