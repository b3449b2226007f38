package org.sardonyx.runtime;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.Limit;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.Limits;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.graph.Node;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.kernels.Packing;
import org.sardonyx.operators.Accuracy;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Constants;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Operators;
import org.sardonyx.operators.Signature;
import org.sardonyx.operators.Signature.Arity;
import org.sardonyx.operators.Signature.Parameter;
import org.sardonyx.passes.walk.Opsets;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;
import org.sardonyx.type.Type;

/** Makes steps of nodes; a node whose inputs are all constant runs here and now. */
final class StepCompiler {

  /** What takes longer is left to the runs, which can be ended. */
  private static final long MOST_NANOS = 2_000_000_000L;

  private final Operators operators;
  private final SessionOptions options;
  private final SessionOptions folding;
  private final IdentityHashMap<Signature, Map<Integer, Formals>> formals = new IdentityHashMap<>();
  private long foldedBytes;

  /** What was computed, kept or not: at some point trying costs more than it gives. */
  private long triedBytes;

  /** Nanoseconds that are left for computing what is constant, and when one step began. */
  private long leftNanos = 3 * MOST_NANOS;

  private long begun;

  /** Whether weights were packed for products. */
  private boolean packed;

  StepCompiler(Operators operators, SessionOptions options) {
    this.operators = operators;
    this.options = options;
    Limits limits = options.limits();
    this.folding =
        options
            .withLimits(limits.with(Limit.LIVE_BYTES, limits.most(Limit.FOLDED_NODE_BYTES)))
            .withCheckpoint(this::lookAtTheClock);
  }

  void compile(
      Scope scope, Node node, Map<String, Plan> bodies, Set<String> needed, List<String> calls) {
    OperatorDef def = definition(node);
    Signature signature = signature(scope, node, def);
    checkCounts(node, signature);
    Operator operator = def.create(Attributes.of(node, signature));
    int[] in = new int[node.inputs().size()];
    for (int i = 0; i < in.length; i++) {
      String name = node.inputs().get(i);
      in[i] = name.isEmpty() ? Scope.ABSENT : scope.resolve(name);
      if (in[i] == Scope.ABSENT && isRequired(signature, i)) {
        throw new InvalidModel("input " + i + " is missing");
      }
    }
    int[] out = new int[node.outputs().size()];
    for (int i = 0; i < out.length; i++) {
      String name = node.outputs().get(i);
      out[i] = name.isEmpty() || !needed.contains(name) ? -1 : scope.draft.slot();
    }
    Step step =
        new Step(
            Step.key(calls, node),
            node,
            calls,
            def,
            formals(def, signature, in.length),
            operator,
            in,
            out,
            new boolean[in.length],
            bodies,
            new int[0],
            null,
            Reuse.NEVER);
    if (!fold(step, scope.draft)) {
      Step prepared = prepare(step, scope.draft);
      scope.draft.add(
          options.observer() == null
              ? prepared
              : prepared.withPlace(new Place(prepared, types(prepared, scope.draft))));
    }
    for (int i = 0; i < out.length; i++) {
      if (out[i] >= 0) {
        scope.bind(node.outputs().get(i), out[i]);
      }
    }
  }

  /** Refuses a model that has no weights to hold as the options say. */
  void finish() {
    if (options.weights() != DataType.FLOAT && !packed) {
      throw new UnsupportedModel(
          "no weights can be held as bfloat16: there is no LSTM, GRU, RNN, MatMul, Gemm or"
              + " FusedMatMul of constant weights in float");
    }
  }

  private Formals formals(OperatorDef def, Signature signature, int inputs) {
    Map<Integer, Formals> ofSignature = formals.get(signature);
    if (ofSignature == null) {
      ofSignature = new HashMap<>();
      formals.put(signature, ofSignature);
    }
    Formals known = ofSignature.get(inputs);
    if (known == null) {
      known = new Formals(def, signature, inputs);
      ofSignature.put(inputs, known);
    }
    return known;
  }

  private OperatorDef definition(Node node) {
    OperatorDef def = operators.find(node.domain(), node.opType());
    if (def == null) {
      throw new UnsupportedModel(
          "operator "
              + Text.escape(node.opType())
              + " of domain "
              + (node.isOnnx() ? "ai.onnx" : Text.escape(node.domain()))
              + " is not implemented"
              + Operators.elsewhere(node.domain(), node.opType()));
    }
    return def;
  }

  private static Signature signature(Scope scope, Node node, OperatorDef def) {
    String domain = node.isOnnx() ? "ai.onnx" : Text.escape(node.domain());
    long opset = scope.opsets.version(node.domain());
    if (opset < 0) {
      throw new InvalidModel(
          "the model uses " + def + " and imports no version of domain " + domain);
    }
    Integer newest = Opsets.newest(node.domain());
    if (newest != null && opset > newest) {
      throw new UnsupportedModel(
          "version "
              + opset
              + " of "
              + domain
              + " is newer than "
              + newest
              + ", the newest that is known here");
    }
    Signature signature = def.signature(opset);
    if (signature == null
        && node.isOnnx("LayerNormalization")
        && scope.opsets.version("com.microsoft") >= 0) {
      // Models that ONNX Runtime has optimized hold it under the name of ai.onnx in any version.
      signature = def.versions().getFirst();
    }
    if (signature == null) {
      throw new InvalidModel("there was no " + def + " in version " + opset + " of " + domain);
    }
    if (signature.deprecated()) {
      throw new InvalidModel(
          def
              + " is deprecated since version "
              + signature.sinceVersion()
              + " of "
              + domain
              + " and the model imports version "
              + opset);
    }
    return signature;
  }

