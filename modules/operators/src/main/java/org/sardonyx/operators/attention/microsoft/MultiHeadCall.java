package org.sardonyx.operators.attention.microsoft;

import org.jspecify.annotations.Nullable;
import org.sardonyx.error.InvalidInput;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.attention.Caches;
import org.sardonyx.operators.attention.DotProductAttention;
import org.sardonyx.operators.attention.Heads;
import org.sardonyx.operators.attention.Heads.Layout;
import org.sardonyx.operators.attention.Mask;
import org.sardonyx.operators.attention.Scoring.Stage;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;

/** One call of {@link MultiHeadAttention}. */
final class MultiHeadCall {

  private final Settings settings;
  private final Invocation in;
  private final Tensor query;
  private final @Nullable Tensor key;
  private final @Nullable Tensor value;
  private final @Nullable Tensor pastKey;
  private final @Nullable Tensor pastValue;
  private final boolean shared;
  private final int before;
  private final Heads heads;

  /**
   * A matrix for each head.
   *
   * @param values the elements
   * @param layout where rows begin
   */
  private record Part(float[] values, Layout layout) {}

  MultiHeadCall(Settings settings, Invocation in) {
    this.settings = settings;
    this.in = in;
    query = in.tensor(MultiHeadAttention.QUERY);
    key = in.optional(MultiHeadAttention.KEY);
    value = in.optional(MultiHeadAttention.VALUE);
    pastKey = in.optional(MultiHeadAttention.PAST_KEY);
    pastValue = in.optional(MultiHeadAttention.PAST_VALUE);
    shared = pastKey != null && in.has(MultiHeadAttention.PAST_SEQUENCE_LENGTH);
    int room = pastKey == null || pastKey.rank() != 4 ? 0 : pastKey.dim(2);
    before = shared ? filled(room) : room;
    heads = heads();
    checkPast(room);
  }

  /** Returns how many rows of the past count. */
  private int filled(int room) {
    long length = in.one(MultiHeadAttention.PAST_SEQUENCE_LENGTH).getLong(0);
    if (length < 0 || length > room) {
      throw new InvalidInput(
          "past_sequence_length " + length + " does not lie in [0, " + room + "]");
    }
    return (int) length;
  }

  private Heads heads() {
    int h = settings.heads();
    boolean packed = query.rank() == 5;
    if (query.rank() != (key == null ? 5 : 3) || (!packed && query.dim(2) % h != 0)) {
      throw mismatch();
    }
    int n = query.dim(0);
    int rows = query.dim(1);
    int size = packed ? query.dim(4) : query.dim(2) / h;
    int valueSize = size;
    int length = rows;
    boolean fits;
    if (key == null) {
      fits = value == null && query.hasShape(n, rows, h, 3, size);
    } else if (key.rank() == 5) {
      length = key.dim(1);
      fits = value == null && key.hasShape(n, length, h, 2, size);
    } else if (key.rank() == 4) {
      length = key.dim(2);
      valueSize = value == null || value.rank() != 4 ? 0 : value.dim(3);
      fits =
          value != null
              && key.hasShape(n, h, length, size)
              && value.hasShape(n, h, length, valueSize)
              && !in.has(MultiHeadAttention.BIAS)
              && pastKey == null;
    } else {
      length = key.rank() == 3 ? key.dim(1) : 0;
      valueSize = value == null || value.rank() != 3 ? 0 : value.dim(2) / h;
      fits =
          value != null
              && key.hasShape(n, length, h * size)
              && value.hasShape(n, length, h * valueSize);
    }
    if (!fits) {
      throw mismatch();
    }
    return new Heads(n, h, h, rows, Math.addExact(before, length), size, valueSize);
  }

