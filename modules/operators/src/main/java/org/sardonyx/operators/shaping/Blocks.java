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
}
