package org.sardonyx.onnx;

import static org.sardonyx.onnx.PlainFields.FIXED32;
import static org.sardonyx.onnx.PlainFields.TEXT;
import static org.sardonyx.onnx.PlainFields.VARINT;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.ModelException;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Bytes;
import org.sardonyx.graph.Entry;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Model;
import org.sardonyx.graph.Node;
import org.sardonyx.graph.OpsetImport;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.tensor.TensorData;

/**
 * Reads models that say nothing but what a graph holds, as nearly all do, from their bytes: the
 * classes of the messages take longer to load than such a model. What it does not know, or what is
 * wrong, it leaves to {@link ModelReader}, which gives the same for what both read.
 */
final class PlainReader {

  private final PlainFields in;
  private final PlainValues parts;

  private PlainReader(ByteBuffer bytes, ExternalFiles files) {
    this.in = new PlainFields(bytes);
    this.parts = new PlainValues(in, files);
  }

  /** Returns the model of bytes that were checked; null where it is not a plain one. */
  static @Nullable Model read(ByteBuffer bytes, ExternalFiles files) {
    try {
      return new PlainReader(bytes, files).model();
    } catch (NotPlain | ModelException e) {
      return null;
    }
  }

  private Model model() {
    SeenFields seen = new SeenFields();
    long irVersion = 0;
    long modelVersion = 0;
    String producer = "";
    String producerVersion = "";
    String domain = "";
    String doc = "";
    Graph graph = null;
    List<OpsetImport> opsets = new ArrayList<>();
    List<Entry> metadata = new ArrayList<>();
    while (in.more()) {
      switch (in.tag()) {
        case 1 << 3 | VARINT -> irVersion = seen.number(1, in.varint());
        case 2 << 3 | TEXT -> producer = seen.text(2, in.text());
        case 3 << 3 | TEXT -> producerVersion = seen.text(3, in.text());
        case 4 << 3 | TEXT -> domain = seen.text(4, in.text());
        case 5 << 3 | VARINT -> modelVersion = seen.number(5, in.varint());
        case 6 << 3 | TEXT -> doc = seen.text(6, in.text());
        case 7 << 3 | TEXT -> {
          seen.once(7);
          graph = graph();
        }
        case SeenFields.OPSETS << 3 | TEXT -> opsets.add(opset(seen));
        case 14 << 3 | TEXT -> metadata.add(parts.entry());
        default -> throw new NotPlain();
      }
    }
    if (graph == null) {
      throw new NotPlain();
    }
    return new Model(
        irVersion,
        opsets,
        producer,
        producerVersion,
        domain,
        modelVersion,
        doc,
        graph,
        List.of(),
        metadata,
        List.of(),
        seen.extra());
  }

  private OpsetImport opset(SeenFields model) {
    int outer = in.enter();
    SeenFields seen = new SeenFields();
    String domain = "";
    long version = 0;
    while (in.more()) {
      switch (in.tag()) {
        case 1 << 3 | TEXT -> domain = seen.text(1, in.text());
        case 2 << 3 | VARINT -> version = seen.number(2, in.varint());
        default -> throw new NotPlain();
      }
    }
    in.leave(outer);
    model.opset(seen, domain, version);
    return new OpsetImport(domain, version);
  }

  private Graph graph() {
    int outer = in.enter();
    SeenFields seen = new SeenFields();
    String name = "";
    String doc = "";
    List<Node> nodes = new ArrayList<>();
    List<ValueInfo> inputs = new ArrayList<>();
    List<ValueInfo> outputs = new ArrayList<>();
    List<ValueInfo> values = new ArrayList<>();
    List<TensorData> initializers = new ArrayList<>();
    List<Entry> metadata = new ArrayList<>();
    while (in.more()) {
      switch (in.tag()) {
        case 1 << 3 | TEXT -> nodes.add(node());
        case 2 << 3 | TEXT -> name = seen.text(2, in.text());
        case 5 << 3 | TEXT -> initializers.add(parts.tensor());
        case 10 << 3 | TEXT -> doc = seen.text(10, in.text());
        case 11 << 3 | TEXT -> inputs.add(parts.valueInfo());
        case 12 << 3 | TEXT -> outputs.add(parts.valueInfo());
        case 13 << 3 | TEXT -> values.add(parts.valueInfo());
        case 16 << 3 | TEXT -> metadata.add(parts.entry());
        default -> throw new NotPlain();
      }
    }
    in.leave(outer);
    return new Graph(
        name, nodes, inputs, outputs, values, initializers, List.of(), doc, metadata, seen.extra());
  }

