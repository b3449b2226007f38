package org.sardonyx.operators.shaping;

import org.sardonyx.error.InvalidModel;
import org.sardonyx.operators.Attributes;

/** The blocks of DepthToSpace and SpaceToDepth. */
final class Blocks {

  private Blocks() {}

  static long size(Attributes attributes) {
    long size = attributes.getInt("blocksize");
    if (size < 1 || size > Short.MAX_VALUE) {
      throw new InvalidModel("blocksize " + size);
    }
    return size;
  }

  /** Whether the places of a block come before the channels; where no mode is declared they do. */
  static boolean depthFirst(Attributes attributes) {
    String mode = attributes.getString("mode", "DCR");
    if (!mode.equals("DCR") && !mode.equals("CRD")) {
      throw new InvalidModel("mode \"" + mode + "\" is neither DCR nor CRD");
    }
    return mode.equals("DCR");
  }
}
