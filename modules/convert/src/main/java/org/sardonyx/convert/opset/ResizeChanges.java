package org.sardonyx.convert.opset;

import static org.sardonyx.convert.opset.Rewrite.with;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Node;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Upsample, and Resize, which replaced it. */
final class ResizeChanges {

  private static final int ROI = 1;
  private static final int SCALES = 2;
  private static final int SIZES = 3;

  private ResizeChanges() {}

  static void add(Changes all) {
    all.change("Upsample", 7, ResizeChanges::scalesOfTwo, ResizeChanges::scalesToTwo);
    all.change("Upsample", 9, ResizeChanges::scalesUp, ResizeChanges::scalesDown);
    all.change(
        "Upsample", 10, rewrite -> rewrite.put(renamed(rewrite.node(), "Resize")), Adapter.KEEP);
    all.since("Resize", 10, ResizeChanges::upsample);
    all.change("Resize", 11, ResizeChanges::asymmetric, ResizeChanges::simple);
    all.change("Resize", 13, ResizeChanges::optional, ResizeChanges::required);
    all.change("Resize", 18, Adapter.KEEP, ResizeChanges::allAxes);
    all.change("Resize", 19, Adapter.KEEP, ResizeChanges::noSymmetric);
  }

  private static Node renamed(Node node, String opType) {
    return new Node(
        node.name(),
        "",
        opType,
        "",
        node.inputs(),
        node.outputs(),
        node.attributes(),
        node.docString(),
        node.metadata(),
        node.extra());
  }

  private static void scalesOfTwo(Rewrite rewrite) {
    List<Float> scales =
        List.of(1f, 1f, rewrite.real("height_scale", 1), rewrite.real("width_scale", 1));
    Node node =
        with(
            rewrite.without("height_scale", "width_scale"),
            new Attribute("scales", new Attribute.OfFloats(scales)));
    if (rewrite.text("mode", "nearest").equals("bilinear")) {
      node = with(node, Attribute.of("mode", "linear"));
    }
    rewrite.keep(node);
  }

  private static void scalesToTwo(Rewrite rewrite) {
    if (!(rewrite.attribute("scales") instanceof Attribute.OfFloats(List<Float> scales))
        || scales.size() != 4
        || scales.get(0) != 1
        || scales.get(1) != 1) {
      throw rewrite.refuse("scales other than of the last two of four dimensions");
    }
    Node node =
        with(
            rewrite.without("scales"),
            Attribute.of("height_scale", (float) scales.get(2)),
            Attribute.of("width_scale", (float) scales.get(3)));
    if (rewrite.text("mode", "nearest").equals("linear")) {
      node = with(node, Attribute.of("mode", "bilinear"));
    }
    rewrite.keep(node);
  }

  private static void scalesUp(Rewrite rewrite) {
    if (!(rewrite.attribute("scales") instanceof Attribute.OfFloats(List<Float> scales))) {
      throw rewrite.refuse("attribute \"scales\" must be given and is not");
    }
    String input = rewrite.constant(floats(scales));
    rewrite.keep(rewrite.without("scales").withInputs(List.of(rewrite.in(0), input)));
  }

  private static void scalesDown(Rewrite rewrite) {
    List<Float> scales = new ArrayList<>();
    for (float scale : rewrite.fixed(1).toFloats()) {
      scales.add(scale);
    }
    rewrite.keep(
        with(rewrite.node(), new Attribute("scales", new Attribute.OfFloats(scales)))
            .withInputs(List.of(rewrite.in(0))));
  }

  private static Tensor floats(List<Float> values) {
    float[] array = new float[values.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = values.get(i);
    }
    return Tensor.of(array, array.length);
  }

  private static void upsample(Rewrite rewrite) {
    Tensor scales = rewrite.constant(1);
    if (scales == null) {
      throw rewrite.refuse("scales must be constant: Upsample takes none below 1");
    }
    for (float scale : scales.toFloats()) {
      if (scale < 1) {
        throw rewrite.refuse("a scale is below 1, which Upsample does not take");
      }
    }
    rewrite.put(renamed(rewrite.node(), "Upsample"));
  }

