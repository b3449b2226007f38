package org.sardonyx.kernels.vector;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static org.sardonyx.kernels.vector.Elementary.S;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import org.sardonyx.kernels.Binary;
import org.sardonyx.kernels.Chain.Operation;
import org.sardonyx.kernels.Unary;

/**
 * Writes loops of vectors for elementwise operations, as hidden classes, which go when nobody has
 * them any more.
 */
final class ChainLoops {

  private static final ClassDesc HERE = desc(ChainLoops.class);
  private static final ClassDesc ELEMENTARY = desc(Elementary.class);
  private static final ClassDesc VECTOR = desc(FloatVector.class);
  private static final ClassDesc FLOATS = ConstantDescs.CD_float.arrayType();
  private static final ClassDesc INTS = ConstantDescs.CD_int.arrayType();
  private static final MethodTypeDesc OF_ONE = MethodTypeDesc.of(VECTOR, VECTOR);
  private static final MethodTypeDesc OF_NONE = MethodTypeDesc.of(VECTOR);
  private static final MethodTypeDesc OF_TWO = MethodTypeDesc.of(VECTOR, desc(Vector.class));
  private static final MethodTypeDesc WITH_TWO_NUMBERS =
      MethodTypeDesc.of(VECTOR, VECTOR, ConstantDescs.CD_float, ConstantDescs.CD_float);
  private static final MethodTypeDesc RUN =
      MethodTypeDesc.of(
          ConstantDescs.CD_void,
          FLOATS.arrayType(),
          INTS,
          ConstantDescs.CD_int,
          ConstantDescs.CD_int);

  // Local variables of run, after "this".
  private static final int ARRAYS = 1;
  private static final int OFFSETS = 2;
  private static final int INDEX = 3;
  private static final int END = 4;

  private ChainLoops() {}

  /** A loop over values, each with its array and the place where it begins there. */
  interface Loop {
    /** Computes elements {@code from} to {@code to}, a multiple of the lanes many. */
    void run(float[][] arrays, int[] offsets, int from, int to);
  }

