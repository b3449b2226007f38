package org.sardonyx.torch.script;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.archive.Archive;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.Text;

/** The code of an archive: files are parsed when a class or function of theirs is asked for. */
public final class Program {

  private static final long MAX_CODE = 1 << 26;

  private final Archive archive;
  private final String folder;
  private final Map<String, Syntax.Unit> units = new HashMap<>();

  /**
   * @param folder the folder of the archive that holds {@code code/}, with its slash
   */
  public Program(Archive archive, String folder) {
    this.archive = archive;
    this.folder = folder + "code/";
  }

  private Syntax.@Nullable Unit unit(String module) {
    Syntax.Unit known = units.get(module);
    if (known != null) {
      return known;
    }
    String name = folder + module.replace('.', '/') + ".py";
    String label = "code/" + module.replace('.', '/') + ".py";
    MemorySegment bytes = archive.find(name);
    if (bytes == null) {
      return null;
    }
    if (bytes.byteSize() > MAX_CODE) {
      throw new MalformedModel(Text.escape(label) + ": " + bytes.byteSize() + " bytes of code");
    }
    String code = new String(bytes.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    Syntax.Unit unit = Parser.parse(Text.escape(label), code);
    units.put(module, unit);
    return unit;
  }

  Syntax.@Nullable Type type(String qualified) {
    int dot = qualified.lastIndexOf('.');
    Syntax.Unit unit = dot < 0 ? null : unit(qualified.substring(0, dot));
    return unit == null ? null : unit.types().get(qualified.substring(dot + 1));
  }

  Syntax.@Nullable Function function(String qualified) {
    int dot = qualified.lastIndexOf('.');
    Syntax.Unit unit = dot < 0 ? null : unit(qualified.substring(0, dot));
    return unit == null ? null : unit.functions().get(qualified.substring(dot + 1));
  }

  /**
   * Returns a class that must be there.
   *
   * @throws ModelException where it is not
   */
  Syntax.Type requireType(String qualified) {
    Syntax.Type type = type(qualified);
    if (type == null) {
      throw new MalformedModel(
          "the archive has no code of the class "
              + Text.escape(qualified)
              + "; was it saved by torch.jit.save?");
    }
    return type;
  }
}