  /**
   * Version 10 says nothing of coordinates; engines take x / scale, and of the pixels around it the
   * one before where the image grows and the one after where it shrinks.
   */
  private static void asymmetric(Rewrite rewrite) {
    Attribute shift = Attribute.of("coordinate_transformation_mode", "asymmetric");
    String roi = rewrite.constant(Tensor.zeros(DataType.FLOAT, 0));
    String scales = rewrite.in(1);
    if (!rewrite.text("mode", "nearest").equals("nearest")) {
      rewrite.keep(with(rewrite.node(), shift).withInputs(List.of(rewrite.in(0), roi, scales)));
      return;
    }
    Attribute before = Attribute.of("nearest_mode", "floor");
    Attribute after = Attribute.of("nearest_mode", "ceil");
    Tensor known = rewrite.constant(1);
    boolean shrinks = false;
    boolean grows = false;
    if (known != null) {
      for (float scale : known.toFloats()) {
        shrinks |= scale < 1;
        grows |= scale > 1;
      }
    }
    if (known != null && !(shrinks && grows)) {
      rewrite.keep(
          with(rewrite.node(), shift, shrinks ? after : before)
              .withInputs(List.of(rewrite.in(0), roi, scales)));
      return;
    }
    // Some axes grow and others shrink, or nobody knows: first the one, then the other.
    String one = rewrite.constant(Tensor.of(new float[] {1}, 1));
    String larger = rewrite.op("Max", List.of(scales, one));
    String smaller = rewrite.op("Min", List.of(scales, one));
    String grown = rewrite.op("Resize", List.of(rewrite.in(0), roi, larger), shift, before);
    rewrite.last("Resize", List.of(grown, roi, smaller), shift, after);
  }

  private static void simple(Rewrite rewrite) {
    String mode = rewrite.text("mode", "nearest");
    String shift = rewrite.text("coordinate_transformation_mode", "half_pixel");
    String nearest = rewrite.text("nearest_mode", "round_prefer_floor");
    float @Nullable [] scales = scales(rewrite);
    boolean integral = true;
    boolean grows = true;
    if (scales != null) {
      for (float scale : scales) {
        integral &= scale == (int) scale;
        grows &= scale >= 1;
      }
    }
    boolean same =
        scales != null
            && grows
            && switch (mode) {
              case "nearest" ->
                  (shift.equals("asymmetric") && nearest.equals("floor"))
                      // With whole scales the middle of a pixel lies in the pixel it came from.
                      || (integral
                          && shift.equals("half_pixel")
                          && nearest.startsWith("round_prefer"));
              case "linear" -> shift.equals("asymmetric");
              default -> false;
            };
    if (!same || scales == null) {
      throw rewrite.refuse(
          "mode "
              + mode
              + " with coordinate_transformation_mode "
              + shift
              + " and these scales or sizes were not to be had");
    }
    rewrite.release(ROI);
    rewrite.release(SCALES);
    rewrite.release(SIZES);
    rewrite.keep(
        rewrite
            .without(
                "coordinate_transformation_mode",
                "cubic_coeff_a",
                "exclude_outside",
                "extrapolation_value",
                "nearest_mode")
            .withInputs(
                List.of(rewrite.in(0), rewrite.constant(Tensor.of(scales, scales.length)))));
  }

  /** Returns the scales, those that sizes mean among them; null where they are not known. */
  private static float @Nullable [] scales(Rewrite rewrite) {
    Tensor sizes = rewrite.constant(SIZES);
    if (rewrite.has(SIZES)) {
      if (sizes == null) {
        return null;
      }
      long[] wanted = sizes.toLongs();
      float[] scales = new float[wanted.length];
      for (int i = 0; i < scales.length; i++) {
        long size = rewrite.size(0, i);
        scales[i] = (float) wanted[i] / size;
        if (size == 0 || wanted[i] % size != 0) {
          return null; // what is written as a float may give another size
        }
      }
      return scales;
    }
    Tensor scales = rewrite.constant(SCALES);
    return scales == null ? null : scales.toFloats();
  }

