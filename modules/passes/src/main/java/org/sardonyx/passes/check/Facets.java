package org.sardonyx.passes.check;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.sardonyx.graph.Entry;
import org.sardonyx.passes.walk.Where;
import org.sardonyx.tensor.DataType;
import org.sardonyx.type.Type;

/** What each version of the format may contain. */
final class Facets {

  private final long irVersion;
  private final Report report;

  Facets(long irVersion, Report report) {
    this.irVersion = irVersion;
    this.report = report;
  }

  long irVersion() {
    return irVersion;
  }

  /** Reports a part of the format that is younger than the model says it is. */
  void since(int version, String what, Where where) {
    if (irVersion > 0 && irVersion < version) {
      report.error(
          "ir-feature",
          where,
          what
              + " exists from IR version "
              + version
              + " on, the model says "
              + irVersion
              + "; raise ir_version");
    }
  }

  void type(DataType type, Where where) {
    int since =
        switch (type) {
          case BFLOAT16 -> 4;
          case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ -> 9;
          case UINT4, INT4 -> 10;
          case FLOAT4E2M1 -> 11;
          case FLOAT8E8M0 -> 12;
          case UINT2, INT2 -> 13;
          default -> 0;
        };
    since(since, "element type " + type.specName(), where);
  }

  void type(Type type, Where where) {
    switch (type) {
      case Type.OfTensor tensor -> type(tensor.elementType(), where);
      case Type.OfSparseTensor sparse -> {
        since(8, "a sparse tensor as a type", where);
        type(sparse.elementType(), where);
      }
      case Type.OfSequence sequence -> type(sequence.elementType(), where);
      case Type.OfOptional optional -> {
        since(8, "the type optional", where);
        type(optional.elementType(), where);
      }
      case Type.OfMap map -> {
        if (!map.keyType().isInteger() && map.keyType() != DataType.STRING) {
          report.error(
              "map-key",
              where,
              "keys of a map are " + map.keyType().specName() + ", must be integers or strings");
        }
        type(map.valueType(), where);
      }
      case Type.Opaque _ -> {}
    }
  }

  /** Checks metadata of a part of the model other than the model itself. */
  void metadata(List<Entry> metadata, Where where) {
    if (metadata.isEmpty()) {
      return;
    }
    if (irVersion < 10) {
      report.warning(
          "ir-feature", where, "metadata other than the model's exists from IR version 10 on");
    }
    keys(metadata, where);
  }

  void keys(List<Entry> metadata, Where where) {
    Set<String> keys = new HashSet<>();
    for (Entry entry : metadata) {
      if (!keys.add(entry.key())) {
        report.error(
            "metadata", where, "metadata key " + Report.quote(entry.key()) + " is there twice");
      }
    }
  }
}
