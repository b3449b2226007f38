package org.sardonyx.conformance.sweep;

import java.util.List;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** What moves elements without changing them. */
final class ShapingRecipes {

  private ShapingRecipes() {}

  static void addTo(Recipes recipes) {
    recipes.put(d -> input(d, Numbers.shape(d)), "Size");
    recipes.put(
        d -> {
          d.attr("start", 0L, 1L, -1L, 9L, -9L);
          d.attr("end", 9L, 0L, 2L, -1L, 9L, -9L);
          input(d, Numbers.shape(d));
        },
        "Shape");
    recipes.put(
        d -> {
          int[] shape = Numbers.shape(d);
          Numbers.axis(d, "axis", shape.length, d.version() >= 11, 1);
          d.require(shape.length > 0);
          input(d, shape);
        },
        "Flatten");
    recipes.put(
        d -> {
          int[] shape =
              d.pick(
                  "shape",
                  new int[] {3},
                  new int[] {2, 3, 4},
                  new int[] {2, 3},
                  new int[] {0, 3, 2},
                  new int[] {1, 4, 1},
                  new int[] {});
          long[] ways =
              d.attr(
                  "perm",
                  new long[0],
                  new long[] {0},
                  new long[] {1, 0},
                  new long[] {2, 0, 1},
                  new long[] {0, 2, 1},
                  new long[] {0, 1, 2});
          d.require(ways.length == 0 || ways.length == shape.length);
          input(d, shape);
        },
        "Transpose");
    recipes.put(ShapingRecipes::concat, "Concat");
    recipes.put(ShapingRecipes::reshape, "Reshape");
    recipes.put(
        d -> {
          int[] shape = d.pick("shape", new int[] {1}, new int[] {1, 3, 1}, new int[] {1, 0, 2});
          String axes = d.pick("axes", "absent", "first", "last", "both");
          d.require(shape.length == 3 || !axes.equals("both"));
          d.require(shape[shape.length - 1] == 1 || axes.equals("first") || axes.equals("absent"));
          input(d, shape);
          if (!axes.equals("absent")) {
            d.numbersFor(
                "axes",
                axes.equals("first")
                    ? new long[] {0}
                    : axes.equals("both")
                        ? new long[] {0, 2}
                        : new long[] {d.version() < 11 ? shape.length - 1 : -1});
          }
        },
        "Squeeze");
    recipes.put(
        d -> {
          int[] shape =
              d.pick("shape", new int[] {3}, new int[] {}, new int[] {2, 3}, new int[] {0});
          boolean negative = d.version() >= 11;
          long[] axes =
              d.pick(
                  "axes",
                  new long[] {0},
                  new long[] {0, 1},
                  new long[] {negative ? -1 : 1},
                  new long[] {2, 0});
          for (long axis : axes) {
            d.require(axis < shape.length + axes.length);
          }
          d.require(axes[0] < 2 || negative);
          input(d, shape);
          d.numbersFor("axes", axes);
        },
        "Unsqueeze");
    recipes.put(ShapingRecipes::expand, "Expand");
    recipes.put(ShapingRecipes::tile, "Tile");
    recipes.put(ShapingRecipes::split, "Split");
    recipes.put(ShapingRecipes::slice, "Slice");
    recipes.put(ShapingRecipes::pad, "Pad", "com.microsoft.Pad");
    recipes.put(
        d -> {
          d.attr("mode", "DCR", "DCR", "CRD");
          long size = d.attr("blocksize", 2L, 1L, 2L, 3L);
          int channels = (int) (size * size) * d.pick("channels", 1, 2);
          input(d, d.pick("batch", 1, 2, 0), channels, 2, 3);
        },
        "DepthToSpace");
    recipes.put(
        d -> {
          int size = (int) (long) d.attr("blocksize", 2L, 1L, 2L, 3L);
          input(d, d.pick("batch", 1, 2, 0), d.pick("channels", 1, 3), 2 * size, size);
        },
        "SpaceToDepth");
    recipes.put(
        d -> {
          d.attr("upper", 1L, 0L, 1L);
          input(
              d,
              d.pick(
                  "shape",
                  new int[] {3, 3},
                  new int[] {2, 3, 4},
                  new int[] {4, 2},
                  new int[] {0, 3}));
          d.optionalParam("k", () -> Tensor.scalar((long) d.pick("diagonal", 0, 1, -1, 9, -9)));
        },
        "Trilu",
        "com.microsoft.Trilu");
    recipes.put(ShapingRecipes::reverseSequence, "ReverseSequence");
    recipes.put(ShapingRecipes::compress, "Compress");
    recipes.put(ShapingRecipes::centerCropPad, "CenterCropPad");
    recipes.put(
        d -> {
          int[] shape = Numbers.shape(d);
          d.in(Numbers.of(d, d.type(), shape));
          d.param(
              Tensor.fromLongs(
                  DataType.INT32,
                  new long[] {d.pick("axis", 0L, -1L, (long) shape.length, -1L - shape.length)}));
        },
        "com.microsoft.ExpandDims");
    CastRecipes.addTo(recipes);
  }

