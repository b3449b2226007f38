package org.sardonyx.conformance.bisect;

import java.util.function.Consumer;
import org.sardonyx.conformance.ArbiterEngine;
import org.sardonyx.conformance.Budget;
import org.sardonyx.oracle.Engine;

/**
 * An engine that is looked at, and what it is held against.
 *
 * @param engine the engine, which the caller closes
 * @param options how it runs
 * @param arbiter says what is true
 * @param budget how far a node or an output may be off
 * @param progress is told what goes on
 */
public record Suspect(
    Engine engine,
    Engine.Options options,
    ArbiterEngine arbiter,
    Budget budget,
    Consumer<String> progress) {

  /** An engine that is held against the standard budget, and nobody is told. */
  public Suspect(Engine engine, Engine.Options options, ArbiterEngine arbiter) {
    this(engine, options, arbiter, Budget.STANDARD, _ -> {});
  }

  /** Returns the same, of which nobody is told. */
  public Suspect quietly() {
    return new Suspect(engine, options, arbiter, budget, _ -> {});
  }
}
