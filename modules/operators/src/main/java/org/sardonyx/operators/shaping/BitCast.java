package org.sardonyx.operators.shaping;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * BitCast: the same bits under another type of the same width.
 *
 * @param to the type
 */
public record BitCast(DataType to) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("BitCast")
          .version(26)
          .input("input", "T1")
          .output("output", "T2")
          .required("to", Kind.INT)
          .type("T1", Types.without(Types.ALL_IR13, DataType.STRING))
          .type("T2", Types.without(Types.ALL_IR13, DataType.STRING))
          .create(BitCast::of);

  static BitCast of(Attributes attributes) {
    return new BitCast(DataType.of(attributes.getInt("to")));
  }

  @Override
  public void infer(Inference in) {
    DataType from = in.elementType(0);
    if (from != null && from.bits() != to.bits()) {
      throw in.invalid(from.specName() + " and " + to.specName() + " differ in width");
    }
    in.output(0, to, in.shape(0));
  }

  @Override
  public void run(Invocation in) {
    Tensor x = in.tensor(0);
    if (x.dataType().bits() != to.bits()) {
      throw new OperatorFailed(x + " and " + to.specName() + " differ in width");
    }
    if (x.array().getClass() == Tensor.zeros(to, 0).array().getClass() && to != DataType.BOOL) {
      in.set(0, x.reinterpreted(to));
      return;
    }
    Tensor y = in.output(0, to, x.shape());
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.toIntExact(x.dataType().byteSize(x.size())))
            .order(ByteOrder.LITTLE_ENDIAN);
    switch (x.array()) {
      case float[] a -> bytes.asFloatBuffer().put(a);
      case double[] a -> bytes.asDoubleBuffer().put(a);
      case int[] a -> bytes.asIntBuffer().put(a);
      case long[] a -> bytes.asLongBuffer().put(a);
      case short[] a -> bytes.asShortBuffer().put(a);
      case byte[] a -> bytes.put(0, a);
      default -> throw new IllegalStateException();
    }
    switch (y.array()) {
      case float[] a -> bytes.asFloatBuffer().get(a);
      case double[] a -> bytes.asDoubleBuffer().get(a);
      case int[] a -> bytes.asIntBuffer().get(a);
      case long[] a -> bytes.asLongBuffer().get(a);
      case short[] a -> bytes.asShortBuffer().get(a);
      case byte[] a -> bytes.get(0, a);
      default -> throw new IllegalStateException();
    }
    if (to == DataType.BOOL) {
      byte[] flags = y.bytes();
      for (int i = 0; i < flags.length; i++) {
        flags[i] = (byte) (flags[i] != 0 ? 1 : 0);
      }
    }
  }
}