  private static void input(Draw d, int... shape) {
    d.in(Numbers.of(d, d.type(), shape));
  }

  private static void concat(Draw d) {
    DataType type = d.type();
    int[] shape =
        d.pick("shape", new int[] {3}, new int[] {2, 3}, new int[] {2, 1, 3}, new int[] {0, 2});
    int rank = shape.length;
    long axis =
        d.version() < 4
            ? d.attr("axis", 1L, 0L, 1L)
            : d.version() < 11
                ? d.attr("axis", 0L, 0L, rank - 1L)
                : d.attr("axis", 0L, 0L, rank - 1L, -1L, (long) -rank);
    d.require(axis < rank);
    int at = (int) (axis < 0 ? axis + rank : axis);
    int count = d.pick("inputs", 1, 2, 3);
    for (int i = 0; i < count; i++) {
      int[] one = shape.clone();
      one[at] = i == 1 ? d.pick("second", shape[at], 1, 4, 0) : shape[at];
      d.in(Numbers.of(d, type, one));
    }
  }

  private static void reshape(Draw d) {
    DataType type = d.type();
    ElementwiseRecipes.consumed(d);
    String way =
        d.pick("way", "flat", "-1 first", "0 kept", "same", "to rank 6", "scalar", "empty");
    long allowzero = d.attr("allowzero", 0L, 0L, 1L);
    int[] shape = {2, 3, 2};
    long[] to =
        switch (way) {
          case "-1 first" -> new long[] {-1, 2};
          case "0 kept" -> new long[] {0, -1};
          case "same" -> new long[] {2, 3, 2};
          case "to rank 6" -> new long[] {1, 2, 1, 3, 1, 2};
          case "scalar" -> {
            shape = new int[] {1, 1};
            yield new long[0];
          }
          case "empty" -> {
            shape = new int[] {0, 3};
            yield allowzero == 1 ? new long[] {3, 0} : new long[] {0, 5};
          }
          default -> new long[] {12};
        };
    d.require(allowzero == 0 || !way.equals("0 kept"));
    d.require(d.version() >= 5 || to.length > 0);
    d.in(Numbers.of(d, type, shape));
    d.numbersFor("shape", to);
  }

  private static void expand(Draw d) {
    DataType type = d.type();
    int[] shape = d.pick("shape", new int[] {1}, new int[] {3, 1}, new int[] {}, new int[] {0, 1});
    long[] to =
        switch (d.pick("to", "wider", "same", "both ways", "scalar", "empty")) {
          case "same" -> d.flag("ones") ? new long[] {1} : new long[] {1, 1};
          case "both ways" -> new long[] {2, 1, 4};
          case "scalar" -> new long[0];
          case "empty" -> new long[] {2, 0};
          default -> new long[] {2, 1, 1};
        };
    d.require(to.length == 0 || to[to.length - 1] != 0 || shape.length != 2 || shape[0] != 3);
    if (to.length == 2 && to[1] == 0) {
      d.require(shape.length == 0 || (shape.length == 1 && shape[0] == 1));
    }
    d.in(Numbers.of(d, type, shape)).param(Tensor.vector(to));
  }

