package org.sardonyx.operators.microsoft;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/**
 * MatMulNBits: A [..., K] times the transpose of B [N, K], which is quantized to a few bits in
 * blocks along K: {@code (q - zero point) * scale}, zero point 2^(bits - 1) where none is given.
 * Computed in float, whatever accuracy_level allows.
 *
 * @param k columns of A
 * @param n rows of B
 * @param bits bits of an element of B, lowest first
 * @param blockSize elements that share a scale
 */
public record MatMulNBits(int k, int n, int bits, int blockSize) implements Operator {

  private static final int TILE = 64;

  public static final OperatorDef DEF =
      Microsoft.named("MatMulNBits")
          .input("A", "T1")
          .input("B", "T2")
          .input("scales", "T1")
          .optionalInput("zero_points", "T3")
          .optionalInput("g_idx", "T4")
          .optionalInput("bias", "T1")
          .output("Y", "T1")
          .required("K", Kind.INT)
          .required("N", Kind.INT)
          .attribute("accuracy_level", 0)
          .attribute("bits", 4)
          .required("block_size", Kind.INT)
          .attribute("weight_prepacked", 0)
          .type("T1", DataType.FLOAT, DataType.FLOAT16, DataType.BFLOAT16)
          .type("T2", DataType.UINT8)
          .type("T3", DataType.UINT8, DataType.FLOAT16, DataType.FLOAT, DataType.BFLOAT16)
          .type("T4", DataType.INT32)
          .accuracy(Accuracy.ACCUMULATED)
          .create(MatMulNBits::of);

  static MatMulNBits of(Attributes attributes) {
    attributes.ignore("accuracy_level", "it allows less precision, which is not used");
    if (attributes.getInt("weight_prepacked") != 0) {
      throw new UnsupportedModel("weight_prepacked other than 0 is not implemented");
    }
    long bits = attributes.getInt("bits");
    long block = attributes.getInt("block_size");
    if (bits < 2 || bits > 8 || block < 16 || Long.bitCount(block) != 1 || block > 1 << 30) {
      throw new InvalidModel("bits " + bits + " and block_size " + block + " are out of range");
    }
    long k = attributes.getInt("K");
    long n = attributes.getInt("N");
    if (k < 0 || k > Integer.MAX_VALUE || n < 0 || n > Integer.MAX_VALUE) {
      throw new InvalidModel("K " + k + " and N " + n + " are out of range");
    }
    return new MatMulNBits((int) k, (int) n, (int) bits, (int) block);
  }

  @Override
  public void infer(Inference in) {
    Shape a = in.shape(0);
    if (!a.hasRank()) {
      in.shape(0, a);
      return;
    }
    if (a.rank() == 0 || (a.dim(-1) instanceof Dim.Known(long size) && size != k)) {
      throw in.invalid("A " + a + " must end in K = " + k);
    }
    List<Dim> dims = new ArrayList<>(a.dims());
    dims.set(dims.size() - 1, Dim.of(n));
    in.shape(0, Shape.of(dims));
  }

  @Override
  public void run(Invocation in) {
    Tensor a = in.tensor(0);
    if (a.rank() == 0 || a.dim(-1) != k) {
      throw new OperatorFailed("A " + a + " must end in K = " + k);
    }
    int blocks = (k + blockSize - 1) / blockSize;
    Tensor b = in.tensor(1);
    Tensor scales = in.tensor(2);
    Tensor zeros = in.optional(3);
    Tensor groups = in.optional(4);
    int rowBytes = blocks * (blockSize * bits / 8);
    if (b.size() != (long) n * rowBytes || scales.size() != (long) n * blocks) {
      throw new OperatorFailed(
          "B " + b + " and scales " + scales + " do not fit K = " + k + ", N = " + n);
    }
    float[] scale = scales.toFloats();
    float[] zero = zeroPoints(zeros, blocks);
    int[] block = blockOf(groups, blocks);
    int rows = k == 0 ? 0 : a.size() / k;
    int[] shape = a.shape();
    shape[shape.length - 1] = n;
    DataType type = a.dataType();
    Tensor y =
        type == DataType.FLOAT ? in.output(0, type, shape) : Tensor.zeros(DataType.FLOAT, shape);
    float[] bias = Microsoft.columns(in.optional(5), n);
    for (int i = 0; i < y.size(); i++) {
      y.floats()[i] = bias == null ? 0 : bias[i % n];
    }
    multiply(in.kernels(), rows, a.toFloats(), b.bytes(), rowBytes, scale, zero, block, y.floats());
    if (type != DataType.FLOAT) {
      in.set(0, Tensor.fromFloats(type, y.floats(), shape));
    }
  }

  /** Adds the product, dequantizing {@link #TILE} rows of B at a time. */
  private void multiply(
      Kernels kernels,
      int rows,
      float[] a,
      byte[] b,
      int rowBytes,
      float[] scale,
      float[] zero,
      int[] block,
      float[] y) {
    int blocks = scale.length / Math.max(1, n);
    float[] tile = new float[k * TILE];
    int mask = (1 << bits) - 1;
    for (int j = 0; j < n; j += TILE) {
      int width = Math.min(TILE, n - j);
      for (int c = 0; c < width; c++) {
        int row = (j + c) * rowBytes;
        int first = (j + c) * blocks;
        for (int i = 0; i < k; i++) {
          int s = first + block[i];
          tile[i * width + c] = (element(b, row, i, mask) - zero[s]) * scale[s];
        }
      }
      kernels.gemm(rows, width, k, 1, a, 0, k, 1, tile, 0, width, 1, y, j, n);
    }
  }

  private int element(byte[] bytes, int row, int i, int mask) {
    int bit = i * bits;
    int at = row + (bit >> 3);
    int low = bytes[at] & 0xff;
    int high = (bit & 7) + bits > 8 ? bytes[at + 1] & 0xff : 0;
    return ((high << 8 | low) >> (bit & 7)) & mask;
  }

  /** Returns whose scale each column of A goes with; g_idx may be longer, to whole blocks. */
  private int[] blockOf(@Nullable Tensor groups, int blocks) {
    int[] block = new int[k];
    if (groups != null && groups.size() != k && groups.size() != (long) blocks * blockSize) {
      throw new OperatorFailed("g_idx " + groups + " does not fit K = " + k);
    }
    for (int i = 0; i < k; i++) {
      block[i] = groups == null ? i / blockSize : groups.ints()[i];
      if (block[i] < 0 || block[i] >= blocks) {
        throw new OperatorFailed("g_idx must lie in [0, " + (blocks - 1) + "]");
      }
    }
    return block;
  }

  private float[] zeroPoints(@Nullable Tensor zeros, int blocks) {
    float[] result = new float[n * blocks];
    if (zeros == null) {
      java.util.Arrays.fill(result, 1 << (bits - 1));
      return result;
    }
    if (zeros.dataType() != DataType.UINT8) {
      if (zeros.size() != result.length) {
        throw new OperatorFailed("zero points " + zeros + " do not fit");
      }
      return zeros.toFloats();
    }
    int rowBytes = (blocks * bits + 7) / 8;
    if (zeros.size() != (long) n * rowBytes) {
      throw new OperatorFailed("zero points " + zeros + " do not fit");
    }
    for (int i = 0; i < result.length; i++) {
      result[i] = element(zeros.bytes(), i / blocks * rowBytes, i % blocks, (1 << bits) - 1);
    }
    return result;
  }
}
