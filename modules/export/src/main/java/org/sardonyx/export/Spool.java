package org.sardonyx.export;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.TensorData;
import org.sardonyx.type.Shape;

/**
 * Keeps large weights in a temporary file that is mapped, so that a model may be larger than the
 * heap. The file goes when the program ends, or before.
 */
final class Spool {

  private static final long LARGE = 1 << 20;
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private @Nullable FileChannel file;
  private long end;

  /** Returns a constant whose elements are not in the heap, unless they are few. */
  TensorData keep(TensorData constant) {
    Tensor tensor = constant.load();
    if (tensor.dataType() != DataType.FLOAT || 4L * tensor.size() < LARGE) {
      return constant;
    }
    try {
      long bytes = 4L * tensor.size();
      MemorySegment place = file().map(FileChannel.MapMode.READ_WRITE, end, bytes, Arena.ofAuto());
      MemorySegment.copy(tensor.floats(), 0, place, FLOAT, 0, tensor.size());
      end += bytes;
      return new Kept(constant.name(), constant.shape(), place.asReadOnly());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private FileChannel file() throws IOException {
    FileChannel open = file;
    if (open == null) {
      Path path = Files.createTempFile("sardonyx", ".weights");
      path.toFile().deleteOnExit();
      open =
          FileChannel.open(
              path,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE);
      file = open;
    }
    return open;
  }

  private record Kept(String name, Shape shape, MemorySegment raw) implements TensorData {
    @Override
    public DataType dataType() {
      return DataType.FLOAT;
    }

    @Override
    public Tensor load() {
      float[] elements = new float[(int) (raw.byteSize() / 4)];
      MemorySegment.copy(raw, FLOAT, 0, elements, 0, elements.length);
      long[] sizes = shape.sizes();
      int[] dims = new int[sizes.length];
      for (int i = 0; i < dims.length; i++) {
        dims[i] = (int) sizes[i];
      }
      return Tensor.of(elements, dims);
    }
  }
}
