package org.sardonyx.frameworks.dl4j;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.frameworks.dl4j.Configuration.Place;
import org.sardonyx.frameworks.dl4j.LayerConf.Format;

/**
 * Finds out what the inputs of a network are, which no file says: from what the layers behind them
 * take, and through vertices that let pass what comes.
 */
final class Inputs {

  /** What goes along an edge of the graph. */
  enum Kind {
    /** Rank 3, [batch, features, time]. */
    NCW,
    /** Rank 3, [batch, time, features]. */
    NWC,
    /** Rank 2, [batch, features]. */
    VECTORS,
    /** Rank 2, [batch, time], each a row of a table. */
    TOKENS,
    /** Rank 2, [batch, 1], a row of a table. */
    TOKEN;

    static Kind of(Format format) {
      return format == Format.NCW ? NCW : NWC;
    }
  }

  /**
   * What is known of a value.
   *
   * @param kind null where not known
   * @param size how many features; 0 where not known
   */
  record Known(@Nullable Kind kind, int size) {}

  private static final Known NOTHING = new Known(null, 0);

  private final Map<String, Known> known = new HashMap<>();
  private boolean changed;

  private Inputs() {}

  /**
   * Returns what each input is.
   *
   * @param features how many features inputs have, of which it is known
   */
  static Map<String, Known> of(Configuration network, Map<String, Integer> features) {
    Inputs inputs = new Inputs();
    for (Map.Entry<String, Integer> told : features.entrySet()) {
      if (!network.inputs().contains(told.getKey())) {
        throw new InvalidInput(
            "there is no input \""
                + Text.escape(told.getKey())
                + "\"; there are "
                + network.inputs());
      }
      inputs.learn(told.getKey(), null, told.getValue());
    }
    do {
      inputs.changed = false;
      network.vertices().forEach(inputs::look);
    } while (inputs.changed);
    Map<String, Known> found = new HashMap<>();
    network.inputs().forEach(name -> found.put(name, inputs.found(name)));
    return found;
  }

  private Known found(String name) {
    Known is = get(name);
    Kind kind = is.kind() == null ? Kind.NCW : is.kind();
    if (is.size() == 0 && kind != Kind.TOKENS && kind != Kind.TOKEN) {
      throw new UnsupportedModel(
          "nothing in the file says how many features the input \""
              + Text.escape(name)
              + "\" has; --features "
              + Text.escape(name)
              + "=N does");
    }
    return new Known(kind, is.size());
  }

  private Known get(String name) {
    return known.getOrDefault(name, NOTHING);
  }

  private void learn(String name, @Nullable Kind kind, int size) {
    Known before = get(name);
    Known now =
        new Known(
            before.kind() == null ? kind : before.kind(),
            before.size() == 0 ? size : before.size());
    if (!now.equals(before)) {
      known.put(name, now);
      changed = true;
    }
  }

  /** Both have the same features. */
  private void same(String a, String b) {
    learn(a, null, get(b).size());
    learn(b, null, get(a).size());
  }

  private void alike(String a, String b) {
    same(a, b);
    learn(a, get(b).kind(), 0);
    learn(b, get(a).kind(), 0);
  }

  private void look(String name, Place place) {
    List<String> in = place.inputs();
    switch (place.vertex()) {
      case Vertex.OfLayer layer when !in.isEmpty() -> layer(name, in.getFirst(), layer);
      case Vertex.OfLayer _ -> {}
      case Vertex.Changes changes -> {
        in.forEach(input -> same(name, input));
        in.forEach(input -> before(input, changes.all()));
      }
      case Vertex.MergeAll _ -> merge(name, in);
      case Vertex.ElementWise _,
          Vertex.Scale _,
          Vertex.Shift _,
          Vertex.Stack _,
          Vertex.Unstack _,
          Vertex.Reverse _,
          Vertex.Normalize _ ->
          in.forEach(input -> alike(name, input));
      case Vertex.Subset subset -> {
        in.forEach(input -> learn(input, get(name).kind(), 0));
        learn(name, null, subset.to() - subset.from() + 1);
      }
      case Vertex.LastStep _ -> {
        in.forEach(input -> learn(input, Kind.NCW, 0));
        in.forEach(input -> same(name, input));
        learn(name, Kind.VECTORS, 0);
      }
      case Vertex.Duplicate duplicate -> {
        in.forEach(input -> learn(input, Kind.VECTORS, 0));
        in.forEach(input -> same(name, input));
        learn(name, Kind.NCW, 0);
        learn(duplicate.input(), Kind.NCW, 0);
      }
      case Vertex.Distance _ -> learn(name, Kind.VECTORS, 1);
      case Vertex.Attend attend -> {
        if (in.size() == 3) {
          learn(in.get(0), Kind.NCW, attend.queries());
          learn(in.get(1), Kind.NCW, attend.keys());
          learn(in.get(2), Kind.NCW, attend.values());
        }
        learn(name, Kind.NCW, attend.out());
      }
    }
  }

