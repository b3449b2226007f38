package org.sardonyx.tensor;

import java.util.Locale;
import org.sardonyx.error.UnsupportedModel;

/** The element types of ONNX, with their numbers in the file format. */
public enum DataType {
  FLOAT(1, 32, Kind.FLOAT),
  UINT8(2, 8, Kind.UNSIGNED),
  INT8(3, 8, Kind.SIGNED),
  UINT16(4, 16, Kind.UNSIGNED),
  INT16(5, 16, Kind.SIGNED),
  INT32(6, 32, Kind.SIGNED),
  INT64(7, 64, Kind.SIGNED),
  STRING(8, 0, Kind.STRING),
  BOOL(9, 8, Kind.BOOL),
  FLOAT16(10, 16, Kind.FLOAT),
  DOUBLE(11, 64, Kind.FLOAT),
  UINT32(12, 32, Kind.UNSIGNED),
  UINT64(13, 64, Kind.UNSIGNED),
  COMPLEX64(14, 64, Kind.COMPLEX),
  COMPLEX128(15, 128, Kind.COMPLEX),
  BFLOAT16(16, 16, Kind.FLOAT),
  FLOAT8E4M3FN(17, 8, Kind.FLOAT),
  FLOAT8E4M3FNUZ(18, 8, Kind.FLOAT),
  FLOAT8E5M2(19, 8, Kind.FLOAT),
  FLOAT8E5M2FNUZ(20, 8, Kind.FLOAT),
  UINT4(21, 4, Kind.UNSIGNED),
  INT4(22, 4, Kind.SIGNED),
  FLOAT4E2M1(23, 4, Kind.FLOAT),
  FLOAT8E8M0(24, 8, Kind.FLOAT),
  UINT2(25, 2, Kind.UNSIGNED),
  INT2(26, 2, Kind.SIGNED);

  /** What the elements are. */
  public enum Kind {
    FLOAT,
    SIGNED,
    UNSIGNED,
    BOOL,
    STRING,
    COMPLEX
  }

  private static final DataType[] BY_CODE = new DataType[27];

  static {
    for (DataType type : values()) {
      BY_CODE[type.code] = type;
    }
  }

  private final int code;
  private final int bits;
  private final Kind kind;
  private final String specName;
  private final String tensorSpec;

  DataType(int code, int bits, Kind kind) {
    this.code = code;
    this.bits = bits;
    this.kind = kind;
    this.specName = name().toLowerCase(Locale.ROOT);
    this.tensorSpec = "tensor(" + specName + ")";
  }

  /** Returns the type with this number in the format ({@code TensorProto.DataType}). */
  public static DataType of(long code) {
    if (code <= 0 || code >= BY_CODE.length) {
      throw new UnsupportedModel("element type " + code + " is not one of ONNX");
    }
    return BY_CODE[(int) code];
  }

  /** Returns whether {@code code} is the number of an element type. */
  public static boolean isKnown(long code) {
    return code > 0 && code < BY_CODE.length;
  }

  /** Returns the number in the format. */
  public int code() {
    return code;
  }

  /** Returns the bits of an element as the format packs it; 0 for strings. */
  public int bits() {
    return bits;
  }

  public Kind kind() {
    return kind;
  }

  /** Whether the elements are real floating-point numbers of any width. */
  public boolean isFloat() {
    return kind == Kind.FLOAT;
  }

  /** Whether the elements are integers, signed or unsigned, of any width; not bool. */
  public boolean isInteger() {
    return kind == Kind.SIGNED || kind == Kind.UNSIGNED;
  }

  /** Whether elements are packed, several in a byte. */
  public boolean isPacked() {
    return bits == 4 || bits == 2;
  }

  /**
   * Returns the bytes that {@code elements} of this type take in the format, packed, or throws
   * {@link ArithmeticException} where that overflows.
   */
  public long byteSize(long elements) {
    return bits >= 8
        ? Math.multiplyExact(elements, (long) (bits / 8))
        : Math.addExact(Math.multiplyExact(elements, (long) bits), 7L) / 8;
  }

  /** Returns the name as the specification writes it, for example {@code float16}. */
  public String specName() {
    return specName;
  }

  /** Returns the type of a tensor of these as the specification writes it: {@code tensor(bool)}. */
  public String tensorSpec() {
    return tensorSpec;
  }
}
