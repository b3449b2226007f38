package org.sardonyx.conformance.sweep;

import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** Images and signals. */
final class ImageRecipes {

  private ImageRecipes() {}

  static void addTo(Recipes recipes) {
    recipes.put(ImageRecipes::resize, "Resize");
    recipes.put(ImageRecipes::upsample, "Upsample");
    recipes.put(ImageRecipes::gridSample, "GridSample", "com.microsoft.GridSample");
    recipes.put(
        d -> {
          boolean three = d.flag("three dimensions");
          d.attr("align_corners", 0L, 0L, 1L);
          d.in(three ? Numbers.of(d, d.type(), 2, 3, 4) : Numbers.of(d, d.type(), 2, 2, 3));
          d.param(three ? Tensor.vector(2, 3, 2, 3, 4) : Tensor.vector(2, 3, 4, 5));
        },
        "AffineGrid");
    recipes.put(
        d -> {
          boolean dilated = d.flag("dilations");
          boolean padded = d.flag("pads");
          boolean strided = d.flag("strides");
          if (dilated) {
            d.set("dilations", new long[] {1, 2});
          }
          if (padded) {
            d.set("pads", new long[] {1, 0, 1, 1});
          }
          if (strided) {
            d.set("strides", new long[] {2, 1});
          }
          int rows = (5 + (padded ? 2 : 0) - 2) / (strided ? 2 : 1) + 1;
          int columns = 6 + (padded ? 1 : 0) - (dilated ? 3 : 2) + 1;
          // Sums of texts are nowhere defined, and those of complex numbers are refused.
          DataType type =
              d.type("T", t -> t != DataType.STRING && t.kind() != DataType.Kind.COMPLEX);
          d.in(Numbers.of(d, type, d.pick("batch", 1, 2, 0), 3 * 4, rows * columns));
          d.param(Tensor.vector(5, 6)).param(Tensor.vector(2, 2));
        },
        "Col2Im");
    recipes.put(ImageRecipes::roiAlign, "RoiAlign");
    recipes.put(
        d -> {
          DataType type = d.type();
          d.attr("pooled_shape", new long[] {2, 2}, new long[] {2, 2}, new long[] {1, 3});
          d.attr("spatial_scale", 1f, 0.5f);
          d.in(Numbers.of(d, type, 2, 2, 6, 5));
          d.in(Tensor.fromDoubles(type, new double[] {0, 0, 0, 3, 4, 1, 1, 2, 4, 4}, 2, 5));
        },
        "MaxRoiPool");
    recipes.put(
        d -> {
          DataType type = d.type();
          d.attr("mode", "bilinear", "bilinear", "nearest");
          d.attr("extrapolation_value", 0f, 2.5f);
          d.in(Numbers.of(d, type, 2, 2, 5, 4));
          d.in(Tensor.fromDoubles(type, new double[] {0, 0, 1, 1, 0.1, -0.25, 0.75, 1.5}, 2, 4));
          d.in(Tensor.of(new int[] {1, 0}, 2)).param(Tensor.of(new int[] {3, 2}, 2));
        },
        "com.microsoft.CropAndResize");
    recipes.put(ImageRecipes::suppression, "NonMaxSuppression");
    recipes.put(ImageRecipes::dft, "DFT");
    recipes.put(ImageRecipes::stft, "STFT");
  }

