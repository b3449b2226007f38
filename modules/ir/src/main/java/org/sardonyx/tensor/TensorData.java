package org.sardonyx.tensor;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * A constant of a model: a tensor that is there, or one that is read from its file when it is first
 * asked for. The type and the shape are known either way, and nothing is loaded to learn them.
 */
public interface TensorData {

  /** Returns the name; empty for the value of an attribute. */
  String name();

  DataType dataType();

  /** Returns the shape; every dimension is a number. */
  Shape shape();

  /**
   * Returns the tensor, reading it where it is not yet there. Implementations may keep what they
   * read.
   */
  Tensor load();

  /** Returns the elements in a tensor that nobody else has. */
  default Tensor copy() {
    return load().copy();
  }

  /**
   * Returns the elements where they lie in a mapped file as ONNX stores them, little-endian and one
   * after another; null where they do not.
   */
  default @Nullable MemorySegment raw() {
    return null;
  }

  /** Returns the same constant under another name. */
  default TensorData named(String name) {
    TensorData original = this;
    return new TensorData() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public DataType dataType() {
        return original.dataType();
      }

      @Override
      public Shape shape() {
        return original.shape();
      }

      @Override
      public Tensor load() {
        return original.load();
      }

      @Override
      public Tensor copy() {
        return original.copy();
      }

      @Override
      public @Nullable MemorySegment raw() {
        return original.raw();
      }
    };
  }

  default Type.OfTensor type() {
    return new Type.OfTensor(dataType(), shape());
  }

  /** Returns a constant that is there. */
  static TensorData of(String name, Tensor tensor) {
    return new Loaded(name, tensor);
  }

  /**
   * A tensor in memory.
   *
   * @param name the name; empty for the value of an attribute
   * @param tensor the elements
   */
  record Loaded(String name, Tensor tensor) implements TensorData {
    @Override
    public DataType dataType() {
      return tensor.dataType();
    }

    @Override
    public Shape shape() {
      return tensor.type().shape();
    }

    @Override
    public Tensor load() {
      return tensor;
    }

    @Override
    public TensorData named(String newName) {
      return new Loaded(newName, tensor);
    }
  }
}
