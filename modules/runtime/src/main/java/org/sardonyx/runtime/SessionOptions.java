package org.sardonyx.runtime;

import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.Limits;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.tensor.DataType;

/**
 * How a session is compiled and runs.
 *
 * @param operators operators beside ours, of any domain; where one has the name of one of ours or
 *     of a function of the model, it takes its place
 * @param kernels the loops to compute with; null for the best of this machine
 * @param weights what weights are held as, see {@link #withWeights}
 * @param limits what a model may use
 * @param seed where random operators begin, so that every run of a session gives the same numbers;
 *     null to begin anew with every run
 * @param simplify whether the model is simplified before it is compiled; off to compare with what
 *     the model says to the letter
 * @param observer sees what the steps of a run take; null for nobody
 * @param checkpoint called between nodes and now and then within long ones; what it throws ends the
 *     run and reaches the caller. Null for none
 * @param strictInputs for tests: whether an operator that leaves one of its inputs unread fails
 * @param poison for tests: whether the buffers that operators fill hold garbage at first
 */
public record SessionOptions(
    List<OperatorDef> operators,
    @Nullable Kernels kernels,
    DataType weights,
    Limits limits,
    @Nullable Long seed,
    boolean simplify,
    @Nullable Observer observer,
    @Nullable Runnable checkpoint,
    boolean strictInputs,
    boolean poison) {

  public SessionOptions {
    operators = List.copyOf(operators);
    if (weights != DataType.FLOAT && weights != DataType.BFLOAT16) {
      throw new IllegalArgumentException("weights are held as FLOAT or BFLOAT16, not " + weights);
    }
  }

  /** Returns the loops to compute with. */
  @Override
  public Kernels kernels() {
    Kernels own = kernels;
    return own == null ? Kernels.best() : own;
  }

  /** Returns the defaults: our operators, the best kernels of this machine, the standard limits. */
  public static SessionOptions standard() {
    return new SessionOptions(
        List.of(), null, DataType.FLOAT, Limits.standard(), null, true, null, null, false, false);
  }

  public SessionOptions withOperators(List<OperatorDef> more) {
    return new SessionOptions(
        more, kernels, weights, limits, seed, simplify, observer, checkpoint, strictInputs, poison);
  }

  public SessionOptions withOperators(OperatorDef... more) {
    return withOperators(List.of(more));
  }

  public SessionOptions withKernels(Kernels newKernels) {
    return new SessionOptions(
        operators,
        newKernels,
        weights,
        limits,
        seed,
        simplify,
        observer,
        checkpoint,
        strictInputs,
        poison);
  }

  /**
   * Has runs compute in several threads, with the same results to the last bit. The threads are
   * daemons, begin with the first run that has use for them and end when they had nothing to do for
   * ten seconds.
   *
   * @param threads how many, the caller's included; 1 for the caller's alone, as is standard
   */
  public SessionOptions withThreads(int threads) {
    return withThreads(threads, threads == 1 ? Runnable::run : Threads.executor(threads - 1));
  }

  /**
   * Has runs compute in several threads, all but the caller's from an executor. A run holds them
   * from the first work that it shares to its end, and computes alone where there are none.
   *
   * @param threads how many, the caller's included
   */
  public SessionOptions withThreads(int threads, Executor executor) {
    return withKernels(kernels().threaded(executor, threads));
  }

  /**
   * Has the constant weights of LSTM, GRU and RNN (W and R) and of MatMul, Gemm and FusedMatMul
   * (the right-hand matrix) rounded to bfloat16, the nearest, and held in half the room: products
   * of few rows, which wait for weights to come from memory, take about half the time. Everything
   * else is computed in float as before. Results differ from those of the weights as they are, by
   * what a relative error of up to 1/256 in each weight comes to: {@code sardonyx compare --weights
   * bfloat16} measures it.
   *
   * <p>A model that has no such weights is refused as unsupported when it is compiled, and so is a
   * recurrent layer whose weights are no constants, or double.
   *
   * @param type BFLOAT16, or FLOAT for weights as they are, as is standard
   */
  public SessionOptions withWeights(DataType type) {
    return new SessionOptions(
        operators,
        kernels,
        type,
        limits,
        seed,
        simplify,
        observer,
        checkpoint,
        strictInputs,
        poison);
  }

  public SessionOptions withLimits(Limits newLimits) {
    return new SessionOptions(
        operators,
        kernels,
        weights,
        newLimits,
        seed,
        simplify,
        observer,
        checkpoint,
        strictInputs,
        poison);
  }

  public SessionOptions withSeed(@Nullable Long newSeed) {
    return new SessionOptions(
        operators,
        kernels,
        weights,
        limits,
        newSeed,
        simplify,
        observer,
        checkpoint,
        strictInputs,
        poison);
  }

  public SessionOptions withSimplify(boolean on) {
    return new SessionOptions(
        operators, kernels, weights, limits, seed, on, observer, checkpoint, strictInputs, poison);
  }

  /** Has an observer see what the steps of each run take; null for none, which costs nothing. */
  public SessionOptions withObserver(@Nullable Observer newObserver) {
    return new SessionOptions(
        operators,
        kernels,
        weights,
        limits,
        seed,
        simplify,
        newObserver,
        checkpoint,
        strictInputs,
        poison);
  }

  public SessionOptions withCheckpoint(@Nullable Runnable newCheckpoint) {
    return new SessionOptions(
        operators,
        kernels,
        weights,
        limits,
        seed,
        simplify,
        observer,
        newCheckpoint,
        strictInputs,
        poison);
  }

  public SessionOptions withStrictInputs(boolean on) {
    return new SessionOptions(
        operators, kernels, weights, limits, seed, simplify, observer, checkpoint, on, poison);
  }

  public SessionOptions withPoison(boolean on) {
    return new SessionOptions(
        operators,
        kernels,
        weights,
        limits,
        seed,
        simplify,
        observer,
        checkpoint,
        strictInputs,
        on);
  }
}
