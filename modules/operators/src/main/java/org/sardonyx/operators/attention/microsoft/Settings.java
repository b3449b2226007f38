package org.sardonyx.operators.attention.microsoft;

import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.attention.Scoring;

/**
 * The attributes that the attentions of the domain share.
 *
 * @param heads the number of heads
 * @param unidirectional whether a query sees no key after its own position
 * @param scale factor of the product; 0 for {@code 1 / sqrt(head_size)}
 * @param filter what is added to the scores of hidden keys
 */
record Settings(int heads, boolean unidirectional, float scale, float filter) {

  private static final float FILTER = -10000;

  static Settings of(Attributes attributes) {
    refuse(attributes, "do_rotary", 0);
    refuse(attributes, "past_present_share_buffer", 0);
    return ofShared(attributes);
  }

  /** As {@link #of}, where past and present may share a buffer. */
  static Settings ofShared(Attributes attributes) {
    return new Settings(
        heads(attributes, "num_heads"),
        attributes.getInt("unidirectional", 0) != 0,
        attributes.getFloat("scale", 0),
        attributes.getFloat("mask_filter_value", FILTER));
  }

  static int heads(Attributes attributes, String name) {
    long heads = attributes.getInt(name);
    if (heads <= 0 || heads > Integer.MAX_VALUE) {
      throw new InvalidModel(name + " is " + heads + ", must be greater than 0");
    }
    return (int) heads;
  }

  /** Refuses an attribute that has another value than the only one that is implemented. */
  static void refuse(Attributes attributes, String name, long only) {
    long value = attributes.getInt(name, only);
    if (value != only) {
      throw new UnsupportedModel(name + " = " + value + " is not implemented");
    }
  }

  Scoring scoring(int size) {
    return new Scoring(scale == 0 ? 1 / Math.sqrt(size) : scale, 0, null, null);
  }
}
