package org.sardonyx.frameworks.dl4j;

import java.util.ArrayList;
import java.util.List;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.frameworks.dl4j.LayerConf.Format;
import org.sardonyx.graph.GraphBuilder.Ref;
import org.sardonyx.layers.Features;
import org.sardonyx.layers.Formula;
import org.sardonyx.layers.Network;
import org.sardonyx.layers.Series;

/** Makes one value of several. */
final class Joins {

  private final Network net;
  private final Formula f;

  Joins(Network net) {
    this.net = net;
    this.f = net.formula();
  }

  /** Returns all values in the layout of the first, or refuses values of different kinds. */
  private List<Series> alike(List<Value> in) {
    Value.Sequence first = null;
    List<Series> series = new ArrayList<>();
    for (Value value : in) {
      if (!(value instanceof Value.Sequence one)
          || (first != null && one.format() != first.format())) {
        throw new UnsupportedModel("its inputs are of different kinds: " + shown(in));
      }
      first = first == null ? one : first;
      series.add(
          one.series().in(series.isEmpty() ? one.series().layout() : series.getFirst().layout()));
    }
    return series;
  }

  private static String shown(List<Value> in) {
    return String.join(", ", in.stream().map(Value::shown).toList());
  }

  private static boolean allVectors(List<Value> in) {
    return in.stream().allMatch(Value.Vectors.class::isInstance);
  }

  private static List<Features> vectors(List<Value> in) {
    return in.stream().map(value -> ((Value.Vectors) value).features()).toList();
  }

  Value merged(List<Value> in) {
    if (in.size() == 1) {
      return in.getFirst();
    }
    if (allVectors(in)) {
      return new Value.Vectors(vectors(in).stream().reduce(Features::beside).orElseThrow());
    }
    List<Series> series = alike(in);
    Value.Sequence first = (Value.Sequence) in.getFirst();
    if (first.format() == Format.NWC) {
      throw new UnsupportedModel("a merge of series in the format NWC goes along time in DL4J");
    }
    return first.with(series.stream().reduce(Series::beside).orElseThrow());
  }

  Value elementWise(Vertex.ElementWise.Op op, List<Value> in) {
    if (in.isEmpty() || (op == Vertex.ElementWise.Op.SUBTRACT && in.size() != 2)) {
      throw new UnsupportedModel(op + " of " + in.size() + " inputs");
    }
    List<Ref> refs = new ArrayList<>();
    int size;
    if (allVectors(in)) {
      size = vectors(in).getFirst().size();
      for (Features one : vectors(in)) {
        requireSame(size, one.size());
        refs.add(one.ref());
      }
      return new Value.Vectors(new Features(net, combined(op, refs), size));
    }
    List<Series> series = alike(in);
    size = series.getFirst().size();
    for (Series one : series) {
      requireSame(size, one.size());
      refs.add(one.ref());
    }
    return ((Value.Sequence) in.getFirst())
        .with(
            new Series(
                net, combined(op, refs), series.getFirst().layout(), series.getFirst().size()));
  }

  private static void requireSame(int a, int b) {
    if (a != b) {
      throw new UnsupportedModel("its inputs have " + a + " and " + b + " features");
    }
  }

  private Ref combined(Vertex.ElementWise.Op op, List<Ref> refs) {
    Ref[] all = refs.toArray(Ref[]::new);
    return switch (op) {
      case ADD -> refs.stream().reduce(f::add).orElseThrow();
      case SUBTRACT -> f.subtract(all[0], all[1]);
      case PRODUCT -> refs.stream().reduce(f::multiply).orElseThrow();
      case AVERAGE -> f.node("Mean", all);
      case MAX -> f.node("Max", all);
    };
  }

  Value stacked(List<Value> in) {
    if (!allVectors(in) || in.isEmpty()) {
      throw new UnsupportedModel("it takes vectors, not " + shown(in));
    }
    Ref all = f.concat(0, vectors(in).stream().map(Features::ref).toArray(Ref[]::new));
    return new Value.Vectors(new Features(net, all, vectors(in).getFirst().size()));
  }

  Value distance(List<Value> in) {
    if (!allVectors(in) || in.size() != 2) {
      throw new UnsupportedModel("it takes two inputs of vectors, not " + shown(in));
    }
    Ref difference = f.subtract(vectors(in).get(0).ref(), vectors(in).get(1).ref());
    return new Value.Vectors(new Features(net, f.reduce("ReduceL2", difference, true, 1), 1));
  }
}