  private static void resize(Draw d) {
    String variable = d.hasType("T1") ? "T1" : "T";
    DataType type = d.type(variable);
    boolean numbers =
        type != DataType.STRING && type != DataType.BOOL && type.kind() != DataType.Kind.COMPLEX;
    if (d.version() == 10) {
      String mode = d.attr("mode", "nearest", "nearest", "linear");
      d.require(numbers || mode.equals("nearest"));
      d.in(Numbers.of(d, type, 1, 1, 4, 5)).param(scales(d));
      return;
    }
    String mode = d.attr("mode", "nearest", "nearest", "linear", "cubic");
    d.require(numbers || mode.equals("nearest"));
    String transformation =
        d.version() < 19
            ? d.attr(
                "coordinate_transformation_mode",
                "half_pixel",
                "half_pixel",
                "asymmetric",
                "align_corners",
                "pytorch_half_pixel",
                "tf_crop_and_resize")
            : d.attr(
                "coordinate_transformation_mode",
                "half_pixel",
                "half_pixel",
                "half_pixel_symmetric",
                "asymmetric",
                "align_corners",
                "pytorch_half_pixel",
                "tf_crop_and_resize");
    boolean crop = transformation.equals("tf_crop_and_resize");
    // There is no number to extrapolate with.
    d.require(numbers || !crop || type == DataType.BOOL);
    if (mode.equals("nearest")) {
      d.attr(
          "nearest_mode",
          "round_prefer_floor",
          "round_prefer_floor",
          "round_prefer_ceil",
          "floor",
          "ceil");
    }
    if (mode.equals("cubic")) {
      d.attr("cubic_coeff_a", -0.75f, -0.5f);
      d.attr("exclude_outside", 0L, 0L, 1L);
    }
    if (crop) {
      d.attr("extrapolation_value", 0f, 1.5f);
    }
    if (!mode.equals("nearest") && !crop) {
      d.attr("antialias", 0L, 0L, 1L);
    }
    boolean sizes = d.flag("sizes");
    boolean axes = d.declares("axes") && d.flag("axes");
    if (axes) {
      d.set("axes", new long[] {2, 3});
    }
    if (sizes) {
      d.attr("keep_aspect_ratio_policy", "stretch", "stretch", "not_larger", "not_smaller");
    }
    d.in(Numbers.of(d, type, 1, 2, 4, 5));
    DataType roiType = crop || d.version() < 13 ? d.type("T2") : DataType.FLOAT;
    if (crop) {
      double[] roi =
          axes
              ? new double[] {0.25, 0, 0.75, 1.25}
              : new double[] {0, 0, 0.25, 0, 1, 1, 0.75, 1.25};
      d.param(Tensor.fromDoubles(roiType, roi, roi.length));
    } else if (d.version() < 13) {
      d.fixed(Tensor.zeros(roiType, 0));
    } else {
      d.none();
    }
    if (!sizes) {
      d.param(axes ? Tensor.of(new float[] {1.5f, 0.6f}, 2) : scales(d));
      return;
    }
    if (d.version() < 13) {
      d.fixed(Tensor.zeros(DataType.FLOAT, 0));
    } else {
      d.none();
    }
    d.param(axes ? Tensor.vector(7, 3) : Tensor.vector(1, 2, 7, 3));
  }

  private static Tensor scales(Draw d) {
    return Tensor.of(
        d.pick(
            "scales",
            new float[] {1, 1, 1, 1},
            new float[] {1, 1, 2, 2},
            new float[] {1, 1, 0.5f, 0.6f},
            new float[] {1, 1, 1.5f, 3}),
        4);
  }

  private static void upsample(Draw d) {
    DataType type = d.type();
    boolean numbers =
        type != DataType.STRING && type != DataType.BOOL && type.kind() != DataType.Kind.COMPLEX;
    String mode = d.attr("mode", "nearest", "nearest", d.version() < 7 ? "bilinear" : "linear");
    d.require(numbers || mode.equals("nearest"));
    if (d.declares("height_scale")) {
      d.set("height_scale", d.pick("height", 1f, 2f)).set("width_scale", d.pick("width", 1f, 3f));
      d.in(Numbers.of(d, type, 1, 1, 2, 3));
      return;
    }
    float[] scales =
        d.pick(
            "scales",
            new float[] {1, 1, 2, 2},
            new float[] {1, 1, 1.5f, 3},
            new float[] {1, 1, 1, 1});
    d.set("scales", scales);
    d.in(Numbers.of(d, type, 1, 1, 2, 3));
    if (d.hasInput("scales")) {
      d.param(Tensor.of(scales, 4));
    }
  }