  private Node node() {
    int outer = in.enter();
    SeenFields seen = new SeenFields();
    String name = "";
    String domain = "";
    String type = "";
    String overload = "";
    String doc = "";
    List<String> inputs = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    List<Attribute> attributes = new ArrayList<>();
    List<Entry> metadata = new ArrayList<>();
    while (in.more()) {
      switch (in.tag()) {
        case 1 << 3 | TEXT -> inputs.add(in.text());
        case 2 << 3 | TEXT -> outputs.add(in.text());
        case 3 << 3 | TEXT -> name = seen.text(3, in.text());
        case 4 << 3 | TEXT -> type = seen.text(4, in.text());
        case 5 << 3 | TEXT -> attributes.add(attribute());
        case 6 << 3 | TEXT -> doc = seen.text(6, in.text());
        case 7 << 3 | TEXT -> domain = seen.text(7, in.text());
        case 8 << 3 | TEXT -> overload = seen.text(8, in.text());
        case 9 << 3 | TEXT -> metadata.add(parts.entry());
        default -> throw new NotPlain();
      }
    }
    in.leave(outer);
    return new Node(
        name, domain, type, overload, inputs, outputs, attributes, doc, metadata, seen.extra());
  }

  private Attribute attribute() {
    int outer = in.enter();
    SeenFields seen = new SeenFields();
    String name = "";
    String doc = "";
    int type = 0;
    int fields = 0;
    Attribute.Value one = null;
    List<Float> floats = new ArrayList<>();
    List<Long> ints = new ArrayList<>();
    List<Bytes> strings = new ArrayList<>();
    while (in.more()) {
      int tag = in.tag();
      int number = tag >>> 3;
      if (number >= 2 && number <= 9) {
        fields |= 1 << number;
        if (number <= 6) {
          seen.once(number);
        }
      }
      switch (tag) {
        case 1 << 3 | TEXT -> name = seen.text(1, in.text());
        case 2 << 3 | FIXED32 -> one = new Attribute.OfFloat(in.fixed32());
        case 3 << 3 | VARINT -> one = new Attribute.OfInt(in.varint());
        case 4 << 3 | TEXT -> one = new Attribute.OfString(Bytes.of(in.array()));
        case 5 << 3 | TEXT -> one = new Attribute.OfTensor(parts.tensor());
        case 6 << 3 | TEXT -> one = new Attribute.OfGraph(graph());
        case 7 << 3 | FIXED32 -> floats.add(in.fixed32());
        case 7 << 3 | TEXT -> {
          int list = in.enter();
          while (in.more()) {
            floats.add(in.fixed32());
          }
          in.leave(list);
        }
        case 8 << 3 | VARINT -> ints.add(in.varint());
        case 8 << 3 | TEXT -> {
          int list = in.enter();
          while (in.more()) {
            ints.add(in.varint());
          }
          in.leave(list);
        }
        case 9 << 3 | TEXT -> strings.add(Bytes.of(in.array()));
        case 13 << 3 | TEXT -> doc = seen.text(13, in.text());
        case 20 << 3 | VARINT -> {
          seen.once(20);
          type = (int) in.varint();
        }
        default -> throw new NotPlain();
      }
    }
    in.leave(outer);
    Attribute.Value value =
        switch (type) {
          case 6 -> new Attribute.OfFloats(floats);
          case 7 -> new Attribute.OfInts(ints);
          case 8 -> new Attribute.OfStrings(strings);
          default -> one;
        };
    // The kinds of one value have the numbers 1 to 5, their fields 2 to 6; then come the lists.
    boolean list = type >= 6 && type <= 8;
    int own = 1 << (type + 1);
    boolean fits = list ? (fields & ~own) == 0 : type > 0 && type < 6 && fields == own;
    if (value == null || !fits) {
      throw new NotPlain();
    }
    return new Attribute(name, value, doc, seen.extra());
  }
}