  private static void checkCounts(Node node, Signature signature) {
    int inputs = node.inputs().size();
    int outputs = node.outputs().size();
    if (inputs < signature.minInputs() || inputs > signature.maxInputs()) {
      throw new InvalidModel(
          "has "
              + inputs
              + " inputs, must have "
              + range(signature.minInputs(), signature.maxInputs()));
    }
    if (outputs < signature.minOutputs() || outputs > signature.maxOutputs()) {
      throw new InvalidModel(
          "has "
              + outputs
              + " outputs, must have "
              + range(signature.minOutputs(), signature.maxOutputs()));
    }
  }

  private static String range(int least, int most) {
    return least == most
        ? Integer.toString(least)
        : most == Integer.MAX_VALUE ? least + " or more" : least + " to " + most;
  }

  private static boolean isRequired(Signature signature, int input) {
    Parameter parameter = signature.input(input);
    return parameter != null && parameter.arity() != Arity.OPTIONAL;
  }

  /** Runs the step if that is possible now; then its outputs are constants and there is no step. */
  private boolean fold(Step step, Draft draft) {
    if (!step.bodies().isEmpty()
        || step.def().accuracy() == Accuracy.RANDOM
        || triedBytes > 4 * options.limits().most(Limit.FOLDED_BYTES)) {
      return false;
    }
    int[] in = step.in().clone();
    int[] out = step.out().clone();
    @Nullable Value[] frame = new @Nullable Value[in.length + out.length];
    for (int i = 0; i < in.length; i++) {
      if (in[i] >= 0) {
        frame[i] = draft.constantIn(in[i]);
        if (frame[i] == null) {
          return false;
        }
        in[i] = i;
      }
    }
    for (int i = 0; i < out.length; i++) {
      out[i] = out[i] < 0 ? -1 : in.length + i;
    }
    begun = System.nanoTime();
    try {
      Call.once(Run.folding(folding), frame, step.withSlots(in, out));
    } catch (ModelException | OperatorBug e) {
      // What fails here fails again where it matters: when, and only when, the step is reached.
      return false;
    } finally {
      leftNanos -= System.nanoTime() - begun;
    }
    long bytes = 0;
    for (int slot : out) {
      bytes += slot < 0 ? 0 : Sizes.of(frame[slot]);
    }
    triedBytes += bytes;
    if (foldedBytes + bytes > options.limits().most(Limit.FOLDED_BYTES)) {
      return false;
    }
    foldedBytes += bytes;
    for (int i = 0; i < out.length; i++) {
      if (out[i] >= 0) {
        draft.fold(step.out()[i], Objects.requireNonNull(frame[out[i]]));
      }
    }
    return true;
  }

  /** Leaves to the runs what takes long. */
  private void lookAtTheClock() {
    if (System.nanoTime() - begun > Math.min(MOST_NANOS, leftNanos)) {
      throw new LimitExceeded("constant-folding", "operators that take long");
    }
  }

  /** Returns the step with what it must know of the constants that its operator reads no more. */
  private static Step packed(Step step, Operator prepared, @Nullable Value[] constants) {
    @Nullable DataType[] types = new @Nullable DataType[constants.length];
    boolean any = false;
    for (int i = 0; i < types.length; i++) {
      if (!prepared.reads(i) && constants[i] instanceof Tensor tensor) {
        types[i] = tensor.dataType();
        any = true;
      }
    }
    return any ? step.withFormals(step.formals().withPacked(types)) : step;
  }

  /** Returns the types of those inputs that are constant. */
  private static List<@Nullable Type> types(Step step, Draft draft) {
    List<@Nullable Type> types = new ArrayList<>();
    for (int slot : step.in()) {
      Value constant = slot < 0 ? null : draft.constantIn(slot);
      types.add(constant == null ? null : constant.type());
    }
    return Collections.unmodifiableList(types);
  }

  private Step prepare(Step step, Draft draft) {
    @Nullable Value[] constants = new @Nullable Value[step.in().length];
    boolean any = false;
    for (int i = 0; i < constants.length; i++) {
      constants[i] = step.in()[i] < 0 ? null : draft.constantIn(step.in()[i]);
      any |= constants[i] != null;
    }
    if (!any && options.weights() == DataType.FLOAT) {
      return step;
    }
    // What is wrong with a constant is wrong in every run, and packed ones are not seen again.
    int[] places = new int[constants.length];
    for (int i = 0; i < places.length; i++) {
      places[i] = i;
    }
    step.formals().check(constants, places);
    boolean[] read = new boolean[constants.length];
    Operator prepared =
        step.operator()
            .prepare(
                new Constants() {
                  @Override
                  public boolean has(int input) {
                    return input < step.in().length && step.in()[input] >= 0;
                  }

                  @Override
                  public @Nullable Tensor tensor(int input) {
                    if (input < constants.length && constants[input] instanceof Tensor tensor) {
                      read[input] = true;
                      return tensor;
                    }
                    return null;
                  }

                  @Override
                  public Kernels kernels() {
                    return options.kernels();
                  }

                  @Override
                  public DataType weights() {
                    return options.weights();
                  }

                  @Override
                  public Packing packing() {
                    packed = true;
                    return Constants.super.packing();
                  }
                });
    return packed(step, prepared, constants)
        .withOperator(prepared, Arrays.copyOf(read, read.length));
  }
}
