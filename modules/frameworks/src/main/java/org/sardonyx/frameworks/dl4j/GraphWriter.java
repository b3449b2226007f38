package org.sardonyx.frameworks.dl4j;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.frameworks.ImportOptions;
import org.sardonyx.frameworks.ImportOptions.Steps;
import org.sardonyx.frameworks.dl4j.Configuration.Place;
import org.sardonyx.frameworks.dl4j.LayerConf.Format;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.layers.Axes;
import org.sardonyx.layers.Features;
import org.sardonyx.layers.Formula;
import org.sardonyx.layers.Layout;
import org.sardonyx.layers.Mask;
import org.sardonyx.layers.MultiHeadAttention;
import org.sardonyx.layers.MultiHeadAttention.Projection;
import org.sardonyx.layers.Network;
import org.sardonyx.layers.Series;
import org.sardonyx.layers.WeightFormat;
import org.sardonyx.tensor.DataType;

/** Builds the model of a network, vertex by vertex. */
final class GraphWriter {

  private final Network net;
  private final Formula f;
  private final LayerWriter layers;
  private final AttentionWriter attention;
  private final Joins joins;
  private final Steps steps;
  private final Map<String, Value> values = new HashMap<>();
  private final Map<String, Mask> masks = new HashMap<>();

  private GraphWriter(Network net, Parameters parameters, Steps steps) {
    this.net = net;
    this.f = net.formula();
    this.steps = steps;
    this.layers = new LayerWriter(net, parameters, steps == Steps.LENGTHS);
    this.attention = new AttentionWriter(net, parameters);
    this.joins = new Joins(net);
  }

  /** Builds it. */
  static void write(
      Network net, Configuration configuration, Parameters parameters, ImportOptions options) {
    GraphWriter writer = new GraphWriter(net, parameters, options.steps());
    Map<String, Inputs.Known> inputs = Inputs.of(configuration, options.features());
    boolean one = inputs.size() == 1;
    for (String name : configuration.inputs()) {
      Inputs.Known known = Objects.requireNonNull(inputs.get(name));
      writer.input(name, known, one ? "" : "_" + name);
    }
    configuration.vertices().forEach(writer::vertex);
    parameters.requireEnd();
    for (int i = 0; i < configuration.outputs().size(); i++) {
      writer.output(configuration.names().get(i), writer.value(configuration.outputs().get(i)));
    }
  }

  private void input(String name, Inputs.Known known, String suffix) {
    Axes axes =
        Axes.of(
                known.kind() == Inputs.Kind.NWC
                    ? Layout.BATCH_TIME_FEATURES
                    : Layout.BATCH_FEATURES_TIME)
            .withTime("time" + suffix);
    Inputs.Kind kind = Objects.requireNonNull(known.kind());
    Series series =
        switch (kind) {
          case NCW, NWC -> net.series(name, known.size(), axes);
          case VECTORS, TOKENS, TOKEN -> null;
        };
    Ref tokens =
        switch (kind) {
          case TOKENS -> net.tokens(name, axes).ref();
          case TOKEN -> net.tokens(name, axes.withTime(1)).ref();
          case NCW, NWC, VECTORS -> null;
        };
    Mask mask = null;
    if (series != null || kind == Inputs.Kind.TOKENS) {
      mask =
          mask(
              suffix,
              axes,
              series == null ? Objects.requireNonNull(tokens) : series.ref(),
              series == null ? 1 : axes.layout().time());
      if (mask != null) {
        masks.put(name, mask);
      }
    }
    values.put(
        name,
        series != null
            ? new Value.Sequence(series, kind == Inputs.Kind.NCW ? Format.NCW : Format.NWC, mask)
            : tokens != null
                ? new Value.Indices(tokens, kind == Inputs.Kind.TOKENS, mask)
                : new Value.Vectors(net.features(name, known.size())));
  }

