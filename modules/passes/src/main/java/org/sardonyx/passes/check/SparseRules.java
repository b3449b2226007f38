package org.sardonyx.passes.check;

import org.sardonyx.error.ModelException;
import org.sardonyx.graph.SparseTensorData;
import org.sardonyx.passes.walk.Where;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Dim;
import org.sardonyx.type.Shape;

/** Sparse constants: one value an index, indices ascending and within the shape. */
final class SparseRules {

  private final Report report;

  SparseRules(Report report) {
    this.report = report;
  }

  void check(SparseTensorData data, Where where) {
    Shape values = data.values().shape();
    Shape dense = data.shape();
    Shape indices = data.indices().shape();
    if (values.rank() != 1) {
      error(where, "values have rank " + values.rank() + ", must have 1");
      return;
    }
    if (!dense.isKnown() || dense.rank() == 0) {
      error(where, "the dense shape " + dense + " must have a rank of at least 1");
      return;
    }
    long size = 1;
    for (long dim : dense.sizes()) {
      if (dim <= 0) {
        error(where, "the dense shape " + dense + " has a dimension below 1");
        return;
      }
      if (size > Long.MAX_VALUE / dim) {
        error(where, "the dense shape " + dense + " is beyond 64 bits");
        return;
      }
      size *= dim;
    }
    long count = values.dim(0).sizeOrMinusOne();
    if (data.indices().dataType() != DataType.INT64) {
      error(where, "indices are " + data.indices().dataType().specName() + ", must be int64");
      return;
    }
    boolean linear = indices.rank() == 1 && indices.dim(0).is(count);
    boolean coordinates =
        indices.rank() == 2
            && indices.dim(0).is(count)
            && indices.dim(1).equals(Dim.of(dense.rank()));
    if (!linear && !coordinates) {
      boolean none = count == 0 && indices.elements().is(0);
      if (!none) {
        error(
            where,
            "indices have shape "
                + indices
                + ", must be ["
                + count
                + "] or ["
                + count
                + ","
                + dense.rank()
                + "]");
      }
      return;
    }
    try {
      order(data.indices().load(), dense.sizes(), size, linear, (int) count, where);
    } catch (ModelException e) {
      error(where, e.what());
    }
  }

  private void order(
      Tensor indices, long[] shape, long size, boolean linear, int count, Where where) {
    long before = -1;
    for (int i = 0; i < count; i++) {
      long index = 0;
      if (linear) {
        index = indices.getLong(i);
        if (index < 0 || index >= size) {
          error(where, "index " + i + " is out of range");
          return;
        }
      } else {
        for (int axis = 0; axis < shape.length; axis++) {
          long at = indices.getLong(i * shape.length + axis);
          if (at < 0 || at >= shape[axis]) {
            error(where, "index " + i + " is out of range along axis " + axis);
            return;
          }
          index = index * shape[axis] + at;
        }
      }
      if (index <= before) {
        error(where, "index " + i + " is not behind the one before: indices must ascend");
        return;
      }
      before = index;
    }
  }

  private void error(Where where, String message) {
    report.error("sparse-tensor", where, message);
  }
}