  private void merge(String name, List<String> in) {
    int sum = 0;
    String open = null;
    int unknown = 0;
    for (String input : in) {
      learn(input, get(name).kind(), 0);
      learn(name, get(input).kind(), 0);
      sum += get(input).size();
      if (get(input).size() == 0) {
        unknown++;
        open = input;
      }
    }
    if (unknown == 0) {
      learn(name, null, sum);
    } else if (unknown == 1 && get(name).size() > sum) {
      learn(Objects.requireNonNull(open), null, get(name).size() - sum);
    }
  }

  private void before(String input, List<Vertex.Change> changes) {
    if (!changes.isEmpty()) {
      learn(
          input,
          switch (changes.getFirst()) {
            case Vertex.Change.Rows rows -> Kind.of(rows.format());
            case Vertex.Change.Series _ -> Kind.VECTORS;
          },
          0);
    }
  }

  private void layer(String name, String input, Vertex.OfLayer place) {
    before(input, place.before());
    LayerConf layer = place.layer();
    if (place.before().isEmpty()) {
      learn(input, takes(layer), 0);
    }
    learn(input, null, layer.in());
    switch (layer) {
      case LayerConf.Nothing _, LayerConf.Act _, LayerConf.Masking _ -> {
        if (place.before().isEmpty()) {
          alike(name, input);
        } else {
          same(name, input);
        }
      }
      case LayerConf.GlobalPool _,
          LayerConf.Subsampling _,
          LayerConf.Padding _,
          LayerConf.Cropping _,
          LayerConf.Upsampling _,
          LayerConf.BatchNorm _,
          LayerConf.PRelu _,
          LayerConf.ElementWise _,
          LayerConf.Repeat _ ->
          same(name, input);
      default -> learn(name, null, out(layer));
    }
  }

  private static @Nullable Kind takes(LayerConf layer) {
    return switch (layer) {
      case LayerConf.Recurrent recurrent -> Kind.of(recurrent.format());
      case LayerConf.Both both -> Kind.of(both.layer().format());
      case LayerConf.LastStep last -> takes(last.layer());
      case LayerConf.MaskZero zero -> takes(zero.layer());
      case LayerConf.EachStep each -> Kind.of(each.format());
      case LayerConf.Dense dense -> dense.series() == null ? Kind.VECTORS : Kind.of(dense.series());
      case LayerConf.Act act -> act.series() == null ? null : Kind.of(act.series());
      case LayerConf.Embedding embedding -> embedding.sequence() == null ? Kind.TOKEN : Kind.TOKENS;
      case LayerConf.Convolution convolution -> Kind.of(convolution.format());
      case LayerConf.Subsampling _,
          LayerConf.Padding _,
          LayerConf.Cropping _,
          LayerConf.Upsampling _,
          LayerConf.SelfAttention _ ->
          Kind.NCW;
      case LayerConf.BatchNorm _, LayerConf.PRelu _, LayerConf.ElementWise _, LayerConf.Repeat _ ->
          Kind.VECTORS;
      case LayerConf.GlobalPool _, LayerConf.Nothing _, LayerConf.Masking _ -> null;
    };
  }

  /** Returns how many features a layer makes, where that does not depend on what it takes. */
  private static int out(LayerConf layer) {
    return switch (layer) {
      case LayerConf.Recurrent recurrent -> recurrent.out();
      case LayerConf.Both both ->
          both.layer().out() * (both.merge() == org.sardonyx.layers.Merge.CONCAT ? 2 : 1);
      case LayerConf.LastStep last -> out(last.layer());
      case LayerConf.MaskZero zero -> out(zero.layer());
      case LayerConf.EachStep each -> out(each.layer());
      case LayerConf.Dense dense -> dense.out();
      case LayerConf.Embedding embedding -> embedding.out();
      case LayerConf.Convolution convolution -> convolution.out();
      case LayerConf.SelfAttention attention -> attention.out();
      default -> 0;
    };
  }
}