  private static void tile(Draw d) {
    DataType type = d.type();
    if (d.hasInput("tiles")) {
      d.in(Numbers.of(d, type, 2, 3));
      d.in(Tensor.fromDoubles(type, new double[] {d.pick("tiles", 1, 2, 3)}));
      d.in(Tensor.fromDoubles(type, new double[] {d.pick("axis", 0, 1)}));
      return;
    }
    int[] shape =
        d.pick("shape", new int[] {3}, new int[] {2, 3}, new int[] {2, 1, 2}, new int[] {});
    long[] repeats = new long[shape.length];
    for (int i = 0; i < repeats.length; i++) {
      repeats[i] = d.pick("repeat " + i, 1L, 2L, 0L, 3L);
    }
    d.in(Numbers.of(d, type, shape)).param(Tensor.vector(repeats));
  }

  private static void split(Draw d) {
    DataType type = d.type();
    boolean negative = d.version() >= 11;
    long axis = negative ? d.attr("axis", 0L, 0L, 1L, -1L, -2L) : d.attr("axis", 0L, 0L, 1L);
    d.require(!d.declares("axis") || d.version() > 1 || axis >= 0);
    String way = d.pick("split", "equal", "given", "with nothing", "one", "uneven");
    long[] sizes =
        switch (way) {
          case "given" -> new long[] {1, 3};
          case "with nothing" -> new long[] {0, 3, 1};
          case "one" -> new long[] {4};
          default -> new long[0];
        };
    int[] shape = {4, 4};
    int count = sizes.length == 0 ? 2 : sizes.length;
    if (way.equals("uneven")) {
      d.require(d.declares("num_outputs"));
      count = 3;
    }
    if (sizes.length == 0 && d.declares("num_outputs")) {
      d.set("num_outputs", (long) count);
    }
    d.in(Numbers.of(d, type, shape));
    if (sizes.length > 0) {
      if (d.version() == 1) {
        d.set("split", sizes);
      } else {
        d.numbersFor("split", sizes);
      }
    }
    for (int i = 0; i < count; i++) {
      d.give(type);
    }
  }

  private static void slice(Draw d) {
    DataType type = d.type();
    int[] shape =
        d.pick("shape", new int[] {5, 4}, new int[] {6}, new int[] {3, 4, 2}, new int[] {0, 4});
    int rank = shape.length;
    long start = d.pick("start", 0L, 1L, -2L, 99L, -99L);
    long end = d.pick("end", 3L, -1L, 99L, Long.MAX_VALUE, -99L, 0L);
    if (d.declares("starts")) {
      String axes = d.attrOf("axes", "absent", "last", "first");
      long[] at = axes.equals("last") ? new long[] {rank - 1} : new long[] {0};
      d.set("starts", new long[] {start}).set("ends", new long[] {end});
      if (!axes.equals("absent")) {
        d.set("axes", at);
      }
      d.in(Numbers.of(d, type, shape));
      return;
    }
    DataType index = d.type("Tind");
    if (index == DataType.INT32) {
      end = Math.min(end, Integer.MAX_VALUE);
    }
    boolean steps = d.flag("steps");
    long step = steps ? d.pick("step", 1L, 2L, -1L, -3L, 99L) : 1;
    d.in(Numbers.of(d, type, shape));
    d.param(Tensor.fromLongs(index, new long[] {start}, 1));
    d.param(Tensor.fromLongs(index, new long[] {end}, 1));
    long[] ways = {0, rank - 1, -1, -rank};
    if (steps || d.flag("axes")) {
      d.param(Tensor.fromLongs(index, new long[] {ways[d.pick("axis", 0, 1, 2, 3)]}, 1));
    }
    if (steps) {
      d.param(Tensor.fromLongs(index, new long[] {step}, 1));
    }
  }

