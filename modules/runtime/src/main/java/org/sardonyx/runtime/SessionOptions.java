package org.sardonyx.runtime;

import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.operators.OperatorDef;

/**
 * How a session is compiled and runs.
 *
 * @param operators operators beside ours, of any domain; where one has the name of one of ours or
 *     of a function of the model, it takes its place
 * @param kernels the loops to compute with
 * @param limits what a model may use
 * @param seed where random operators begin, so that every run of a session gives the same numbers;
 *     null to begin anew with every run
 * @param simplify whether the model is simplified before it is compiled; off to compare with what
 *     the model says to the letter
 * @param profile whether runs are measured, see {@link Session#profile}
 * @param checkpoint called between nodes and now and then within long ones; what it throws ends the
 *     run and reaches the caller. Null for none
 * @param strictInputs for tests: whether an operator that leaves one of its inputs unread fails
 * @param poison for tests: whether the buffers that operators fill hold garbage at first
 */
public record SessionOptions(
    List<OperatorDef> operators,
    Kernels kernels,
    Limits limits,
    @Nullable Long seed,
    boolean simplify,
    boolean profile,
    @Nullable Runnable checkpoint,
    boolean strictInputs,
    boolean poison) {

  public SessionOptions {
    operators = List.copyOf(operators);
  }

  /** Returns the defaults: our operators, the best kernels of this machine, the standard limits. */
  public static SessionOptions standard() {
    return new SessionOptions(
        List.of(), Kernels.best(), Limits.standard(), null, true, false, null, false, false);
  }

  public SessionOptions withOperators(List<OperatorDef> more) {
    return new SessionOptions(
        more, kernels, limits, seed, simplify, profile, checkpoint, strictInputs, poison);
  }

  public SessionOptions withOperators(OperatorDef... more) {
    return withOperators(List.of(more));
  }

  public SessionOptions withKernels(Kernels newKernels) {
    return new SessionOptions(
        operators, newKernels, limits, seed, simplify, profile, checkpoint, strictInputs, poison);
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
    return withKernels(kernels.threaded(executor, threads));
  }

  public SessionOptions withLimits(Limits newLimits) {
    return new SessionOptions(
        operators, kernels, newLimits, seed, simplify, profile, checkpoint, strictInputs, poison);
  }

  public SessionOptions withSeed(@Nullable Long newSeed) {
    return new SessionOptions(
        operators, kernels, limits, newSeed, simplify, profile, checkpoint, strictInputs, poison);
  }

  public SessionOptions withSimplify(boolean on) {
    return new SessionOptions(
        operators, kernels, limits, seed, on, profile, checkpoint, strictInputs, poison);
  }

  public SessionOptions withProfile(boolean on) {
    return new SessionOptions(
        operators, kernels, limits, seed, simplify, on, checkpoint, strictInputs, poison);
  }

  public SessionOptions withCheckpoint(@Nullable Runnable newCheckpoint) {
    return new SessionOptions(
        operators, kernels, limits, seed, simplify, profile, newCheckpoint, strictInputs, poison);
  }

  public SessionOptions withStrictInputs(boolean on) {
    return new SessionOptions(
        operators, kernels, limits, seed, simplify, profile, checkpoint, on, poison);
  }

  public SessionOptions withPoison(boolean on) {
    return new SessionOptions(
        operators, kernels, limits, seed, simplify, profile, checkpoint, strictInputs, on);
  }
}
