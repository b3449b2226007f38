package org.sardonyx.torch.pickle;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.torch.pickle.Pickled.Dict;
import org.sardonyx.torch.pickle.Pickled.Global;
import org.sardonyx.torch.pickle.Pickled.Instance;
import org.sardonyx.torch.pickle.Pickled.Items;
import org.sardonyx.torch.pickle.Pickled.Quantization;
import org.sardonyx.torch.pickle.Pickled.Storage;
import org.sardonyx.torch.pickle.Pickled.TensorView;
import org.sardonyx.torch.pickle.Pickled.Tuple;

/**
 * What a pickle may name, and the data that stands for a call of it. Classes that are not known are
 * records of what they were made of; functions that are not known are refused.
 */
public class Globals {

  /** Modules that no file of tensors names and that attacks do; refused when named. */
  private static final Set<String> NEVER =
      Set.of(
          "os",
          "posix",
          "nt",
          "sys",
          "subprocess",
          "socket",
          "shutil",
          "runpy",
          "importlib",
          "builtins",
          "__builtin__",
          "ctypes",
          "pickle",
          "_pickle",
          "marshal",
          "code",
          "pty",
          "webbrowser",
          "asyncio",
          "multiprocessing",
          "operator",
          "functools",
          "types",
          "commands",
          "platform",
          "timeit",
          "pip",
          "urllib",
          "requests",
          "httplib",
          "threading",
          "tempfile",
          "pathlib",
          "io",
          "cProfile",
          "pdb",
          "bdb",
          "profile",
          "signal",
          "distutils",
          "inspect");

  private static final Set<String> NEVER_IN_TORCH =
      Set.of("torch.load", "torch.hub.load", "torch.jit.load", "torch.storage._load_from_bytes");

  /** Builtin types that are data. */
  private static final Set<String> PLAIN =
      Set.of(
          "set",
          "frozenset",
          "list",
          "dict",
          "tuple",
          "int",
          "float",
          "bool",
          "str",
          "bytes",
          "bytearray",
          "complex",
          "slice",
          "range",
          "object");

  private final boolean opaque;

  /**
   * @param opaque whether classes that are not known become records; otherwise they are refused
   */
  public Globals(boolean opaque) {
    this.opaque = opaque;
  }

  Global find(String module, String name, long at) {
    int dot = module.indexOf('.');
    String root = dot < 0 ? module : module.substring(0, dot);
    boolean builtin = module.equals("builtins") || module.equals("__builtin__");
    Global global = new Global(module, name, at);
    if (builtin
        ? !PLAIN.contains(name)
        : NEVER.contains(root) || NEVER_IN_TORCH.contains(global.qualified())) {
      throw refused(global, at);
    }
    return global;
  }

  private static UnsupportedModel refused(Global global, long at) {
    return new UnsupportedModel(
        "at offset "
            + at
            + ": the pickle names "
            + Text.escape(global.qualified())
            + ", which no file of tensors needs; nothing is called, and the file should not be"
            + " trusted elsewhere either");
  }

  @Nullable Object persistent(@Nullable Object id, long at) {
    if (!(id instanceof Tuple(var parts))
        || parts.size() < 5
        || !"storage".equals(parts.get(0))
        || !(parts.get(1) instanceof Global type)
        || !(parts.get(4) instanceof Long elements)) {
      throw malformed(at, "a persistent id that names no storage");
    }
    String key = String.valueOf(parts.get(2));
    if (elements < 0) {
      throw malformed(at, "a storage of " + elements + " elements");
    }
    storage(type.name(), key, at);
    if (parts.size() > 5 && parts.get(5) instanceof Tuple(var view) && view.size() == 3) {
      if (view.get(1) instanceof Long offset && view.get(2) instanceof Long size) {
        if (offset < 0 || size < 0 || offset > elements - size) {
          throw malformed(at, "a part of a storage that reaches beyond it");
        }
        return new Storage(type.name(), key, size, offset);
      }
      throw malformed(at, "a part of a storage that is no range");
    }
    return new Storage(type.name(), key, elements, 0);
  }

