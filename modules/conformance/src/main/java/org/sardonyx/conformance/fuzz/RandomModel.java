package org.sardonyx.conformance.fuzz;

import java.util.Random;
import java.util.function.Function;
import org.sardonyx.conformance.reduce.Specimen;
import org.sardonyx.tensor.DataType;

/**
 * Draws valid models with inputs, the same for the same seed: graphs of a few to some dozen nodes
 * of many families, whose inputs and weights keep them well-conditioned.
 */
public final class RandomModel {

  private RandomModel() {}

  /** A family of nodes, and how often it is drawn. */
  enum Family {
    UNARY(3, Elementwise::unary),
    BINARY(4, Elementwise::binary),
    CHOICE(1, Elementwise::choice),
    JUMP(1, Elementwise::jump),
    SHAPE(6, Shaping::any),
    NORMALIZATION(2, Normalize::any),
    REDUCTION(1, Normalize::reduce),
    ALONG(1, Normalize::along),
    PRODUCT(2, Products::product),
    CONVOLUTION(2, Products::convolution),
    RECURRENT(2, Recurrent::layer),
    ATTENTION(2, Attending::any),
    WHOLE(1, Whole::any),
    QUANTIZED(1, Quantized::any),
    CONTROL(2, Control::any);

    private static final int TOTAL;

    static {
      int total = 0;
      for (Family family : values()) {
        total += family.share;
      }
      TOTAL = total;
    }

    private final int share;

    @SuppressWarnings("ImmutableEnumChecker") // methods that hold nothing
    private final Function<Draft, Live> maker;

    Family(int share, Function<Draft, Live> maker) {
      this.share = share;
      this.maker = maker;
    }

    @SuppressWarnings("ReturnValueIgnored") // the draft holds what was made
    void addTo(Draft draft) {
      maker.apply(draft);
    }

    static Family draw(Random random) {
      int at = random.nextInt(TOTAL);
      for (Family family : values()) {
        at -= family.share;
        if (at < 0) {
          return family;
        }
      }
      throw new IllegalStateException("the shares do not add up");
    }
  }

  /** Returns the well-conditioned model of this seed. */
  public static Specimen of(long seed) {
    Draft draft = begin(seed, true);
    int nodes = draft.between(1, 14);
    for (int i = 0; i < nodes; i++) {
      Family.draw(draft.random).addTo(draft);
    }
    return end(draft);
  }

  /** Returns the model of this seed whose dynamics are chaotic. */
  public static Specimen chaotic(long seed) {
    Draft draft = begin(seed, false);
    switch (draft.between(0, 2)) {
      case 0 -> Recurrent.chaotic(draft);
      case 1 -> Control.chaotic(draft);
      default -> Control.logistic(draft);
    }
    return end(draft);
  }

  private static Draft begin(long seed, boolean anyType) {
    // Neighbouring seeds begin alike in this generator, so they are mixed.
    Random random = new Random((seed * 0x9E3779B97F4A7C15L) ^ (seed >>> 7));
    long opset = random.nextInt(20, 24);
    DataType type = DataType.FLOAT;
    if (anyType) {
      int drawn = random.nextInt(16);
      type = drawn == 0 ? DataType.DOUBLE : drawn == 1 ? DataType.FLOAT16 : DataType.FLOAT;
    }
    return Draft.of(random, opset, type);
  }

  private static Specimen end(Draft draft) {
    draft.end();
    return new Specimen(draft.graph.model(draft.opset), draft.inputs());
  }
}