  private void checkPast(int room) {
    int n = heads.batch();
    int h = heads.keyHeads();
    if ((pastKey == null) != (pastValue == null)
        || (pastKey != null && !pastKey.hasShape(n, h, room, heads.size()))
        || (pastValue != null && !pastValue.hasShape(n, h, room, heads.valueSize()))) {
      throw new InvalidInput(
          "past_key "
              + pastKey
              + " and past_value "
              + pastValue
              + " do not go together, or not with query "
              + query);
    }
  }

  void run() {
    int h = heads.keyHeads();
    int hidden = h * heads.size();
    int length = heads.keys() - before;
    Part q = part(MultiHeadAttention.QUERY, heads.queries(), heads.size(), 0);
    Part k = part(MultiHeadAttention.KEY, length, heads.size(), hidden);
    Part v = part(MultiHeadAttention.VALUE, length, heads.valueSize(), 2 * hidden);
    k = joined(MultiHeadAttention.PRESENT_KEY, pastKey, k, length, heads.size());
    v = joined(MultiHeadAttention.PRESENT_VALUE, pastValue, v, length, heads.valueSize());
    Mask mask = new Mask(heads);
    if (settings.unidirectional() && heads.queries() > 1) {
      mask.window(new int[] {before}, -1, 0);
    }
    Tensor padding = in.optional(MultiHeadAttention.KEY_PADDING_MASK);
    if (padding != null) {
      MaskIndex.add(mask, "key_padding_mask", padding, heads, settings.filter());
    }
    Tensor bias = in.optional(MultiHeadAttention.ATTENTION_BIAS);
    if (bias != null) {
      mask.tensor("attention_bias", bias, false);
    }
    int[] shape = {heads.batch(), heads.queries(), h * heads.valueSize()};
    float[] y = new float[Tensor.checkedSize(shape)];
    boolean shown = in.outputs() > MultiHeadAttention.QK && in.wants(MultiHeadAttention.QK);
    int[] qkShape = {heads.batch(), h, heads.queries(), heads.keys()};
    float[] scores = new float[shown ? Tensor.checkedSize(qkShape) : 0];
    Stage stage = shown ? Stage.MASKED : null;
    new DotProductAttention(heads, settings.scoring(heads.size()), mask, stage)
        .run(
            in,
            q.values(),
            q.layout(),
            k.values(),
            k.layout(),
            v.values(),
            v.layout(),
            y,
            Layout.rowFirst(h, heads.queries(), heads.valueSize()),
            scores);
    in.set(MultiHeadAttention.OUTPUT, Tensor.fromFloats(query.dataType(), y, shape));
    if (shown) {
      in.set(MultiHeadAttention.QK, Tensor.fromFloats(query.dataType(), scores, qkShape));
    }
  }

  /** Returns Q, K or V with its bias, which begins at {@code biasFrom} of the bias of all. */
  private Part part(int input, int rows, int size, int biasFrom) {
    int h = heads.keyHeads();
    Tensor own = in.optional(input);
    Part part;
    if (key == null) {
      part = interleaved(query, rows, size, 3, input);
    } else if (key.rank() == 5 && input != MultiHeadAttention.QUERY) {
      part = interleaved(key, rows, size, 2, input - 1);
    } else if (own != null && own.rank() == 4) {
      part = new Part(own.toFloats(), Layout.headFirst(h, rows, size));
    } else if (own != null) {
      part = new Part(own.toFloats(), Layout.rowFirst(h, rows, size));
    } else {
      throw mismatch();
    }
    Tensor bias = in.optional(MultiHeadAttention.BIAS);
    return bias == null ? part : biased(part, bias, rows, size, biasFrom);
  }

  /** Part {@code which} of a tensor {@code [N, rows, heads, parts, size]}. */
  private Part interleaved(Tensor tensor, int rows, int size, int parts, int which) {
    int h = heads.keyHeads();
    int row = h * parts * size;
    return new Part(tensor.toFloats(), new Layout(which * size, rows * row, parts * size, row));
  }