  /** Is told of every storage that is named, in order. */
  protected void storage(String type, String key, long at) {}

  @Nullable Object call(Global global, List<@Nullable Object> arguments, long at) {
    return switch (global.qualified()) {
      case "collections.OrderedDict", "builtins.dict", "__builtin__.dict" -> dict(arguments, at);
      case "collections.defaultdict", "collections.Counter" -> new Dict();
      case "builtins.set",
          "__builtin__.set",
          "builtins.list",
          "__builtin__.list",
          "builtins.frozenset",
          "__builtin__.frozenset",
          "collections.deque" ->
          list(arguments);
      case "builtins.tuple", "__builtin__.tuple", "torch.Size" -> tuple(arguments);
      case "torch._utils._rebuild_tensor",
          "torch._utils._rebuild_tensor_v2",
          "torch._utils._rebuild_tensor_v3" ->
          tensor(global, arguments, at);
      case "torch._utils._rebuild_parameter",
          "torch._utils._rebuild_parameter_with_state",
          "torch.nn.parameter.Parameter",
          "torch.nn.parameter.Buffer" ->
          first(arguments, at);
      case "torch._utils._rebuild_qtensor" -> quantized(arguments, at);
      case "torch._tensor._rebuild_from_type_v2" -> fromType(arguments, at);
      case "torch.jit._pickle.build_intlist",
          "torch.jit._pickle.build_tensorlist",
          "torch.jit._pickle.build_doublelist",
          "torch.jit._pickle.build_boollist",
          "torch.jit._pickle.restore_type_tag" ->
          first(arguments, at);
      case "torch.device", "torch.dtype" -> String.valueOf(first(arguments, at));
      case "torch.serialization._get_layout", "torch._utils._get_layout" ->
          String.valueOf(first(arguments, at));
      case "numpy.core.multiarray.scalar",
          "numpy._core.multiarray.scalar",
          "numpy.core.multiarray._reconstruct",
          "numpy._core.multiarray._reconstruct",
          "numpy.dtype",
          "_codecs.encode",
          "argparse.Namespace",
          "copyreg._reconstructor",
          "copy_reg._reconstructor" ->
          instance(global, arguments, at);
      case "torch._utils._rebuild_sparse_tensor",
          "torch._utils._rebuild_sparse_csr_tensor",
          "torch._utils._rebuild_meta_tensor_no_storage",
          "torch._utils._rebuild_nested_tensor",
          "torch._utils._rebuild_device_tensor_from_numpy" ->
          throw new UnsupportedModel(
              "at offset "
                  + at
                  + ": a tensor of another kind ("
                  + global.name()
                  + "); save it dense (tensor.to_dense()) first");
      default -> {
        // A class is written with a capital letter and made by a call of it; functions are not.
        if (!Character.isUpperCase(simpleName(global).charAt(0))) {
          throw refused(global, at);
        }
        yield instance(global, arguments, at);
      }
    };
  }

  private static String simpleName(Global global) {
    String name = global.name().substring(global.name().lastIndexOf('.') + 1);
    return name.isEmpty() ? "?" : name;
  }

  Object create(Global type, List<@Nullable Object> arguments, long at) {
    return switch (type.qualified()) {
      case "collections.OrderedDict", "builtins.dict", "__builtin__.dict" -> dict(arguments, at);
      case "builtins.set", "__builtin__.set", "builtins.list", "__builtin__.list" ->
          list(arguments);
      case "torch.Size" -> tuple(arguments);
      default -> instance(type, arguments, at);
    };
  }

  private Object instance(Global type, List<@Nullable Object> arguments, long at) {
    if (!opaque) {
      throw refused(type, at);
    }
    return new Instance(type, arguments);
  }

