package org.sardonyx.profile;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import jdk.jfr.Recording;
import org.jspecify.annotations.Nullable;
import org.sardonyx.runtime.Observer;
import org.sardonyx.runtime.Place;
import org.sardonyx.tensor.Value;

/**
 * Adds up what nodes take, over all runs and threads of a session, and while the flight recorder
 * records {@code org.sardonyx.Node}, gives it an event for each node. Made for one session:
 *
 * <pre>{@code
 * Profiler profiler = new Profiler();
 * Session session =
 *     Session.compile(model, SessionOptions.standard().withObserver(profiler));
 * session.run(inputs);
 * System.out.println(profiler.profile());
 * }</pre>
 */
public final class Profiler implements Observer {

  /** A node keeps its sums however often the session compiles it. */
  private record Key(long key, String path) {}

  private static final class Sums {
    private final Place place;
    private final LongAdder calls = new LongAdder();
    private final LongAdder nanos = new LongAdder();
    private final LongAdder ownNanos = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final DoubleAdder flops = new DoubleAdder();

    Sums(Place place) {
      this.place = place;
    }

    void reset() {
      calls.reset();
      nanos.reset();
      ownNanos.reset();
      bytes.reset();
      flops.reset();
    }
  }

  private final Map<Key, Sums> nodes = new ConcurrentHashMap<>();
  private final LongAdder runs = new LongAdder();
  private final LongAdder nanos = new LongAdder();
  private volatile @Nullable Trace trace;

  /** Makes one that has measured nothing. */
  public Profiler() {}

  @Override
  public Object begins(Place place) {
    NodeEvent event = new NodeEvent();
    event.begin();
    return event;
  }

  @Override
  public void ends(
      Place place,
      @Nullable Object begun,
      @Nullable Value[] inputs,
      @Nullable Value[] outputs,
      long start,
      long took,
      long own) {
    NodeEvent event = (NodeEvent) Objects.requireNonNull(begun);
    event.end();
    Sums sums = nodes.computeIfAbsent(new Key(place.key(), place.path()), _ -> new Sums(place));
    double flops = Work.flops(place, inputs, outputs);
    long bytes = Work.bytes(place, inputs, outputs);
    sums.calls.increment();
    sums.nanos.add(took);
    sums.ownNanos.add(own);
    sums.flops.add(flops);
    sums.bytes.add(bytes);
    if (event.shouldCommit()) {
      event.node = place.path();
      event.operator = place.operator();
      event.kernel = place.kernel();
      event.flops = flops;
      event.bytes = bytes;
      event.commit();
    }
    Trace open = trace;
    if (open != null) {
      open.add(place, start, took);
    }
  }

  @Override
  public void ran(long start, long took) {
    runs.increment();
    nanos.add(took);
  }

  /** Forgets what was measured, as after a warm-up; not while the session runs. */
  public void reset() {
    runs.reset();
    nanos.reset();
    nodes.values().forEach(Sums::reset);
  }

  /**
   * Does something, as a run of the session, and returns when each node that ran in it began and
   * how long it took, in the JSON that trace viewers read: Perfetto, and Chrome under {@code
   * about:tracing}.
   */
  public String trace(Runnable run) {
    Trace open = new Trace();
    trace = open;
    try {
      run.run();
    } finally {
      trace = null;
    }
    return open.json();
  }

  /**
   * Does something, as runs of the session, and writes a recording of the flight recorder with an
   * event {@code org.sardonyx.Node} for each node that ran in it.
   */
  public static void record(Runnable runs, Path file) throws IOException {
    try (Recording recording = new Recording()) {
      recording.enable(NodeEvent.class);
      recording.start();
      runs.run();
      recording.stop();
      recording.dump(file);
    }
  }

  /** Returns what was measured since this was made, or since {@link #reset}. */
  public Profile profile() {
    List<Profile.Entry> entries = new ArrayList<>();
    for (Sums sums : nodes.values()) {
      if (sums.calls.sum() > 0) {
        entries.add(
            new Profile.Entry(
                sums.place.path(),
                sums.place.operator(),
                sums.place.kernel(),
                sums.calls.sum(),
                sums.nanos.sum(),
                sums.ownNanos.sum(),
                sums.flops.sum(),
                sums.bytes.sum()));
      }
    }
    entries.sort(
        Comparator.comparingLong(Profile.Entry::ownNanos)
            .reversed()
            .thenComparing(Profile.Entry::node));
    return new Profile(runs.sum(), nanos.sum(), entries);
  }
}