  /** Adds the input that tells which steps count. */
  private @Nullable Mask mask(String suffix, Axes axes, Ref timed, int timeAxis) {
    return switch (steps) {
      case ALL -> null;
      case MASK -> net.mask("mask" + suffix, DataType.FLOAT, axes);
      case LENGTHS -> {
        Ref lengths = f.cast(net.lengths("lengths" + suffix).ref(), DataType.INT64);
        Ref time = f.squeeze(f.sizeOf(timed, timeAxis), 0);
        Ref range = f.node("Range", f.scalar(0L), time, f.scalar(1L));
        yield new Mask(net, f.node("Less", range, f.unsqueeze(lengths, 1)));
      }
    };
  }

  private void output(String name, Value value) {
    switch (value) {
      case Value.Sequence(Series series, Format format, _) ->
          net.output(name, series, Value.Sequence.layout(format));
      case Value.Vectors(Features features) -> net.output(name, features);
      case Value.Rows(Series series, _) -> {
        Ref rows = f.reshape(series.in(Layout.TIME_BATCH_FEATURES).ref(), -1, series.size());
        net.output(name, new Features(net, rows, series.size()));
      }
      case Value.Indices _ -> throw new UnsupportedModel("an input that is an output");
    }
  }

  private Value value(String name) {
    return Objects.requireNonNull(values.get(name));
  }

  private void vertex(String name, Place place) {
    try {
      List<Value> in = place.inputs().stream().map(this::value).toList();
      values.put(name, write(place.vertex(), in));
    } catch (ModelException e) {
      throw e.within("\"" + Text.escape(name) + "\"");
    }
  }

  private Value write(Vertex vertex, List<Value> in) {
    return switch (vertex) {
      case Vertex.OfLayer(LayerConf layer, List<Vertex.Change> before) ->
          layers.on(layer, changed(only(in), before));
      case Vertex.Changes(List<Vertex.Change> all) -> changed(only(in), all);
      case Vertex.MergeAll _ -> joins.merged(in);
      case Vertex.ElementWise(Vertex.ElementWise.Op op) -> joins.elementWise(op, in);
      case Vertex.Subset(int from, int to) -> subset(only(in), from, to);
      case Vertex.Scale(float factor) -> each(only(in), x -> f.multiply(x, f.scalar(factor)));
      case Vertex.Shift(float summand) -> each(only(in), x -> f.add(x, f.scalar(summand)));
      case Vertex.Stack _ -> joins.stacked(in);
      case Vertex.Unstack(int part, int parts) -> unstacked(only(in), part, parts);
      case Vertex.LastStep(String input) -> {
        Value.Sequence x = sequence(only(in));
        yield new Value.Vectors(layers.last(x.series(), mask(input)));
      }
      case Vertex.Duplicate(String input) -> duplicated(only(in), input);
      case Vertex.Reverse(String input) ->
          reversed(sequence(only(in)), input == null ? null : mask(input));
      case Vertex.Normalize(float epsilon) -> normalized(only(in), epsilon);
      case Vertex.Distance _ -> joins.distance(in);
      case Vertex.Attend attend -> attend(attend, in);
    };
  }

  private static Value only(List<Value> in) {
    if (in.size() != 1) {
      throw new UnsupportedModel("it takes one input, not " + in.size());
    }
    return in.getFirst();
  }

  private @Nullable Mask mask(String input) {
    if (!values.containsKey(input)) {
      throw new UnsupportedModel("there is no input \"" + Text.escape(input) + "\"");
    }
    return masks.get(input);
  }

  private static Value.Sequence sequence(Value value) {
    if (value instanceof Value.Sequence sequence && sequence.format() == Format.NCW) {
      return sequence;
    }
    throw new UnsupportedModel("it takes a series in the format NCW, not " + value.shown());
  }