  private static void pad(Draw d) {
    DataType type = d.type();
    String mode =
        d.operator().equals("Pad") && d.version() >= 19
            ? d.attr("mode", "constant", "constant", "reflect", "edge", "wrap")
            : d.attr("mode", "constant", "constant", "reflect", "edge");
    int[] shape = d.flag("three") ? new int[] {2, 3, 4} : new int[] {3, 4};
    String way = d.pick("pads", "some", "none", "one side", "negative", "beyond");
    d.require(!way.equals("beyond") || mode.equals("constant") || mode.equals("edge"));
    // Reflection of a dimension that is cut at the same time is nowhere defined.
    d.require(!way.equals("negative") || mode.equals("constant"));
    boolean axes = d.hasInput("axes") && d.flag("axes");
    int n = axes ? 1 : shape.length;
    long[] pads = new long[2 * n];
    for (int i = 0; i < pads.length; i++) {
      pads[i] =
          switch (way) {
            case "some" -> 1 + i % 2 * (shape.length == 2 ? 1 : 0);
            case "one side" -> i < n ? 1 : 0;
            case "negative" -> i % 2 == 0 ? -1 : 1;
            case "beyond" -> 5;
            default -> 0;
          };
    }
    if (shape.length == 3 || axes) {
      for (int i = 0; i < pads.length; i++) {
        pads[i] = Math.min(pads[i], way.equals("beyond") ? 5 : 1);
      }
    }
    d.in(Numbers.of(d, type, shape));
    if (!d.hasInput("pads")) {
      d.set(d.declares("pads") ? "pads" : "paddings", pads);
      d.attr("value", 0f, 1.5f, -1f);
      return;
    }
    d.param(Tensor.vector(pads));
    for (String name : List.of("constant_value", "value")) {
      d.optional(name, () -> Numbers.of(d, type));
    }
    if (axes) {
      d.param(Tensor.fromLongs(d.type("Tind"), new long[] {d.pick("axis", 0L, 1L, -1L, -2L)}, 1));
    }
  }

  private static void reverseSequence(Draw d) {
    DataType type = d.type();
    boolean first = d.attr("batch_axis", 1L, 0L, 1L) == 0;
    long time = d.attr("time_axis", 0L, 0L, 1L);
    d.require(time == (first ? 1 : 0));
    int batch = 3;
    int steps = 4;
    d.in(first ? Numbers.of(d, type, batch, steps, 2) : Numbers.of(d, type, steps, batch, 2));
    d.param(d.flag("lengths") ? Tensor.vector(4, 1, 3) : Tensor.vector(1, 2, 4));
  }

  private static void compress(Draw d) {
    DataType type = d.type();
    boolean negative = d.version() >= 11;
    Long axis = negative ? d.attr("axis", 9L, 0L, 1L, -1L, -2L) : d.attr("axis", 9L, 0L, 1L);
    int size = axis == 9 ? 6 : axis == 0 || axis == -2 ? 3 : 2;
    int length = d.flag("short") ? size - 1 : size;
    d.in(Numbers.of(d, type, 3, 2));
    d.param(
        d.flag("nothing")
            ? Tensor.zeros(DataType.BOOL, length)
            : Numbers.of(d, DataType.BOOL, length));
  }

  private static void centerCropPad(Draw d) {
    DataType type = d.type();
    long[] axes =
        d.attr(
            "axes",
            new long[] {0, 1},
            new long[] {0, 1},
            new long[] {1},
            new long[] {-2, -1},
            new long[] {1, 0});
    long[] sizes = new long[axes.length];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = d.pick("size " + i, 4L, 3L, 7L, 1L, 0L);
    }
    d.in(Numbers.of(d, type, 4, 5));
    d.param(Tensor.fromLongs(d.type("Tind"), sizes, sizes.length));
  }
}
