package org.sardonyx.oracle;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.sardonyx.oracle.Engine.Timing;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/**
 * Times calls of a session of ONNX Runtime.
 *
 * <p>In a stream the states stay ONNX Runtime's tensors: a user gives the output of one call to the
 * next, and a careful one lets two sets of tensors take turns.
 */
final class OnnxRuntimeTiming {

  private final OnnxRuntimeEngine engine;
  private final OrtSession session;
  private final Timing how;
  private final Map<String, Value> inputs;
  private final Map<String, Value> states = new LinkedHashMap<>();

  OnnxRuntimeTiming(
      OnnxRuntimeEngine engine, OrtSession session, Map<String, Value> inputs, Timing how) {
    this.engine = engine;
    this.session = session;
    this.how = how;
    this.inputs = new LinkedHashMap<>(inputs);
    how.states()
        .forEach((_, input) -> {
          Value state = this.inputs.remove(input);
          if (state == null) {
            throw new IllegalArgumentException("the state " + input + " does not begin");
          }
          states.put(input, state);
        });
  }

  long[] times() throws EngineFailed, OrtException {
    return switch (how.calling()) {
      case USER -> user();
      case PINNED -> pinned();
    };
  }

  private long[] user() throws EngineFailed, OrtException {
    CallTimes times = new CallTimes(how.nanos());
    do {
      stream(times);
    } while (times.goOn());
    return times.all();
  }

  /** Runs one stream, as long as there is time. */
  private void stream(CallTimes times) throws EngineFailed, OrtException {
    Map<String, OnnxTensor> state = engine.toOrt(states);
    List<AutoCloseable> owners = new ArrayList<>(state.values());
    try {
      for (int step = 0; step < how.steps() && (step == 0 || times.goOn()); step++) {
        long start = System.nanoTime();
        Map<String, OnnxTensor> given = engine.toOrt(inputs);
        Map<String, OnnxTensorLike> all = new LinkedHashMap<>(given);
        all.putAll(state);
        OrtSession.Result result = session.run(all);
        given.values().forEach(OnnxTensor::close);
        close(owners);
        owners.add(result);
        Map<String, Value> outputs = new LinkedHashMap<>();
        state = new LinkedHashMap<>();
        for (var output : result) {
          String input = how.states().get(output.getKey());
          if (input != null) {
            state.put(input, (OnnxTensor) output.getValue());
          } else {
            outputs.put(output.getKey(), OnnxRuntimeEngine.fromOrt(output.getValue()));
          }
        }
        if (state.isEmpty()) {
          close(owners);
        }
        times.add(start, outputs.size());
      }
    } finally {
      close(owners);
    }
  }

  private long[] pinned() throws EngineFailed, OrtException {
    Map<String, OnnxTensor> given = new LinkedHashMap<>();
    Map<String, OnnxTensor> pinned = new LinkedHashMap<>();
    Map<String, OnnxTensor> now = new LinkedHashMap<>();
    Map<String, OnnxTensor> next = new LinkedHashMap<>();
    try {
      given.putAll(engine.toOrt(inputs));
      now.putAll(engine.toOrt(states));
      Map<String, OnnxTensor> all = new LinkedHashMap<>(given);
      all.putAll(now);
      try (OrtSession.Result first = session.run(all)) {
        for (var output : first) {
          String name = output.getKey();
          if (!(OnnxRuntimeEngine.fromOrt(output.getValue()) instanceof Tensor tensor)
              || tensor.dataType() == DataType.STRING) {
            throw new EngineFailed(
                EngineFailed.Kind.REFUSED, name + " is no tensor that can be pinned");
          }
          String input = how.states().get(name);
          if (input == null) {
            pinned.put(name, engine.toOrt(name, tensor));
          } else if (tensor.type().equals(Objects.requireNonNull(states.get(input)).type())) {
            next.put(input, engine.toOrt(name, tensor));
          } else {
            throw new EngineFailed(EngineFailed.Kind.REFUSED, "the state " + input + " grows");
          }
        }
      }
      CallTimes times = new CallTimes(how.nanos());
      Map<String, OnnxTensor> outputs = new LinkedHashMap<>(pinned);
      do {
        long start = System.nanoTime();
        if (!states.isEmpty()) {
          all.putAll(now);
          for (var pair : how.states().entrySet()) {
            outputs.put(pair.getKey(), next.get(pair.getValue()));
          }
          Map<String, OnnxTensor> turn = now;
          now = next;
          next = turn;
        }
        try (OrtSession.Result result = session.run(all, outputs)) {
          times.add(start, result.size());
        }
      } while (times.goOn());
      return times.all();
    } finally {
      for (Map<String, OnnxTensor> tensors : List.of(given, pinned, now, next)) {
        tensors.values().forEach(OnnxTensor::close);
      }
    }
  }

  private static void close(List<AutoCloseable> owners) {
    for (AutoCloseable owner : owners) {
      switch (owner) {
        case OnnxTensor tensor -> tensor.close();
        case OrtSession.Result result -> result.close();
        default -> throw new IllegalStateException(owner.toString());
      }
    }
    owners.clear();
  }
}
