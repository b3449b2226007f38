package org.sardonyx.convert.gradient;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** Convolutions and pools: what moves a window over the places of an image. */
final class WindowRules {

  private WindowRules() {}

  static void addTo(Map<String, Rule> rules) {
    rules.put("Conv", WindowRules::conv);
    rules.put("ConvTranspose", WindowRules::convTranspose);
    rules.put("MaxPool", WindowRules::maxPool);
    rules.put("AveragePool", WindowRules::averagePool);
    rules.put(
        "GlobalAveragePool",
        s -> {
          String share = s.op("Div", s.g(), SumRules.ratio(s, s.in(0), s.out(0)));
          s.give(0, s.forms().expanded(share, s.in(0)));
        });
    rules.put(
        "GlobalMaxPool",
        s -> {
          String chosen = s.like(s.forms().equal(s.in(0), s.out(0)));
          long[] axes = LongStream.range(2, s.tape().rank(s.in(0))).toArray();
          String share = s.op("Div", s.g(), s.forms().sum(chosen, true, axes));
          s.give(0, s.op("Mul", chosen, share));
        });
  }

  /**
   * How a window moves, over the dimensions behind the first two.
   *
   * @param small the places of the window
   * @param large the places it moves over
   * @param kernel the places within it
   * @param step how far it moves, and {@code gap} how far apart the places within it are
   * @param pad what is added before and behind
   */
  private record Window(
      long[] small, long[] large, long[] kernel, long[] step, long[] gap, long[] pad) {

    /** Of a node whose input {@code large} and output {@code small} have known sizes. */
    static Window of(Step s, String large, String small, long[] kernel) {
      long[] x = sizes(s, large);
      long[] y = sizes(s, small);
      int rank = kernel.length;
      long[] step = ones(rank, s.getInts("strides"));
      long[] gap = ones(rank, s.getInts("dilations"));
      String auto = s.getString("auto_pad", "NOTSET");
      List<Long> pads = s.getInts("pads");
      long[] pad = new long[2 * rank];
      for (int i = 0; i < rank; i++) {
        if (auto.startsWith("SAME")) {
          long all = Math.max(0, (y[i] - 1) * step[i] + (kernel[i] - 1) * gap[i] + 1 - x[i]);
          pad[i] = auto.equals("SAME_UPPER") ? all / 2 : all - all / 2;
          pad[rank + i] = all - pad[i];
        } else if (pads != null && !auto.equals("VALID")) {
          pad[i] = pads.get(i);
          pad[rank + i] = pads.get(rank + i);
        }
      }
      return new Window(y, x, kernel, step, gap, pad);
    }

    private static long[] ones(int rank, @Nullable List<Long> given) {
      long[] values = new long[rank];
      Arrays.fill(values, 1);
      for (int i = 0; given != null && i < rank; i++) {
        values[i] = given.get(i);
      }
      return values;
    }

    int rank() {
      return kernel.length;
    }

    /** The attributes of what moves the window back: its result is as large as {@code large}. */
    List<Attribute> back(long group) {
      long[] more = new long[rank()];
      long[] cut = pad.clone();
      for (int i = 0; i < rank(); i++) {
        long seen = (small[i] - 1) * step[i] + (kernel[i] - 1) * gap[i] + 1;
        long rest = large[i] + pad[i] + pad[rank() + i] - seen;
        more[i] = Math.max(0, rest);
        cut[rank() + i] -= Math.min(0, rest); // a window that stands over the end
      }
      return List.of(
          Attribute.of("group", group),
          Attribute.of("strides", step),
          Attribute.of("dilations", gap),
          Attribute.of("pads", cut),
          Attribute.of("output_padding", more));
    }

    List<Attribute> forth(long group) {
      return List.of(
          Attribute.of("group", group),
          Attribute.of("strides", step),
          Attribute.of("dilations", gap),
          Attribute.of("pads", pad));
    }
  }