  private static Dict dict(List<@Nullable Object> arguments, long at) {
    Dict dict = new Dict();
    if (!arguments.isEmpty()) {
      switch (arguments.getFirst()) {
        case Dict given -> dict.entries().putAll(given.entries());
        case Items pairs -> {
          for (@Nullable Object pair : pairs.items()) {
            List<@Nullable Object> two =
                pair instanceof Tuple(var items)
                    ? items
                    : pair instanceof Items list ? list.items() : List.of();
            if (two.size() != 2) {
              throw malformed(at, "a dictionary of what are no pairs");
            }
            @Nullable Object key = two.get(0);
            dict.entries().put(key == null ? "None" : key, two.get(1));
          }
        }
        case null, default -> throw malformed(at, "a dictionary of what are no pairs");
      }
    }
    return dict;
  }

  private static Items list(List<@Nullable Object> arguments) {
    Items items = new Items();
    if (!arguments.isEmpty()) {
      switch (arguments.getFirst()) {
        case Items given -> items.items().addAll(given.items());
        case Tuple(var given) -> items.items().addAll(given);
        case null, default -> {}
      }
    }
    return items;
  }

  private static Tuple tuple(List<@Nullable Object> arguments) {
    return new Tuple(new ArrayList<>(list(arguments).items()));
  }

  private static @Nullable Object first(List<@Nullable Object> arguments, long at) {
    if (arguments.isEmpty()) {
      throw malformed(at, "a call without arguments");
    }
    return arguments.getFirst();
  }

  private static TensorView tensor(Global global, List<@Nullable Object> arguments, long at) {
    if (arguments.size() < 4
        || !(arguments.get(0) instanceof Storage storage)
        || !(arguments.get(1) instanceof Long offset)) {
      throw malformed(at, "a tensor without storage, offset, size and stride");
    }
    boolean typed = global.name().endsWith("_v3");
    String dtype =
        typed && arguments.size() > 6 && arguments.get(6) instanceof Global type ? type.name() : "";
    return new TensorView(
        storage, dtype, offset, longs(arguments.get(2), at), longs(arguments.get(3), at), null);
  }

  private static TensorView quantized(List<@Nullable Object> arguments, long at) {
    if (arguments.size() < 5
        || !(arguments.get(0) instanceof Storage storage)
        || !(arguments.get(1) instanceof Long offset)
        || !(arguments.get(4) instanceof Tuple(var parameters))
        || parameters.size() < 3
        || !(parameters.get(0) instanceof Global scheme)) {
      throw malformed(at, "a quantized tensor without storage, offset, size, stride and scheme");
    }
    @Nullable Object scale = parameters.get(1);
    @Nullable Object zero = parameters.get(2);
    long axis = parameters.size() > 3 && parameters.get(3) instanceof Long a ? a : -1;
    if (scale == null || zero == null) {
      throw malformed(at, "a quantized tensor without scale or zero point");
    }
    return new TensorView(
        storage,
        "",
        offset,
        longs(arguments.get(2), at),
        longs(arguments.get(3), at),
        new Quantization(scheme.name(), scale, zero, axis));
  }

  private @Nullable Object fromType(List<@Nullable Object> arguments, long at) {
    if (arguments.size() > 2
        && arguments.get(0) instanceof Global function
        && arguments.get(2) instanceof Tuple(var inner)) {
      return call(function, inner, at);
    }
    throw malformed(at, "a tensor of a subclass without what it is made of");
  }

  private static List<Long> longs(@Nullable Object value, long at) {
    List<@Nullable Object> items =
        switch (value) {
          case Tuple(var given) -> given;
          case Items given -> given.items();
          case null, default -> throw malformed(at, "sizes that are no tuple");
        };
    List<Long> longs = new ArrayList<>();
    for (@Nullable Object item : items) {
      if (!(item instanceof Long number)) {
        throw malformed(at, "a size that is no number");
      }
      longs.add(number);
    }
    return longs;
  }

  private static MalformedModel malformed(long at, String what) {
    return new MalformedModel("at offset " + at + ": " + what);
  }
}