  /** Empty constants stood for inputs that are not given. */
  private static void optional(Rewrite rewrite) {
    Node node = rewrite.node();
    List<String> inputs = new ArrayList<>(node.inputs());
    for (int i = ROI; i <= SCALES && i < inputs.size(); i++) {
      Tensor value = rewrite.constant(i);
      if (value != null && value.size() == 0) {
        rewrite.release(i);
        inputs.set(i, "");
      }
    }
    if (rewrite.text("coordinate_transformation_mode", "").equals("tf_half_pixel_for_nn")) {
      // (x + 1/2) / scale and the pixel before it: the middle of the pixel, rounded up at a half.
      if (!rewrite.text("mode", "nearest").equals("nearest")
          || !rewrite.text("nearest_mode", "").equals("floor")) {
        throw rewrite.refuse("tf_half_pixel_for_nn goes with nearest_mode floor alone");
      }
      node =
          with(
              node,
              Attribute.of("coordinate_transformation_mode", "half_pixel"),
              Attribute.of("nearest_mode", "round_prefer_ceil"));
    }
    rewrite.keep(node.withInputs(inputs));
  }

  private static void required(Rewrite rewrite) {
    List<String> inputs = new ArrayList<>(rewrite.node().inputs());
    for (int i = ROI; i <= SCALES; i++) {
      if (i == inputs.size()) {
        inputs.add("");
      }
      if (inputs.get(i).isEmpty()) {
        inputs.set(i, rewrite.constant(Tensor.zeros(DataType.FLOAT, 0)));
      }
    }
    rewrite.keep(rewrite.node().withInputs(inputs));
  }

  private static void allAxes(Rewrite rewrite) {
    String policy = rewrite.text("keep_aspect_ratio_policy", "stretch");
    boolean bySizes = rewrite.has(SIZES);
    if (bySizes && !policy.equals("stretch")) {
      throw rewrite.refuse("keep_aspect_ratio_policy " + policy + " was not to be had");
    }
    if (rewrite.integer("antialias", 0) != 0) {
      throw rewrite.refuse("antialias was not to be had");
    }
    long[] axes = rewrite.integers("axes");
    Node node = rewrite.without("antialias", "axes", "keep_aspect_ratio_policy");
    if (axes == null) {
      rewrite.keep(node);
      return;
    }
    int rank = rewrite.rank(0);
    long[] counted = Axes.normal(rewrite, axes);
    List<String> inputs = new ArrayList<>(node.inputs());
    if (bySizes) {
      long[] given = rewrite.fixedLongs(SIZES);
      long[] all = new long[rank];
      for (int i = 0; i < rank; i++) {
        int at = indexOf(counted, i);
        all[i] = at < 0 ? rewrite.size(0, i) : given[at];
      }
      inputs.set(SIZES, rewrite.longs(all));
    } else {
      float[] given = rewrite.fixed(SCALES).toFloats();
      float[] all = new float[rank];
      Arrays.fill(all, 1);
      for (int i = 0; i < counted.length; i++) {
        all[(int) counted[i]] = given[i];
      }
      inputs.set(SCALES, rewrite.constant(Tensor.of(all, rank)));
    }
    if (rewrite.has(ROI)) {
      if (!rewrite.text("coordinate_transformation_mode", "").equals("tf_crop_and_resize")) {
        rewrite.release(ROI);
        inputs.set(ROI, "");
      } else {
        inputs.set(ROI, rewrite.constant(wholeRoi(rewrite, counted, rank)));
      }
    }
    rewrite.keep(node.withInputs(inputs));
  }

  private static Tensor wholeRoi(Rewrite rewrite, long[] axes, int rank) {
    Tensor roi = rewrite.fixed(ROI);
    double[] all = new double[2 * rank];
    Arrays.fill(all, rank, 2 * rank, 1);
    for (int i = 0; i < axes.length; i++) {
      all[(int) axes[i]] = roi.getDouble(i);
      all[rank + (int) axes[i]] = roi.getDouble(axes.length + i);
    }
    return Tensor.fromDoubles(roi.dataType(), all, all.length);
  }

  private static int indexOf(long[] values, long wanted) {
    for (int i = 0; i < values.length; i++) {
      if (values[i] == wanted) {
        return i;
      }
    }
    return -1;
  }

  private static void noSymmetric(Rewrite rewrite) {
    if (rewrite.text("coordinate_transformation_mode", "").equals("half_pixel_symmetric")) {
      throw rewrite.refuse("coordinate_transformation_mode half_pixel_symmetric was not to be had");
    }
    rewrite.keep();
  }
}