  /** By x: the window moves back. By the bias: a sum. */
  private static void conv(Step s) {
    long group = s.getInt("group", 1);
    long[] w = sizes(s, s.in(1));
    Window window = Window.of(s, s.in(0), s.out(0), w);
    if (s.wants(0)) {
      s.give(0, s.op("ConvTranspose", window.back(group), s.g(), s.in(1)));
    }
    if (s.wants(1)) {
      s.give(1, weights(s, window, group, s.in(0), s.g()));
    }
    bias(s, window.rank());
  }

  /** By x: the window moves forth over the derivative. */
  private static void convTranspose(Step s) {
    String auto = s.getString("auto_pad", "NOTSET");
    if (auto.startsWith("SAME") || s.getInts("output_shape") != null) {
      throw s.refuse("it has auto_pad or output_shape");
    }
    long group = s.getInt("group", 1);
    Window window = Window.of(s, s.out(0), s.in(0), sizes(s, s.in(1)));
    if (s.wants(0)) {
      s.give(0, s.op("Conv", window.forth(group), s.g(), s.in(1)));
    }
    if (s.wants(1)) {
      s.give(1, weights(s, window, group, s.g(), s.in(0)));
    }
    bias(s, window.rank());
  }

  private static void bias(Step s, int rank) {
    if (s.wants(2)) {
      long[] axes = LongStream.range(1, rank + 2).map(axis -> axis == 1 ? 0 : axis).toArray();
      s.give(2, s.forms().sum(s.g(), false, axes));
    }
  }

  /**
   * By the weights: a Conv of what is large with what is small as its kernel, both with batch and
   * channels swapped, whose strides and dilations change places; what is beyond the kernel is cut
   * off. Of groups the channels [N, g C, ...] become [C, g N, ...].
   */
  private static String weights(Step s, Window window, long group, String large, String small) {
    int rank = window.rank();
    String turned = group == 1 ? swapped(s, large, rank) : grouped(s, window, group, large);
    String whole =
        s.op(
            "Conv",
            List.of(
                Attribute.of("group", group),
                Attribute.of("strides", window.gap()),
                Attribute.of("dilations", window.step()),
                Attribute.of("pads", window.pad())),
            turned,
            swapped(s, small, rank));
    long[] axes = LongStream.range(2, rank + 2).toArray();
    return swapped(s, s.forms().sliced(whole, new long[rank], window.kernel(), axes), rank);
  }

  private static String grouped(Step s, Window window, long group, String large) {
    int rank = window.rank();
    long channels =
        s.tape().type(s.in(1)) instanceof Type.OfTensor weights
                && weights.shape().dim(1) instanceof Dim.Known(long known)
            ? known
            : -1;
    if (channels < 0) {
      throw s.refuse("it has groups of an unknown number of channels");
    }
    long[] apart = new long[rank + 3];
    long[] perm = new long[rank + 3];
    long[] joined = new long[rank + 2];
    apart[1] = group;
    apart[2] = channels;
    joined[0] = channels;
    joined[1] = -1;
    for (int i = 0; i < rank; i++) {
      apart[i + 3] = window.large()[i];
      joined[i + 2] = window.large()[i];
    }
    for (int i = 0; i < perm.length; i++) {
      perm[i] = i < 3 ? 2 - i : i;
    }
    String parts = s.op("Reshape", large, s.tape().ints(apart));
    String turned = s.op("Transpose", List.of(Attribute.of("perm", perm)), parts);
    return s.op("Reshape", turned, s.tape().ints(joined));
  }

  private static String swapped(Step s, String value, int rank) {
    long[] perm = new long[rank + 2];
    for (int i = 0; i < perm.length; i++) {
      perm[i] = i < 2 ? 1 - i : i;
    }
    return s.op("Transpose", List.of(Attribute.of("perm", perm)), value);
  }

  /** The output says where in x each greatest element is. */
  private static void maxPool(Step s) {
    List<Attribute> attributes = new ArrayList<>(s.node().attributes());
    attributes.removeIf(attribute -> attribute.name().equals("storage_order"));
    String places = s.tape().ops("MaxPool", attributes, 2, s.in(0)).get(1);
    s.give(0, s.forms().scattered(s.g(), s.in(0), apart(s), places));
  }