  private Part biased(Part part, Tensor bias, int rows, int size, int from) {
    int h = heads.keyHeads();
    if (!bias.hasShape(h * (2 * heads.size() + heads.valueSize()))) {
      throw new InvalidInput(
          "bias must have shape [" + h * (2 * heads.size() + heads.valueSize()) + "], got " + bias);
    }
    float[] values = bias.toFloats();
    float[] y = new float[Tensor.checkedSize(new int[] {heads.batch(), rows, h, size})];
    Layout layout = Layout.rowFirst(h, rows, size);
    for (int n = 0; n < heads.batch(); n++) {
      for (int i = 0; i < rows; i++) {
        for (int head = 0; head < h; head++) {
          int x = part.layout().at(n, head, i);
          int to = layout.at(n, head, i);
          int b = from + head * size;
          for (int e = 0; e < size; e++) {
            y[to + e] = part.values()[x + e] + values[b + e];
          }
        }
      }
    }
    return new Part(y, layout);
  }

  /** Puts the past before the part, and gives the whole as an output where it is wanted. */
  private Part joined(int output, @Nullable Tensor past, Part part, int rows, int size) {
    boolean wanted = output < in.outputs() && in.wants(output);
    if (past == null && !wanted) {
      return part;
    }
    DataType type = query.dataType();
    int h = heads.keyHeads();
    float[] headFirst = new float[Tensor.checkedSize(new int[] {heads.batch(), h, rows, size})];
    Layout layout = Layout.headFirst(h, rows, size);
    for (int n = 0; n < heads.batch(); n++) {
      for (int head = 0; head < h; head++) {
        for (int i = 0; i < rows; i++) {
          System.arraycopy(
              part.values(), part.layout().at(n, head, i), headFirst, layout.at(n, head, i), size);
        }
      }
    }
    if (past != null && shared) {
      return shared(output, wanted, new Cache(past, before, beams(), beamWidth()), headFirst, rows);
    }
    if (past != null && in.has(MultiHeadAttention.CACHE_INDIRECTION)) {
      throw new InvalidInput("cache_indirection needs past_key and past_sequence_length");
    }
    Tensor now = Tensor.of(headFirst, heads.batch(), h, rows, size);
    Tensor before = past == null ? null : Tensor.of(past.toFloats(), past.shape());
    int[] shape = {heads.batch(), h, heads.keys(), size};
    Tensor all =
        wanted && type == DataType.FLOAT
            ? in.output(output, type, shape)
            : Tensor.zeros(DataType.FLOAT, shape);
    Caches.join(before, now, all);
    if (wanted && type != DataType.FLOAT) {
      in.set(output, Tensor.fromFloats(type, all.floats(), shape));
    }
    return new Part(all.floats(), Layout.headFirst(h, heads.keys(), size));
  }

  /**
   * The rows of a past that has room for more than count, and of now; the past with them put in.
   */
  private Part shared(int output, boolean wanted, Cache cache, float[] now, int rows) {
    if (cache.beams() != null && heads.queries() != 1) {
      throw new InvalidInput("cache_indirection goes with one query a row, got " + heads.queries());
    }
    if (wanted) {
      in.set(output, cache.with(now, rows));
    }
    int size = cache.past().dim(3);
    return new Part(
        cache.joined(now, rows), Layout.headFirst(heads.keyHeads(), heads.keys(), size));
  }

  private @Nullable Tensor beams() {
    Tensor beams = in.optional(MultiHeadAttention.CACHE_INDIRECTION);
    if (beams != null && beams.rank() != 3) {
      throw new InvalidInput("cache_indirection must have rank 3, got " + beams);
    }
    return beams;
  }

  private int beamWidth() {
    Tensor beams = beams();
    return beams == null ? 1 : beams.dim(1);
  }

  private InvalidInput mismatch() {
    return new InvalidInput(
        "query "
            + query
            + ", key "
            + key
            + " and value "
            + value
            + " do not fit each other, num_heads = "
            + settings.heads()
            + " and bias or past");
  }
}
