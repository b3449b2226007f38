package org.sardonyx.convert.opset;

import static org.sardonyx.convert.opset.Rewrite.with;

import java.util.ArrayList;
import java.util.List;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Node;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/** Convolutions, pools, Dropout, and what samples images. */
final class NetworkChanges {

  private NetworkChanges() {}

  static void add(Changes all) {
    for (String name : List.of("Conv", "ConvTranspose")) {
      all.same(name, 11);
      all.types(name, 22);
    }
    all.begins(19, "DeformConv");
    all.types("DeformConv", 22);
    all.same("AveragePool", 7, 10, 11, 19);
    all.types("AveragePool", 22);
    all.change("MaxPool", 8, Adapter.KEEP, NetworkChanges::maxPoolDown);
    all.same("MaxPool", 10, 11);
    all.types("MaxPool", 12, 22);
    all.change("LpPool", 2, NetworkChanges::whole, NetworkChanges::real);
    all.same("LpPool", 11, 18);
    all.types("LpPool", 22);
    all.change("GlobalLpPool", 2, NetworkChanges::whole, NetworkChanges::real);
    all.types("GlobalLpPool", 22);
    all.types("GlobalAveragePool", 22);
    all.types("GlobalMaxPool", 22);
    all.types("MaxRoiPool", 22);
    all.begins(9, "MaxUnpool");
    all.same("MaxUnpool", 11);
    all.types("MaxUnpool", 22);

    all.same("Dropout", 6);
    all.change("Dropout", 7, NetworkChanges::testUp, NetworkChanges::testDown);
    all.change("Dropout", 10, NetworkChanges::maskUp, NetworkChanges::maskDown);
    all.change("Dropout", 12, NetworkChanges::ratioUp, NetworkChanges::ratioDown);
    all.types("Dropout", 13, 22);

    all.begins(10, "RoiAlign");
    all.change(
        "RoiAlign",
        16,
        rewrite ->
            rewrite.keep(
                with(
                    rewrite.node(),
                    Attribute.of("coordinate_transformation_mode", "output_half_pixel"))),
        NetworkChanges::roiDown);
    all.types("RoiAlign", 22);
    all.begins(16, "GridSample");
    all.change("GridSample", 20, NetworkChanges::gridUp, NetworkChanges::gridDown);
    all.types("GridSample", 22);
    all.since("AffineGrid", 20, GridBody::affineGrid);
    all.begins(20, "ImageDecoder");
  }

  private static void maxPoolDown(Rewrite rewrite) {
    // storage_order is of the indices alone.
    rewrite.keep(rewrite.wants(1) ? rewrite.node() : rewrite.without("storage_order"));
  }

  private static void whole(Rewrite rewrite) {
    float p = rewrite.real("p", 2);
    if (p != (long) p) {
      throw rewrite.refuse("p must be a whole number there");
    }
    rewrite.keep(with(rewrite.node(), Attribute.of("p", (long) p)));
  }

  private static void real(Rewrite rewrite) {
    rewrite.keep(with(rewrite.node(), Attribute.of("p", (float) rewrite.integer("p", 2))));
  }

  private static void testUp(Rewrite rewrite) {
    if (rewrite.integer("is_test", 0) == 0) {
      throw rewrite.refuse(
          "is_test is 0, so it drops at random, and versions 7 to 10 do not; set is_test = 1 in a"
              + " model that is not trained");
    }
    rewrite.keep(rewrite.without("is_test"));
  }

  private static void testDown(Rewrite rewrite) {
    rewrite.keep(with(rewrite.node(), Attribute.of("is_test", 1L)));
  }

  /** The mask had the type of the data before. */
  private static void maskUp(Rewrite rewrite) {
    if (!rewrite.wants(1)) {
      rewrite.keep(rewrite.node().withOutputs(List.of(rewrite.out(0))));
      return;
    }
    DataType type = rewrite.element(0);
    castMask(rewrite, type);
  }