  /** Changes the rank, as it is done before a layer. */
  private Value changed(Value value, List<Vertex.Change> changes) {
    Value now = value;
    for (Vertex.Change change : changes) {
      now =
          switch (change) {
            case Vertex.Change.Rows(Format format) ->
                switch (now) {
                  case Value.Sequence(Series series, Format own, Mask mask) when own == format ->
                      new Value.Rows(series, mask);
                  case Value.Sequence sequence ->
                      throw new UnsupportedModel(
                          "a preprocessor for the format "
                              + format
                              + " is given "
                              + sequence.shown());
                  case Value.Rows _, Value.Vectors _, Value.Indices _ -> now;
                };
            case Vertex.Change.Series(Format format) ->
                switch (now) {
                  case Value.Rows(Series series, Mask mask) ->
                      new Value.Sequence(series, format, mask);
                  // The number of rows is that of the batch: one step of time.
                  case Value.Vectors(Features x) ->
                      new Value.Sequence(
                          new Series(
                              net, f.unsqueeze(x.ref(), 0), Layout.TIME_BATCH_FEATURES, x.size()),
                          format,
                          null);
                  case Value.Sequence _, Value.Indices _ ->
                      throw new UnsupportedModel(
                          "a preprocessor of vectors is given " + now.shown());
                };
          };
    }
    return now;
  }

  @FunctionalInterface
  private interface Elements {
    Ref of(Ref x);
  }

  /** Does the same to every element. */
  private Value each(Value value, Elements elements) {
    return switch (value) {
      case Value.Sequence s -> s.with(with(s.series(), elements.of(s.series().ref())));
      case Value.Rows(Series s, Mask mask) -> new Value.Rows(with(s, elements.of(s.ref())), mask);
      case Value.Vectors(Features x) ->
          new Value.Vectors(new Features(net, elements.of(x.ref()), x.size()));
      case Value.Indices _ -> throw new UnsupportedModel("it takes no indices");
    };
  }

  private Series with(Series like, Ref ref) {
    return new Series(net, ref, like.layout(), like.size());
  }

  private Value subset(Value value, int from, int to) {
    if (from > to) {
      throw new UnsupportedModel("features " + from + " to " + to);
    }
    return switch (value) {
      case Value.Vectors(Features x) when to < x.size() ->
          new Value.Vectors(new Features(net, slice(x.ref(), 1, from, to), to - from + 1));
      case Value.Sequence s when s.format() == Format.NCW && to < s.series().size() -> {
        Series x = s.series();
        Ref part = slice(x.ref(), x.layout().features(), from, to);
        yield s.with(new Series(net, part, x.layout(), to - from + 1));
      }
      case Value.Vectors _, Value.Sequence _, Value.Rows _, Value.Indices _ ->
          throw new UnsupportedModel("features " + from + " to " + to + " of " + value.shown());
    };
  }

  private Ref slice(Ref x, int axis, int from, int to) {
    return f.node("Slice", x, f.integers(from), f.integers(to + 1L), f.integers(axis));
  }

  private Value unstacked(Value value, int part, int parts) {
    if (!(value instanceof Value.Vectors(Features x)) || part >= parts) {
      throw new UnsupportedModel("part " + part + " of " + parts + " of " + value.shown());
    }
    return new Value.Vectors(new Features(net, f.split(x.ref(), parts, 0).get(part), x.size()));
  }

  private Value duplicated(Value value, String input) {
    if (!(value instanceof Value.Vectors(Features x))) {
      throw new UnsupportedModel("it takes vectors, not " + value.shown());
    }
    if (!(value(input) instanceof Value.Sequence like)) {
      throw new UnsupportedModel("the input \"" + Text.escape(input) + "\" is no series");
    }
    Series series = like.series().in(Layout.TIME_BATCH_FEATURES);
    Ref shape = f.concat(0, f.sizeOf(series.ref(), 0), f.integers(1, 1));
    Ref all = f.node("Expand", f.unsqueeze(x.ref(), 0), shape);
    return new Value.Sequence(
        new Series(net, all, Layout.TIME_BATCH_FEATURES, x.size()), Format.NCW, mask(input));
  }

