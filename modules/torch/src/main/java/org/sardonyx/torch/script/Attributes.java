package org.sardonyx.torch.script;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.torch.TorchTensor;
import org.sardonyx.torch.aten.Emit;
import org.sardonyx.torch.aten.Quantized;
import org.sardonyx.torch.aten.Several;
import org.sardonyx.torch.aten.Show;
import org.sardonyx.torch.aten.Table;
import org.sardonyx.torch.aten.Ten;
import org.sardonyx.torch.file.Storages;
import org.sardonyx.torch.pickle.Pickled;

/** Values of pickles as values of the program: one tensor for each that was saved. */
final class Attributes {

  private final Emit emit;
  private final Program program;
  private final Storages storages;
  private final IdentityHashMap<Object, Object> known = new IdentityHashMap<>();
  private final Map<List<Object>, Ten> byPlace = new LinkedHashMap<>();
  private final Map<String, Ten> buffers = new LinkedHashMap<>();
  private final Set<String> read = new HashSet<>();
  private final Set<Module> unfolded = new HashSet<>();
  private int unfolding;
  private final Table changed;
  private final Ports ports;

  Attributes(Emit emit, Program program, Storages storages, Ports ports) {
    this.emit = emit;
    this.program = program;
    this.storages = storages;
    this.ports = ports;
    this.changed = emit.table(Map.of());
  }

  private static String path(Module module, String name) {
    return module.path().isEmpty() ? name : module.path() + "." + name;
  }

  private static Pickled.@Nullable Dict saved(Module module) {
    return module.instance().state() instanceof Pickled.Dict state ? state : null;
  }

  /** Gives a module that was saved in a form of its own to its __setstate__, once. */
  void unfold(Module module, Expressions.Caller caller) {
    Syntax.Function method = module.type().methods().get("__setstate__");
    Object state = module.instance().state();
    if (method == null || state == null || saved(module) != null || !unfolded.add(module)) {
      return;
    }
    unfolding++;
    caller.call(
        method, java.util.Arrays.asList(module, value(state, module.path(), storages)), Map.of());
    unfolding--;
  }

  boolean has(Module module, String name) {
    Pickled.Dict state = saved(module);
    return changed.entries().containsKey(path(module, name))
        || (state != null && state.entries().containsKey(name));
  }

  /** Returns an attribute that there is: what was set last, or saved. */
  @Nullable Object of(Module module, String name) {
    String path = path(module, name);
    if (changed.entries().containsKey(path)) {
      return changed.entries().get(path);
    }
    Pickled.Dict state = saved(module);
    if (state == null || !state.entries().containsKey(name)) {
      throw new MalformedModel(
          "the module " + Text.escape(module.path()) + " has no attribute " + Text.escape(name));
    }
    read.add(path);
    return value(state.get(name), path, storages);
  }

  /**
   * Sets an attribute. A tensor that was read before is state from call to call: the model gets it
   * as an input and gives what it becomes. What is set before it is read is a variable.
   */
  void set(Module module, String name, @Nullable Object value) {
    String path = path(module, name);
    if (read.contains(path) && !changed.entries().containsKey(path)) {
      if (!(of(module, name) instanceof Ten) || !(value instanceof Ten)) {
        throw new UnsupportedModel(
            "the module changes its attribute "
                + Text.escape(path)
                + ", which it has read, from "
                + Show.kind(of(module, name))
                + " to "
                + Show.kind(value)
                + ": a model keeps no state but tensors, which become inputs and outputs;"
                + " pass it to forward and return it");
      }
      emit.choices().keep(path);
    }
    if (unfolding == 0 && !emit.choices().kept().contains(path)) {
      emit.note("the attribute " + Text.escape(path) + " is set, and not kept from call to call");
    }
    changed.put(emit, path, value);
  }

  /** Makes inputs of the tensors that the program is known to keep. */
  void begin(Module root) {
    for (String path : emit.choices().kept()) {
      Module module = root;
      String[] parts = path.split("\\.", -1);
      for (int i = 0; i < parts.length - 1; i++) {
        if (!(of(module, parts[i]) instanceof Module next)) {
          throw new MalformedModel("what is kept at " + Text.escape(path) + " is in no module");
        }
        module = next;
      }
      of(module, parts[parts.length - 1]);
    }
  }

  /** Returns what the tensors that are kept have become, by their names. */
  Map<String, @Nullable Object> end() {
    byPlace.forEach((_, ten) -> {
      // How many batches a norm has seen changes nothing that it gives.
      boolean counter = ten.name().endsWith("num_batches_tracked");
      if (!counter && !buffers.containsValue(ten) && ten.isChanged()) {
        emit.choices().keep(ten.name());
      }
    });
    Map<String, @Nullable Object> states = new LinkedHashMap<>();
    buffers.forEach((path, ten) ->
        states.put(path, changed.entries().containsKey(path) ? changed.entries().get(path) : ten));
    return states;
  }

  @Nullable Object value(@Nullable Object pickled, String path, Storages from) {
    if (pickled == null
        || pickled instanceof Long
        || pickled instanceof Double
        || pickled instanceof Boolean
        || pickled instanceof String) {
      return pickled;
    }
    Object before = known.get(pickled);
    if (before != null) {
      return before;
    }
    Object value = convert(pickled, path, from);
    known.put(pickled, value);
    return value;
  }

  private Object convert(Object pickled, String path, Storages from) {
    return switch (pickled) {
      case Pickled.TensorView view -> tensor(view, path, from);
      case Pickled.Instance instance
          when instance.type().qualified().startsWith("__torch__.torch.classes.") ->
          Quantized.bound(
              instance.type().qualified(),
              instance.state() == null ? null : value(instance.state(), path, from));
      case Pickled.Instance instance ->
          new Module(instance, program.requireType(instance.type().qualified()), path);
      case Pickled.Items items -> emit.items(all(items.items(), path, from));
      case Pickled.Tuple(var items) -> new Several(all(items, path, from), List.of());
      case Pickled.Dict dict -> {
        Map<Object, @Nullable Object> entries = new LinkedHashMap<>();
        dict.entries()
            .forEach((key, item) -> entries.put(key, value(item, path + "." + key, from)));
        yield emit.table(entries);
      }
      default ->
          throw new UnsupportedModel(path + ": an attribute of a kind that has no meaning in ONNX");
    };
  }

  /** The same elements, by whatever name, are one constant: tied weights stay tied. */
  private Ten tensor(Pickled.TensorView view, String path, Storages from) {
    List<Object> place =
        List.of(
            System.identityHashCode(from),
            view.storage().key(),
            view.storage().offset() + view.offset(),
            view.shape(),
            view.strides(),
            view.storage().type());
    Ten before = byPlace.get(place);
    if (before != null) {
      return before;
    }
    TensorData data = TorchTensor.of(path, view, from).asNumbers();
    Ten ten;
    if (emit.choices().kept().contains(path)) {
      emit.addWeight(data.named(path));
      ten = ports.tensor(path, data.dataType(), data.shape().dims());
      buffers.put(path, ten);
      emit.note(
          "the module keeps "
              + Text.escape(path)
              + " from call to call: it is an input, which begins as it was saved, and an output");
    } else {
      ten = emit.constant(data);
    }
    byPlace.put(place, ten);
    return ten;
  }

  private List<@Nullable Object> all(List<@Nullable Object> items, String path, Storages from) {
    List<@Nullable Object> values = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      values.add(value(items.get(i), path + "." + i, from));
    }
    return values;
  }
}
