package org.sardonyx.onnx;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.Limit;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.Limits;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.onnx.proto.TensorProto;
import org.sardonyx.tensor.DataType;

/** Which field of a {@code TensorProto} holds the elements, and how many entries it must have. */
enum Encoding {
  RAW,
  FLOAT_DATA,
  INT32_DATA,
  STRING_DATA,
  INT64_DATA,
  DOUBLE_DATA,
  UINT64_DATA,
  EXTERNAL;

  /** Returns the typed field for elements of this type. */
  static Encoding typed(DataType type) {
    return switch (type) {
      case FLOAT, COMPLEX64 -> FLOAT_DATA;
      case DOUBLE, COMPLEX128 -> DOUBLE_DATA;
      case INT64 -> INT64_DATA;
      case UINT32, UINT64 -> UINT64_DATA;
      case STRING -> STRING_DATA;
      default -> INT32_DATA;
    };
  }

  /**
   * Returns the number of entries, bytes if raw, of this field in a message.
   *
   * @param cut what was cut out of {@code raw_data}; null where nothing was
   */
  private long count(TensorProto tensor, @Nullable MemorySegment cut) {
    return switch (this) {
      case RAW -> cut != null ? cut.byteSize() : tensor.getRawData().size();
      case FLOAT_DATA -> tensor.getFloatDataCount();
      case INT32_DATA -> tensor.getInt32DataCount();
      case STRING_DATA -> tensor.getStringDataCount();
      case INT64_DATA -> tensor.getInt64DataCount();
      case DOUBLE_DATA -> tensor.getDoubleDataCount();
      case UINT64_DATA -> tensor.getUint64DataCount();
      case EXTERNAL -> 0;
    };
  }

  /** Returns the number of entries, bytes if raw, that so many elements need. */
  static long needed(Encoding encoding, DataType type, long elements) {
    try {
      if (encoding == RAW || encoding == EXTERNAL || type.isPacked()) {
        return type.byteSize(elements);
      }
      return type.kind() == DataType.Kind.COMPLEX ? Math.multiplyExact(elements, 2L) : elements;
    } catch (ArithmeticException e) {
      throw new LimitExceeded(
          "bytes", "a tensor of " + elements + " elements has no size in bytes");
    }
  }

  /**
   * Finds the elements of a message and checks that there are as many as the shape needs; nothing
   * is read.
   *
   * @param cut what was cut out of {@code raw_data}; null where nothing was
   * @throws MalformedModel where they are in no field, in several, in one for another type, or too
   *     few or many
   */
  static Encoding of(
      TensorProto tensor, DataType type, long elements, @Nullable MemorySegment cut) {
    if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
      if (type == DataType.STRING) {
        throw new MalformedModel("strings cannot lie in another file");
      }
      return EXTERNAL;
    }
    Encoding found = null;
    for (Encoding encoding : values()) {
      if (encoding.count(tensor, cut) > 0) {
        if (found != null) {
          throw new MalformedModel(
              "elements stand in " + found.fieldName() + " and in " + encoding.fieldName());
        }
        found = encoding;
      }
    }
    if (found == null) {
      found = type == DataType.STRING ? STRING_DATA : RAW;
    }
    if (found == RAW ? type == DataType.STRING : found != typed(type)) {
      throw new MalformedModel(
          "elements of type " + type.specName() + " cannot stand in " + found.fieldName());
    }
    long needed = needed(found, type, elements);
    if (found.count(tensor, cut) != needed) {
      throw new MalformedModel(
          found.fieldName()
              + " has "
              + found.count(tensor, cut)
              + (found == RAW ? " bytes" : " entries")
              + "; the type and the shape need "
              + needed);
    }
    return found;
  }

  /**
   * Returns the number of elements of a shape.
   *
   * @throws MalformedModel where a dimension is negative
   * @throws LimitExceeded where there are too many dimensions or elements
   */
  static long elements(Iterable<Long> dims, Limits limits) {
    long product = 1;
    boolean empty = false;
    boolean overflow = false;
    int rank = 0;
    for (long dim : dims) {
      if (dim < 0) {
        throw new MalformedModel("dimension " + rank + " is " + dim);
      }
      empty |= dim == 0;
      overflow |= Math.multiplyHigh(product, Math.max(1, dim)) != 0;
      product *= Math.max(1, dim);
      overflow |= product < 0;
      rank++;
    }
    limits.check(Limit.RANK, rank, "the rank of a tensor");
    if (empty) {
      return 0;
    }
    if (overflow) {
      throw limits.exceeded(
          Limit.ELEMENTS, "the dimensions of a tensor multiply to more than 2^63 - 1");
    }
    limits.check(Limit.ELEMENTS, product, "the elements of a tensor");
    return product;
  }

  /** Returns the name in the format. */
  private String fieldName() {
    return this == EXTERNAL
        ? "external_data"
        : this == RAW ? "raw_data" : name().toLowerCase(java.util.Locale.ROOT);
  }
}