  /**
   * Makes a loop.
   *
   * @param operations what it computes
   * @param first the number of the first operation's value
   * @param moving values that move along the row; others stand still, and are computed once
   * @param wanted values to be written
   */
  static Loop loop(List<Operation> operations, int first, boolean[] moving, List<Integer> wanted) {
    byte[] bytes =
        ClassFile.of()
            .build(
                ClassDesc.of(ChainLoops.class.getName() + "$Generated"),
                type ->
                    type.withFlags(ClassFile.ACC_FINAL)
                        .withInterfaceSymbols(desc(Loop.class))
                        .withMethodBody(
                            ConstantDescs.INIT_NAME,
                            ConstantDescs.MTD_void,
                            0,
                            code ->
                                code.aload(0)
                                    .invokespecial(
                                        ConstantDescs.CD_Object,
                                        ConstantDescs.INIT_NAME,
                                        ConstantDescs.MTD_void)
                                    .return_())
                        .withMethodBody(
                            "run",
                            RUN,
                            ClassFile.ACC_PUBLIC,
                            code -> new Writer(code, first, moving).write(operations, wanted)));
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup().defineHiddenClass(bytes, true);
      return (Loop) lookup.lookupClass().getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a generated loop is not accepted", e);
    }
  }

  /** The method under way. */
  private static final class Writer {

    private final CodeBuilder code;
    private final int first;
    private final boolean[] moving;

    /**
     * By value: the variable of its vector or, where it moves, of its array; the offset is next.
     */
    private final Map<Integer, Integer> variables = new HashMap<>();

    private final Map<Integer, Integer> targets = new HashMap<>();
    private int next = END + 1;

    Writer(CodeBuilder code, int first, boolean[] moving) {
      this.code = code;
      this.first = first;
      this.moving = moving;
    }

    void write(List<Operation> operations, List<Integer> wanted) {
      TreeSet<Integer> read = new TreeSet<>();
      for (Operation operation : operations) {
        for (int operand : operation.operands()) {
          if (operand < first) {
            read.add(operand);
          }
        }
      }
      for (int value : read) {
        if (moving[value]) {
          variables.put(value, place(value));
        } else {
          array(value);
          offset(value);
          code.faload()
              .invokestatic(HERE, "all", MethodTypeDesc.of(VECTOR, ConstantDescs.CD_float))
              .astore(next);
          variables.put(value, next++);
        }
      }
      for (int value : wanted) {
        targets.put(value, place(value));
      }
      Map<Integer, Integer> vectors = new HashMap<>(variables);
      operations(operations, false, vectors, wanted);
      Label top = code.newLabel();
      Label done = code.newLabel();
      code.labelBinding(top).iload(INDEX).iload(END).if_icmpge(done);
      for (int value : read) {
        int variable = variables.getOrDefault(value, -1);
        if (moving[value]) {
          code.aload(variable)
              .iload(variable + 1)
              .iload(INDEX)
              .iadd()
              .invokestatic(
                  desc(UnaryLoops.class),
                  "load",
                  MethodTypeDesc.of(VECTOR, FLOATS, ConstantDescs.CD_int))
              .astore(next);
          vectors.put(value, next++);
        }
      }
      operations(operations, true, vectors, wanted);
      code.iinc(INDEX, UnaryLoops.LANES).goto_(top).labelBinding(done).return_();
    }

    /** Computes and stores the values that move, or those that stand still. */
    private void operations(
        List<Operation> operations,
        boolean move,
        Map<Integer, Integer> vectors,
        List<Integer> wanted) {
      for (int i = 0; i < operations.size(); i++) {
        if (moving[first + i] == move) {
          operation(operations.get(i), vectors);
          code.astore(next);
          vectors.put(first + i, next++);
        }
      }
      for (int value : wanted) {
        if (moving[value] != move) {
          continue;
        }
        int target = targets.getOrDefault(value, -1);
        code.aload(vectors.getOrDefault(value, -1)).aload(target).iload(target + 1);
        if (move) {
          code.iload(INDEX).iadd();
        }
        code.invokevirtual(
            VECTOR,
            "intoArray",
            MethodTypeDesc.of(ConstantDescs.CD_void, FLOATS, ConstantDescs.CD_int));
      }
    }

    private void array(int value) {
      code.aload(ARRAYS).loadConstant(value).aaload();
    }

    private void offset(int value) {
      code.aload(OFFSETS).loadConstant(value).iaload();
    }

    /** Puts the array and the offset of a value into variables, and returns the first. */
    private int place(int value) {
      array(value);
      code.astore(next);
      offset(value);
      code.istore(next + 1);
      next += 2;
      return next - 2;
    }

    private void operation(Operation operation, Map<Integer, Integer> vectors) {
      for (int operand : operation.operands()) {
        code.aload(vectors.getOrDefault(operand, -1));
      }
      switch (operation) {
        case Operation.OfTwo(Binary f, int _, int _) ->
            code.invokevirtual(
                VECTOR,
                switch (f) {
                  case ADD -> "add";
                  case SUB -> "sub";
                  case MUL -> "mul";
                  case DIV -> "div";
                  case MAX -> "max";
                  case MIN -> "min";
                },
                OF_TWO);
        case Operation.OfOne(Unary f, int _) -> {
          switch (f) {
            case ABS -> code.invokevirtual(VECTOR, "abs", OF_NONE);
            case NEG -> code.invokevirtual(VECTOR, "neg", OF_NONE);
            case SQRT -> code.invokevirtual(VECTOR, "sqrt", OF_NONE);
            case RELU -> code.invokestatic(HERE, "relu", OF_ONE);
            case RECIPROCAL -> code.invokestatic(HERE, "reciprocal", OF_ONE);
            case EXP -> code.invokestatic(ELEMENTARY, "exp", OF_ONE);
            case LOG -> code.invokestatic(ELEMENTARY, "log", OF_ONE);
            case SIGMOID -> code.invokestatic(ELEMENTARY, "sigmoid", OF_ONE);
            case TANH -> code.invokestatic(ELEMENTARY, "tanh", OF_ONE);
            case ERF -> code.invokestatic(ELEMENTARY, "erf", OF_ONE);
            case SOFTPLUS -> code.invokestatic(ELEMENTARY, "softplus", OF_ONE);
            case GELU -> code.invokestatic(ELEMENTARY, "gelu", OF_ONE);
            case GELU_TANH -> code.invokestatic(ELEMENTARY, "geluTanh", OF_ONE);
            case SILU -> code.invokestatic(ELEMENTARY, "silu", OF_ONE);
          }
        }
        case Operation.Clamp(float least, float greatest, int _) ->
            code.loadConstant(least)
                .loadConstant(greatest)
                .invokestatic(desc(UnaryLoops.class), "clamp", WITH_TWO_NUMBERS);
        case Operation.HardSigmoid(float alpha, float beta, int _) ->
            code.loadConstant(alpha)
                .loadConstant(beta)
                .invokestatic(HERE, "hardSigmoid", WITH_TWO_NUMBERS);
      }
    }
  }

  // What generated code calls.

  static FloatVector all(float x) {
    return FloatVector.broadcast(S, x);
  }

  static FloatVector relu(FloatVector x) {
    return x.blend(0f, x.compare(LE, 0f));
  }

  static FloatVector reciprocal(FloatVector x) {
    return all(1).div(x);
  }

  static FloatVector hardSigmoid(FloatVector x, float alpha, float beta) {
    FloatVector y = x.mul(alpha).add(beta);
    return relu(y.blend(1f, y.compare(GT, 1f)));
  }

  private static ClassDesc desc(Class<?> type) {
    return ClassDesc.ofDescriptor(type.descriptorString());
  }
}