  /** With a mask, the steps that count change places, and the others become zeros. */
  private Value reversed(Value.Sequence x, @Nullable Mask mask) {
    Series s = x.series().in(Layout.BATCH_TIME_FEATURES);
    if (mask == null) {
      Ref back =
          f.node(
              "Slice",
              s.ref(),
              f.integers(-1),
              f.integers(Long.MIN_VALUE),
              f.integers(1),
              f.integers(-1));
      return x.with(with(s, back));
    }
    if (steps == Steps.LENGTHS) {
      Ref lengths = f.cast(mask.lengths().ref(), DataType.INT64);
      Ref back =
          f.call("ReverseSequence", s.ref(), lengths)
              .with("batch_axis", 0L)
              .with("time_axis", 1L)
              .output();
      return x.with(with(s, layers.zeroed(back, mask)));
    }
    // Of n steps that count, the k-th comes from that which is the (n + 1 - k)-th.
    Ref numbers = f.cast(mask.ref(), DataType.INT64);
    Ref place = f.node("CumSum", numbers, f.scalar(1L));
    Ref last = f.add(f.reduce("ReduceSum", numbers, true, 1), f.scalar(1L));
    Ref opposite = f.unsqueeze(f.subtract(last, place), 2);
    Ref meets = f.node("Equal", opposite, f.unsqueeze(place, 1));
    Ref both = f.node("And", f.unsqueeze(mask.ref(), 2), f.unsqueeze(mask.ref(), 1));
    Ref moved = f.cast(f.node("And", meets, both), DataType.FLOAT);
    return x.with(with(s, f.product(moved, s.ref())));
  }

  private Value normalized(Value value, float epsilon) {
    return switch (value) {
      case Value.Vectors(Features x) ->
          new Value.Vectors(new Features(net, unit(x.ref(), epsilon, 1), x.size()));
      case Value.Sequence s ->
          // DL4J takes the norm over all steps together.
          s.with(
              with(
                  s.series(),
                  unit(
                      s.series().ref(),
                      epsilon,
                      s.series().layout() == Layout.TIME_BATCH_FEATURES
                          ? new long[] {0, 2}
                          : new long[] {1, 2})));
      case Value.Rows _, Value.Indices _ -> throw new UnsupportedModel("norm of " + value.shown());
    };
  }

  private Ref unit(Ref x, float epsilon, long... axes) {
    Ref norm = f.reduce("ReduceL2", x, true, axes);
    return f.node("Div", x, f.node("Max", norm, f.scalar(epsilon)));
  }

  private Value attend(Vertex.Attend a, List<Value> in) {
    if (in.size() != 3) {
      throw new UnsupportedModel("it takes queries, keys and values, not " + in.size() + " inputs");
    }
    Value.Sequence q = sequence(in.get(0));
    Value.Sequence k = sequence(in.get(1));
    Value.Sequence v = sequence(in.get(2));
    Mask mask = k.mask();
    Series keys = mask == null ? k.series() : k.series().withMask(mask);
    Series y;
    if (a.project()) {
      Projection wq = attention.heads("Wq", a.heads(), a.headSize(), a.queries());
      Projection wk = attention.heads("Wk", a.heads(), a.headSize(), a.keys());
      Projection wv = attention.heads("Wv", a.heads(), a.headSize(), a.values());
      Projection wo = attention.merged("Wo", a.heads() * a.headSize(), a.out());
      y =
          MultiHeadAttention.of(WeightFormat.DJL, a.heads(), wq, wk, wv, wo)
              .between(q.series().whole(), keys, v.series());
    } else {
      y = attention.plainAttention(q.series(), k.series(), v.series(), mask);
    }
    Series whole = y.whole();
    return q.with(
        q.mask() == null
            ? whole
            : with(
                whole.in(Layout.BATCH_TIME_FEATURES),
                layers.zeroed(whole.in(Layout.BATCH_TIME_FEATURES).ref(), q.mask())));
  }
}
