package org.sardonyx.operators.shaping;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.sardonyx.operators.Tensors.same;
import static org.sardonyx.operators.Tensors.shape;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.operators.Tensors;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

class CastTest {

  private static final float NAN = Float.NaN;
  private static final float INF = Float.POSITIVE_INFINITY;

  private static Tensor cast(Tensor x, DataType to) {
    return OperatorRunner.of("Cast", 25).attribute("to", to.code()).run(x);
  }

  @Test
  void floatsAreCutAndWhatIsOutOfRangeIsAsOnX86() {
    Tensor x = Tensors.floats(shape(8), 1.9f, -1.9f, 300, -129, 3e9f, 1e30f, NAN, -INF);
    int min = Integer.MIN_VALUE;
    same(Tensors.ints(shape(8), 1, -1, 300, -129, min, min, min, min), cast(x, DataType.INT32));
    long low = Long.MIN_VALUE;
    same(
        Tensors.longs(shape(8), 1, -1, 300, -129, 3000000000L, low, low, low),
        cast(x, DataType.INT64));
    same(
        Tensor.of(DataType.INT8, new byte[] {1, -1, 44, 127, 0, 0, 0, 0}, 8),
        cast(x, DataType.INT8));
    same(
        Tensor.of(DataType.UINT32, new int[] {1, -1, 300, -129, -1294967296, 0, 0, 0}, 8),
        cast(x, DataType.UINT32));
    same(
        Tensor.of(new boolean[] {true, true, true, false, true}, 5),
        cast(Tensors.floats(shape(5), NAN, INF, 0.1f, -0.0f, -1), DataType.BOOL));
    assertEquals(
        0xfffffffffffff800L,
        cast(Tensors.doubles(shape(1), 0x1.fffffffffffffp63), DataType.UINT64).getLong(0));
  }

  @Test
  void integersKeepTheirLowBits() {
    Tensor x = Tensors.longs(shape(3), 200, -1, 1L << 32);
    same(Tensor.of(DataType.INT8, new byte[] {-56, -1, 0}, 3), cast(x, DataType.INT8));
    same(Tensor.of(new boolean[] {true, true, true}, 3), cast(x, DataType.BOOL));
    Tensor unsigned = Tensor.of(DataType.UINT64, new long[] {-1}, 1);
    same(Tensors.floats(shape(1), 0x1p64f), cast(unsigned, DataType.FLOAT));
    same(Tensors.doubles(shape(1), 0x1p64), cast(unsigned, DataType.DOUBLE));
    assertEquals(Float.POSITIVE_INFINITY, cast(unsigned, DataType.FLOAT16).getDouble(0));
    // 2^24 + 1 is halfway, and one more in the lowest place decides.
    long halfway = (1L << 62) + (1L << 38);
    same(Tensors.floats(shape(1), 0x1p62f), cast(Tensor.vector(halfway), DataType.FLOAT));
    same(
        Tensors.floats(shape(1), 0x1.000002p62f), cast(Tensor.vector(halfway + 1), DataType.FLOAT));
    assertEquals(
        0x1.02p62,
        cast(Tensor.vector((1L << 62) + (1L << 54) + 1), DataType.BFLOAT16).getDouble(0));
  }

  @Test
  void smallFloats() {
    Tensor x = Tensors.floats(shape(4), 1000000, NAN, INF, -1e-8f);
    same(
        Tensor.of(DataType.FLOAT8E4M3FN, new byte[] {0x7e, 0x7f, 0x7e, (byte) 0x80}, 4),
        cast(x, DataType.FLOAT8E4M3FN));
    same(
        Tensor.of(DataType.FLOAT8E5M2, new byte[] {0x7c, 0x7f, 0x7c, (byte) 0x80}, 4),
        OperatorRunner.of("Cast", 19)
            .attribute("to", DataType.FLOAT8E5M2.code())
            .attribute("saturate", 0)
            .run(x));
    // Rounded once, not through float: just above halfway.
    Tensor precise = Tensors.doubles(shape(1), 1.0 + 0x1p-11 + 0x1p-40);
    assertEquals(1 + 0x1p-10, cast(precise, DataType.FLOAT16).getDouble(0));
    Tensor powers = Tensors.floats(shape(6), 1, 1.1f, 1.5f, 0, INF, NAN);
    byte[] up = {127, (byte) 128, (byte) 128, 0, (byte) 254, (byte) 255};
    same(Tensor.of(DataType.FLOAT8E8M0, up, 6), cast(powers, DataType.FLOAT8E8M0));
    byte[] nearest = {127, 127, (byte) 128, (byte) 255, (byte) 255, (byte) 255};
    same(
        Tensor.of(DataType.FLOAT8E8M0, nearest, 6),
        OperatorRunner.of("Cast", 24)
            .attribute("to", DataType.FLOAT8E8M0.code())
            .attribute("saturate", 0)
            .attribute("round_mode", "nearest")
            .run(powers));
  }

