package org.sardonyx.operators.ml;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.operators.Attributes;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/**
 * The labels of classes: integers or strings.
 *
 * @param integers the labels, null where they are strings
 * @param strings the labels, null where they are integers
 */
record Labels(long @Nullable [] integers, @Nullable List<String> strings) {

  /** Reads the two attributes of which one must be given. */
  static Labels of(Attributes attributes, String integers, String strings) {
    long[] ints = attributes.getIntsOrNull(integers);
    List<String> texts = attributes.getStringsOrNull(strings);
    boolean hasInts = ints != null && ints.length > 0;
    boolean hasTexts = texts != null && !texts.isEmpty();
    if (hasInts == hasTexts) {
      throw new InvalidModel("one of " + integers + " and " + strings + " must be given");
    }
    return hasInts ? new Labels(ints, null) : new Labels(null, texts);
  }

  int size() {
    return integers != null ? integers.length : strings == null ? 0 : strings.size();
  }

  DataType type() {
    return integers != null ? DataType.INT64 : DataType.STRING;
  }

  /** Sets element {@code i} of an output to the label of a class, or to none: 0 or empty. */
  void set(Tensor y, int i, int label) {
    if (integers != null) {
      y.longs()[i] = label < 0 ? 0 : integers[label];
    } else if (strings != null) {
      y.strings()[i] = label < 0 ? "" : strings.get(label);
    }
  }

  /** Returns the labels as keys of a map. */
  Tensor keys() {
    return integers != null
        ? Tensor.vector(integers)
        : Tensor.of(strings == null ? new String[0] : strings.toArray(new String[0]), size());
  }
}
