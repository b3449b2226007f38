package org.sardonyx.frameworks.dl4j;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.Text;
import org.sardonyx.frameworks.bytes.Fields;
import org.sardonyx.frameworks.dl4j.LayerConf.Format;

/** What stands at a place of a graph. */
sealed interface Vertex {

  String PACKAGE = "org.deeplearning4j.nn.conf.graph.";

  /** A change of the rank of what goes into a layer. */
  sealed interface Change {
    /** Rows of all steps of a series, the batch running fastest. */
    record Rows(Format format) implements Change {}

    /** A series of rows of all its steps. */
    record Series(Format format) implements Change {}
  }

  record OfLayer(LayerConf layer, List<Change> before) implements Vertex {
    public OfLayer {
      before = List.copyOf(before);
    }
  }

  record Changes(List<Change> all) implements Vertex {
    public Changes {
      all = List.copyOf(all);
    }
  }

  record MergeAll() implements Vertex {}

  record ElementWise(Op op) implements Vertex {
    enum Op {
      ADD,
      SUBTRACT,
      PRODUCT,
      AVERAGE,
      MAX
    }
  }

  record Subset(int from, int to) implements Vertex {}

  record Scale(float factor) implements Vertex {}

  record Shift(float summand) implements Vertex {}

  /** One batch after another. */
  record Stack() implements Vertex {}

  record Unstack(int part, int parts) implements Vertex {}

  /**
   * The last step.
   *
   * @param input the input of the network whose mask counts
   */
  record LastStep(String input) implements Vertex {}

  /**
   * A vector for every step.
   *
   * @param input the input of the network that has as many steps
   */
  record Duplicate(String input) implements Vertex {}

  /**
   * The steps from the last to the first.
   *
   * @param input the input of the network whose mask counts
   */
  record Reverse(@Nullable String input) implements Vertex {}

  record Normalize(float epsilon) implements Vertex {}

  record Distance() implements Vertex {}

  record Attend(
      int queries, int keys, int values, int out, int heads, int headSize, boolean project)
      implements Vertex {}

  /** Reads a vertex; what reads layers' configurations is shared with chains. */
  static Vertex read(Fields f) {
    String type = f.text("@class");
    if (!type.startsWith(PACKAGE)) {
      throw f.unsupported("a vertex of class " + Text.escape(type));
    }
    Vertex vertex = read(f, type.substring(PACKAGE.length()));
    f.ignore(Set.of("outputVertex", "layerName", "name")).requireAllRead();
    return vertex;
  }

  private static Vertex read(Fields f, String type) {
    return switch (type) {
      case "LayerVertex" ->
          new OfLayer(
              Configuration.layer(f.object("layerConf")),
              f.has("preProcessor") ? changes(f.object("preProcessor")) : List.of());
      case "PreprocessorVertex" -> new Changes(changes(f.object("preProcessor")));
      case "MergeVertex" -> {
        if (f.integer("mergeAxis", 0, 1) != 1) {
          throw f.unsupported("a merge along another axis than 1");
        }
        f.ignore(Set.of("modified"));
        yield new MergeAll();
      }
      case "ElementWiseVertex" -> new ElementWise(f.choice("op", ElementWise.Op.class));
      case "SubsetVertex" -> new Subset(f.integer("from", 0), f.integer("to", 0));
      case "ScaleVertex" -> new Scale(f.number("scaleFactor"));
      case "ShiftVertex" -> new Shift(f.number("shiftFactor"));
      case "StackVertex" -> new Stack();
      case "UnstackVertex" -> new Unstack(f.integer("from", 0), f.integer("stackSize", 1));
      case "rnn.LastTimeStepVertex" -> new LastStep(f.text("maskArrayInputName"));
      case "rnn.DuplicateToTimeSeriesVertex" -> new Duplicate(f.text("inputName"));
      case "rnn.ReverseTimeSeriesVertex" -> {
        String input = f.text("maskArrayInputName", "");
        yield new Reverse(input.isEmpty() ? null : input);
      }
      case "L2NormalizeVertex" -> {
        List<Integer> axes = f.integers("dimension");
        if (!axes.isEmpty() && !axes.equals(List.of(1))) {
          throw f.unsupported("normalization along " + axes);
        }
        yield new Normalize(f.number("eps", 1e-8f));
      }
      case "L2Vertex" -> {
        f.ignore(Set.of("eps"));
        yield new Distance();
      }
      case "AttentionVertex" -> {
        f.ignore(
            Set.of(
                "dataType",
                "updater",
                "vertexParams",
                "weightInit",
                "regularization",
                "regularizationBias",
                "constraints",
                "gradientNormalization",
                "gradientNormalizationThreshold",
                "biasUpdater",
                "paramWeightInit"));
        yield new Attend(
            f.integer("ninQueries", 1),
            f.integer("ninKeys", 1),
            f.integer("ninValues", 1),
            f.integer("nout", 1),
            f.integer("nheads", 1),
            f.integer("headSize", 1),
            f.flag("projectInput", false));
      }
      default -> throw f.unsupported("the vertex " + Text.escape(type));
    };
  }

  /** Reads what stands before a layer. */
  static List<Change> changes(Fields f) {
    String type = f.text("@class");
    String name = type.substring(type.lastIndexOf('.') + 1);
    List<Change> changes =
        switch (name) {
          case "RnnToFeedForwardPreProcessor" ->
              List.of(new Change.Rows(f.choice("rnnDataFormat", Format.class, Format.NCW)));
          case "FeedForwardToRnnPreProcessor" ->
              List.of(new Change.Series(f.choice("rnnDataFormat", Format.class, Format.NCW)));
          case "ComposableInputPreProcessor" ->
              f.objects("inputPreProcessors").stream()
                  .flatMap(one -> changes(one).stream())
                  .toList();
          default -> throw f.unsupported("the preprocessor " + Text.escape(name));
        };
    f.requireAllRead();
    return changes;
  }
}