  /** "When out of range, discard higher bits"; 4 bits of a significand hold all of them. */
  @Test
  void integersOfAFewBits() {
    List<DataType> small = List.of(DataType.INT2, DataType.UINT2, DataType.INT4, DataType.UINT4);
    for (DataType from : small) {
      int count = 1 << from.bits();
      int least = from.kind() == DataType.Kind.SIGNED ? -count / 2 : 0;
      for (long value = least; value < least + count; value++) {
        Tensor x = Tensor.fromLongs(from, new long[] {value}, 1);
        for (DataType to : List.of(DataType.FLOAT8E4M3FN, DataType.FLOAT8E4M3FNUZ)) {
          assertEquals((double) value, cast(x, to).getDouble(0), from + " to " + to);
        }
        for (DataType to : small) {
          long low = value & ((1L << to.bits()) - 1);
          boolean negative = to.kind() == DataType.Kind.SIGNED && (low >> (to.bits() - 1)) == 1;
          long expected = negative ? low - (1L << to.bits()) : low;
          assertEquals(expected, cast(x, to).getLong(0), from + " " + value + " to " + to);
        }
      }
    }
    Tensor floats = Tensors.floats(shape(5), -1.9f, -0.5f, 0.5f, 1.9f, 6.99f);
    same(
        Tensor.fromLongs(DataType.INT4, new long[] {-1, 0, 0, 1, 6}, 5),
        cast(floats, DataType.INT4));
    same(
        Tensors.strings(shape(2), "True", "False"),
        cast(Tensor.fromLongs(DataType.BOOL, new long[] {1, 0}, 2), DataType.STRING));
  }

  @Test
  void text() {
    Tensor x = Tensors.floats(shape(8), 0.47892547f, 1, -0.0f, 1e-5f, 1.5e16f, 123456, NAN, -INF);
    same(
        Tensors.strings(
            shape(8), "0.47892547", "1.0", "-0.0", "1e-05", "1.5e+16", "123456.0", "nan", "-inf"),
        cast(x, DataType.STRING));
    same(Tensors.strings(shape(1), "0.479"), cast(half(0.479f), DataType.STRING));
    same(Tensors.strings(shape(2), "-7", "3"), cast(Tensor.vector(-7, 3), DataType.STRING));
    Tensor texts = Tensors.strings(shape(5), "3.14", "1e-5", "+INF", "-inf", "NaN");
    same(Tensors.floats(shape(5), 3.14f, 1e-5f, INF, -INF, NAN), cast(texts, DataType.FLOAT));
    same(Tensor.vector(100, -7), cast(Tensors.strings(shape(2), "100.5", " -7"), DataType.INT64));
    for (String bad : new String[] {"Hello", "0x10", "1f", ""}) {
      assertThrows(
          OperatorFailed.class, () -> cast(Tensors.strings(shape(1), bad), DataType.FLOAT));
    }
  }

  private static Tensor half(float value) {
    return Tensor.fromFloats(DataType.FLOAT16, new float[] {value}, 1);
  }

  @Test
  void castLikeBitCastAndNames() {
    Tensor x = Tensors.floats(shape(2), 1.5f, 2);
    same(Tensor.vector(1, 2), OperatorRunner.of("CastLike", 15).run(x, Tensor.vector(7)));
    same(
        Tensor.of(DataType.INT32, new int[] {0x3fc00000, 0x40000000}, 2),
        OperatorRunner.of("BitCast", 26).attribute("to", DataType.INT32.code()).run(x));
    same(
        x,
        OperatorRunner.of("BitCast", 26)
            .attribute("to", DataType.FLOAT.code())
            .run(Tensor.of(DataType.INT32, new int[] {0x3fc00000, 0x40000000}, 2)));
    same(Tensor.vector(1, 2), OperatorRunner.of("Cast", 1).attribute("to", "INT64").run(x));
  }
}