  private static void gridSample(Draw d) {
    boolean own = d.hasType("T1");
    DataType type = own ? d.type("T1") : d.type("T");
    DataType grid = own ? d.type("T2") : type;
    String mode =
        d.version() >= 20
            ? d.attr("mode", "linear", "linear", "nearest", "cubic")
            : d.attr("mode", "bilinear", "bilinear", "nearest", "bicubic");
    d.require(type.isFloat() || mode.equals("nearest"));
    d.attr("padding_mode", "zeros", "zeros", "border", "reflection");
    d.attr("align_corners", 0L, 0L, 1L);
    boolean volume = d.version() >= 20 && d.flag("volume") && !mode.equals("cubic");
    d.in(volume ? Numbers.of(d, type, 1, 2, 3, 4, 3) : Numbers.of(d, type, 1, 2, 4, 5));
    double reach = d.flag("outside") ? 2.5 : 0.9;
    d.in(
        volume
            ? Numbers.between(d, grid, -reach, reach, 1, 2, 2, 2, 3)
            : Numbers.between(d, grid, -reach, reach, 1, 3, 2, 2));
  }

  private static void roiAlign(Draw d) {
    DataType type = d.type();
    d.attr("mode", "avg", "avg", "max");
    d.attr("output_height", 1L, 2L, 3L);
    d.attr("output_width", 1L, 2L);
    d.attr("sampling_ratio", 0L, 0L, 2L);
    d.attr("spatial_scale", 1f, 0.5f);
    d.attr("coordinate_transformation_mode", "half_pixel", "half_pixel", "output_half_pixel");
    d.in(Numbers.of(d, type, 2, 2, 7, 6));
    d.in(
        Tensor.fromDoubles(
            type, new double[] {0.5, 0.5, 3.25, 4, 1, 1, 5, 5.5, -1, -2, 3, 9}, 3, 4));
    d.param(Tensor.vector(1, 0, 1));
  }

  private static void suppression(Draw d) {
    boolean center = d.attr("center_point_box", 0L, 0L, 1L) == 1;
    int boxes = d.pick("boxes", 3, 6, 0);
    Tensor places = Tensor.zeros(DataType.FLOAT, 1, boxes, 4);
    for (int i = 0; i < boxes; i++) {
      double x = d.random.nextInt(4);
      double y = d.random.nextInt(4);
      places.setDouble(4 * i, x);
      places.setDouble(4 * i + 1, y);
      places.setDouble(4 * i + 2, center ? 2 : x + 2);
      places.setDouble(4 * i + 3, center ? 3 : y + 3);
    }
    d.in(places).in(Numbers.between(d, DataType.FLOAT, 0, 1, 1, 2, boxes));
    d.optionalParam("max_output_boxes_per_class", () -> Tensor.vector(d.pick("most", 3L, 1L, 0L)));
    d.optionalParam("iou_threshold", () -> Tensor.of(new float[] {0.3f}, 1));
    d.optionalParam("score_threshold", () -> Tensor.of(new float[] {0.4f}, 1));
    d.out(DataType.INT64);
  }

  private static void dft(Draw d) {
    DataType type = d.type();
    boolean inverse = d.attr("inverse", 0L, 0L, 1L) == 1;
    boolean onesided = d.attr("onesided", 0L, 0L, 1L) == 1;
    boolean complex = d.flag("complex");
    d.require(!onesided || (!complex && !inverse));
    String length = d.pick("dft_length", "absent", "shorter", "longer");
    if (d.declares("axis")) {
      d.attr("axis", 1L, 1L, 2L, -2L);
    }
    d.in(Numbers.of(d, type, 2, 5, 4, complex ? 2 : 1));
    if (length.equals("absent")) {
      d.none();
    } else {
      d.param(Tensor.fromLongs(d.type("T2"), new long[] {length.equals("shorter") ? 3 : 8}));
    }
    d.optionalParam("axis", () -> Tensor.scalar(d.pick("axis value", 1L, 2L, -2L, -3L)));
  }

  private static void stft(Draw d) {
    DataType type = d.type();
    DataType lengths = d.type("T2");
    boolean onesided = d.attr("onesided", 1L, 0L, 1L) == 1;
    boolean complex = !onesided && d.flag("complex");
    d.in(Numbers.of(d, type, 2, 16, complex ? 2 : 1));
    d.param(Tensor.fromLongs(lengths, new long[] {4}));
    boolean window = d.flag("window");
    if (window) {
      d.param(Numbers.between(d, type, 0.1, 1, 8));
    } else {
      d.none();
    }
    if (!window || d.flag("frame_length")) {
      d.param(Tensor.fromLongs(lengths, new long[] {8}));
    }
  }
}
