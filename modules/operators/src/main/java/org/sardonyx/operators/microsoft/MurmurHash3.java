package org.sardonyx.operators.microsoft;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * MurmurHash3: the 32-bit hash of each element, of its bytes in little-endian order or, of strings,
 * in UTF-8 (MurmurHash3_x86_32, Austin Appleby, public domain).
 *
 * @param positive whether the hash is uint32; otherwise int32
 * @param seed the seed
 */
public record MurmurHash3(boolean positive, int seed) implements Operator {

  public static final OperatorDef DEF =
      Microsoft.named("MurmurHash3")
          .input("X", "T1")
          .output("Y", "T2")
          .attribute("positive", 1)
          .attribute("seed", 0)
          .type(
              "T1",
              DataType.UINT32,
              DataType.INT32,
              DataType.UINT64,
              DataType.INT64,
              DataType.FLOAT,
              DataType.DOUBLE,
              DataType.STRING)
          .type("T2", DataType.INT32, DataType.UINT32)
          .accuracy(Accuracy.EXACT)
          .create(MurmurHash3::of);

  static MurmurHash3 of(Attributes attributes) {
    return new MurmurHash3(attributes.getFlag("positive"), (int) attributes.getInt("seed"));
  }

  @Override
  public void infer(Inference in) {
    in.output(0, positive ? DataType.UINT32 : DataType.INT32, in.shape(0));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    int[] y = in.output(0, positive ? DataType.UINT32 : DataType.INT32, x.shape()).ints();
    ByteBuffer buffer = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < y.length; i++) {
      switch (x.array()) {
        case int[] a -> y[i] = hash(buffer.putInt(0, a[i]).array(), 4);
        case float[] a -> y[i] = hash(buffer.putFloat(0, a[i]).array(), 4);
        case long[] a -> y[i] = hash(buffer.putLong(0, a[i]).array(), 8);
        case double[] a -> y[i] = hash(buffer.putDouble(0, a[i]).array(), 8);
        case String[] a -> {
          byte[] bytes = a[i].getBytes(StandardCharsets.UTF_8);
          y[i] = hash(bytes, bytes.length);
        }
        default -> throw new IllegalStateException();
      }
    }
  }

  private int hash(byte[] bytes, int length) {
    int hash = seed;
    int whole = length & ~3;
    for (int i = 0; i < whole; i += 4) {
      hash ^= scramble(word(bytes, i, 4));
      hash = Integer.rotateLeft(hash, 13) * 5 + 0xe6546b64;
    }
    if (whole < length) {
      hash ^= scramble(word(bytes, whole, length - whole));
    }
    hash ^= length;
    hash = (hash ^ (hash >>> 16)) * 0x85ebca6b;
    hash = (hash ^ (hash >>> 13)) * 0xc2b2ae35;
    return hash ^ (hash >>> 16);
  }

  private static int word(byte[] bytes, int from, int count) {
    int word = 0;
    for (int i = 0; i < count; i++) {
      word |= (bytes[from + i] & 0xff) << (8 * i);
    }
    return word;
  }

  private static int scramble(int word) {
    return Integer.rotateLeft(word * 0xcc9e2d51, 15) * 0x1b873593;
  }
}