  private static void maskDown(Rewrite rewrite) {
    if (!rewrite.wants(1)) {
      rewrite.keep(rewrite.node().withOutputs(List.of(rewrite.out(0))));
      return;
    }
    castMask(rewrite, DataType.BOOL);
  }

  private static void castMask(Rewrite rewrite, DataType type) {
    String mask = rewrite.fresh("mask");
    rewrite.keep(rewrite.node().withOutputs(List.of(rewrite.out(0), mask)));
    rewrite.op(
        "Cast", List.of(mask), List.of(rewrite.out(1)), Attribute.of("to", (long) type.code()));
  }

  private static void ratioUp(Rewrite rewrite) {
    String ratio = rewrite.constant(Tensor.scalar(rewrite.real("ratio", 0.5f)));
    rewrite.keep(rewrite.without("ratio").withInputs(List.of(rewrite.in(0), ratio)));
  }

  private static void ratioDown(Rewrite rewrite) {
    if (rewrite.has(2)) {
      Tensor training = rewrite.fixed(2);
      if (training.getBoolean(0)) {
        throw rewrite.refuse("training_mode is true, and no older version trains");
      }
    }
    if (rewrite.wants(1)) { // engines fill the mask of older versions with other things than true
      Tensor yes = Tensor.of(new boolean[] {true}, 1);
      rewrite.op(
          "ConstantOfShape",
          List.of(rewrite.op("Shape", rewrite.in(0))),
          List.of(rewrite.out(1)),
          Attribute.of("value", TensorData.of("", yes)));
      rewrite.release(1);
      rewrite.last("Identity", List.of(rewrite.in(0)));
      return;
    }
    Node node =
        rewrite
            .without("seed")
            .withInputs(List.of(rewrite.in(0)))
            .withOutputs(List.of(rewrite.out(0)));
    Tensor ratio = rewrite.constant(1);
    if (ratio != null) {
      node = with(node, Attribute.of("ratio", (float) ratio.getDouble(0)));
    }
    rewrite.release(1); // nothing is dropped, whatever it is
    rewrite.keep(node);
  }

  private static void roiDown(Rewrite rewrite) {
    String mode = rewrite.text("coordinate_transformation_mode", "half_pixel");
    if (!mode.equals("output_half_pixel")) {
      throw rewrite.refuse("coordinate_transformation_mode " + mode + " was not to be had");
    }
    rewrite.keep(rewrite.without("coordinate_transformation_mode"));
  }

  private static void gridUp(Rewrite rewrite) {
    String mode = rewrite.text("mode", "bilinear");
    String name =
        switch (mode) {
          case "bilinear" -> "linear";
          case "bicubic" -> "cubic";
          default -> mode;
        };
    rewrite.keep(with(rewrite.node(), Attribute.of("mode", name)));
  }

  private static void gridDown(Rewrite rewrite) {
    if (rewrite.rank(0) != 4) {
      throw rewrite.refuse("X has " + rewrite.rank(0) + " dimensions, and only 4 were sampled");
    }
    String mode = rewrite.text("mode", "linear");
    String name =
        switch (mode) {
          case "linear" -> "bilinear";
          case "cubic" -> "bicubic";
          default -> mode;
        };
    rewrite.keep(with(rewrite.node(), Attribute.of("mode", name)));
  }

  /** Returns the outputs of a node with new names for those that are missing up to a number. */
  static List<String> outputs(Rewrite rewrite, int count) {
    List<String> outputs = new ArrayList<>(rewrite.node().outputs());
    while (outputs.size() < count) {
      outputs.add("");
    }
    for (int i = 0; i < count; i++) {
      if (outputs.get(i).isEmpty()) {
        outputs.set(i, rewrite.fresh("unread"));
      }
    }
    return outputs;
  }

  static Shape shapeOf(Rewrite rewrite, int output) {
    return rewrite.facts().type(rewrite.out(output)) instanceof Type.OfTensor(DataType _, Shape s)
        ? s
        : Shape.UNKNOWN;
  }
}