  /** Whether no element lies in two windows. */
  private static boolean apart(Step s) {
    List<Long> kernel = s.getInts("kernel_shape");
    List<Long> strides = s.getInts("strides");
    List<Long> dilations = s.getInts("dilations");
    for (int i = 0; kernel != null && i < kernel.size(); i++) {
      long gap = dilations == null ? 1 : dilations.get(i);
      if ((strides == null ? 1 : strides.get(i)) < (kernel.get(i) - 1) * gap + 1) {
        return false;
      }
    }
    return true;
  }

  /** Each window gives every element that it counts the same share. */
  private static void averagePool(Step s) {
    List<Long> given = s.getInts("kernel_shape");
    if (given == null) {
      throw s.refuse("it has no kernel_shape");
    }
    long[] kernel = given.stream().mapToLong(Long::longValue).toArray();
    Window window = Window.of(s, s.in(0), s.out(0), kernel);
    int rank = window.rank();
    String counts = s.tape().constant(counts(s, window));
    String share = s.op("Div", s.g(), counts);
    long[] alone = new long[rank + 2];
    alone[0] = -1;
    alone[1] = 1;
    System.arraycopy(window.small(), 0, alone, 2, rank);
    int[] shape = new int[rank + 2];
    Arrays.fill(shape, 0, 2, 1);
    for (int i = 0; i < rank; i++) {
      shape[i + 2] = Math.toIntExact(kernel[i]);
    }
    Tensor ones = Tensor.zeros(s.tape().knownType(s.in(0)), shape);
    for (int i = 0; i < ones.size(); i++) {
      ones.setDouble(i, 1);
    }
    String spread =
        s.op(
            "ConvTranspose",
            window.back(1),
            s.op("Reshape", share, s.tape().ints(alone)),
            s.tape().constant(ones));
    s.give(0, s.forms().shaped(spread, s.in(0)));
  }

  /** How many elements each window counts, [1, 1, ...]. */
  private static Tensor counts(Step s, Window window) {
    boolean padding = s.getInt("count_include_pad", 0) != 0;
    int rank = window.rank();
    int[] shape = new int[rank];
    for (int i = 0; i < rank; i++) {
      shape[i] = Math.toIntExact(window.small()[i]);
    }
    Tensor counts = Tensor.zeros(s.tape().knownType(s.in(0)), shape);
    for (int k = 0; k < counts.size(); k++) {
      long count = 1;
      int rest = k;
      for (int i = rank - 1; i >= 0; i--) {
        long first = rest % shape[i] * window.step()[i] - window.pad()[i];
        rest /= shape[i];
        long low = padding ? -window.pad()[i] : 0;
        long high = window.large()[i] + (padding ? window.pad()[rank + i] : 0);
        long within = 0;
        for (int j = 0; j < window.kernel()[i]; j++) {
          long at = first + j * window.gap()[i];
          within += at >= low && at < high ? 1 : 0;
        }
        count *= within;
      }
      counts.setDouble(k, (double) count);
    }
    return counts;
  }

  /** Returns the sizes of a value behind the first two, which have to be known. */
  private static long[] sizes(Step s, String value) {
    if (s.tape().type(value) instanceof Type.OfTensor tensor
        && tensor.shape().hasRank()
        && tensor.shape().rank() > 2
        && !s.tape().isCopy(value)) {
      Shape shape = tensor.shape();
      long[] sizes = new long[shape.rank() - 2];
      for (int i = 0; i < sizes.length; i++) {
        sizes[i] = shape.dim(i + 2) instanceof Dim.Known(long size) ? size : -1;
      }
      if (Arrays.stream(sizes).allMatch(size -> size >= 0)) {
        return sizes;
      }
    }
    throw s.refuse("its sizes are not known");
  }
}
