package org.sardonyx.operators.ml;

import java.util.HashMap;
import java.util.Map;
import org.sardonyx.error.OperatorFailed;
import org.sardonyx.graph.Attribute.Kind;
import org.sardonyx.operators.Attributes;
import org.sardonyx.operators.Inference;
import org.sardonyx.operators.Invocation;
import org.sardonyx.operators.Moves;
import org.sardonyx.operators.Operator;
import org.sardonyx.operators.OperatorDef;
import org.sardonyx.operators.Types;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.MapValue;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.type.Shape;
import org.sardonyx.type.Type;

/**
 * DictVectorizer: the values of a map as [1, C], each at the place of its key in a vocabulary; 0 or
 * empty where the map has no such key. Keys that are not in the vocabulary are left out.
 *
 * @param vocabulary the keys
 */
public record DictVectorizer(Labels vocabulary) implements Operator {

  public static final OperatorDef DEF =
      OperatorDef.named("DictVectorizer")
          .domain("ai.onnx.ml")
          .version(1)
          .input("X", "T1")
          .output("Y", "T2")
          .optional("int64_vocabulary", Kind.INTS)
          .optional("string_vocabulary", Kind.STRINGS)
          .type(
              "T1",
              Types.of(
                  "map(int64,double)",
                  "map(int64,float)",
                  "map(int64,string)",
                  "map(string,double)",
                  "map(string,float)",
                  "map(string,int64)"))
          .type("T2", DataType.DOUBLE, DataType.FLOAT, DataType.INT64, DataType.STRING)
          .create(DictVectorizer::of);

  static DictVectorizer of(Attributes attributes) {
    return new DictVectorizer(Labels.of(attributes, "int64_vocabulary", "string_vocabulary"));
  }

  @Override
  public void infer(Inference in) {
    if (in.type(0) instanceof Type.OfMap(DataType _, Type.OfTensor(DataType value, Shape _))) {
      in.output(0, value, Shape.of(1, vocabulary.size()));
    }
  }

  @Override
  public void run(Invocation in) {
    MapValue map = (MapValue) in.value(0);
    if (!(map.values().elementType() instanceof Type.OfTensor(DataType type, Shape _))) {
      throw new OperatorFailed("DictVectorizer of " + map.type().spec());
    }
    Map<Object, Integer> places = new HashMap<>();
    Tensor words = vocabulary.keys();
    for (int i = 0; i < words.size(); i++) {
      places.put(key(words, i), i);
    }
    Tensor y = in.zeros(0, type, 1, words.size());
    for (int i = 0; i < map.keys().size(); i++) {
      Integer place = places.get(key(map.keys(), i));
      if (place != null) {
        Moves moves = Moves.of(in, (Tensor) map.values().elements().get(i), y);
        moves.copy(0, place, 1);
        moves.done();
      }
    }
  }

  private static Object key(Tensor keys, int i) {
    return keys.dataType() == DataType.STRING ? keys.strings()[i] : (Object) keys.getLong(i);
  }
}
