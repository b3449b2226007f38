package org.sardonyx.onnx;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which fields a message of the format has, and which of them are strings, bytes or messages: what
 * a walk over bytes needs to know. The generated classes know it too, but to ask one of them makes
 * the descriptors of all, which is most of what reading the first model would take.
 */
final class Layout {

  /**
   * The messages by name, and the numbers of their fields: alone, with a star for strings and
   * bytes, or with a name and the message that the field holds.
   */
  private static final String MESSAGES =
      """
      ModelProto 1 2* 3* 4* 5 6* 7:graph:GraphProto 8:opset_import:OperatorSetIdProto \
      14:metadata_props:StringStringEntryProto 20:training_info:TrainingInfoProto \
      25:functions:FunctionProto 26*
      OperatorSetIdProto 1* 2
      StringStringEntryProto 1* 2*
      TrainingInfoProto 1:initialization:GraphProto 2:algorithm:GraphProto \
      3:initialization_binding:StringStringEntryProto \
      4:update_binding:StringStringEntryProto
      GraphProto 1:node:NodeProto 2* 5:initializer:TensorProto 10* 11:input:ValueInfoProto \
      12:output:ValueInfoProto 13:value_info:ValueInfoProto \
      14:quantization_annotation:TensorAnnotation \
      15:sparse_initializer:SparseTensorProto 16:metadata_props:StringStringEntryProto
      ValueInfoProto 1* 2:type:TypeProto 3* 4:metadata_props:StringStringEntryProto
      TensorAnnotation 1* 2:quant_parameter_tensor_names:StringStringEntryProto
      NodeProto 1* 2* 3* 4* 5:attribute:AttributeProto 6* 7* 8* \
      9:metadata_props:StringStringEntryProto 10*
      AttributeProto 1* 2 3 4* 5:t:TensorProto 6:g:GraphProto 7 8 9* \
      10:tensors:TensorProto 11:graphs:GraphProto 13* 14:tp:TypeProto \
      15:type_protos:TypeProto 20 21* 22:sparse_tensor:SparseTensorProto \
      23:sparse_tensors:SparseTensorProto
      FunctionProto 1* 4* 5* 6* 7:node:NodeProto 8* 9:opset_import:OperatorSetIdProto 10* \
      11:attribute_proto:AttributeProto 12:value_info:ValueInfoProto 13* \
      14:metadata_props:StringStringEntryProto
      TensorProto 1 2 3:segment:Segment 4 5 6* 7 8* 9* 10 11 12* \
      13:external_data:StringStringEntryProto 14 \
      16:metadata_props:StringStringEntryProto
      Segment 1 2
      SparseTensorProto 1:values:TensorProto 2:indices:TensorProto 3
      TensorShapeProto 1:dim:Dimension
      Dimension 1 2* 3*
      TypeProto 1:tensor_type:Tensor 4:sequence_type:Sequence 5:map_type:Map 6* \
      7:opaque_type:Opaque 8:sparse_tensor_type:SparseTensor 9:optional_type:Optional
      Tensor 1 2:shape:TensorShapeProto
      Sequence 1:elem_type:TypeProto
      Map 1 2:value_type:TypeProto
      Optional 1:elem_type:TypeProto
      SparseTensor 1 2:shape:TensorShapeProto
      Opaque 1* 2*
      SequenceProto 1* 2 3:tensor_values:TensorProto \
      4:sparse_tensor_values:SparseTensorProto 5:sequence_values:SequenceProto \
      6:map_values:MapProto 7:optional_values:OptionalProto
      MapProto 1* 2 3 4* 5:values:SequenceProto
      OptionalProto 1* 2 3:tensor_value:TensorProto \
      4:sparse_tensor_value:SparseTensorProto 5:sequence_value:SequenceProto \
      6:map_value:MapProto 7:optional_value:OptionalProto\
      """;

  private static final Map<String, Layout> ALL = all();

  private final boolean[] known;
  private final boolean[] text;
  private final String[] names;
  private final @Nullable Layout[] messages;

  private Layout(int fields) {
    known = new boolean[fields];
    text = new boolean[fields];
    names = new String[fields];
    messages = new Layout[fields];
  }

  /** Returns what the message of a generated class looks like. */
  static Layout of(Class<?> message) {
    return named(message.getSimpleName());
  }

  static Layout named(String name) {
    return named(name, ALL);
  }

  private static Layout named(String name, Map<String, Layout> all) {
    Layout layout = all.get(name);
    if (layout == null) {
      throw new IllegalArgumentException(name);
    }
    return layout;
  }

  private static Map<String, Layout> all() {
    Map<String, Layout> all = new HashMap<>();
    String[] lines = MESSAGES.split("\n", -1);
    for (String line : lines) {
      String name = line.substring(0, line.indexOf(' '));
      all.put(name, new Layout(number(line.substring(line.lastIndexOf(' ') + 1)) + 1));
    }
    for (String line : lines) {
      String[] parts = line.split(" ", -1);
      Layout layout = named(parts[0], all);
      for (int i = 1; i < parts.length; i++) {
        layout.add(parts[i], all);
      }
    }
    return all;
  }

  private void add(String field, Map<String, Layout> all) {
    int number = number(field);
    known[number] = true;
    text[number] = field.endsWith("*");
    int colon = field.indexOf(':');
    if (colon > 0) {
      int second = field.indexOf(':', colon + 1);
      names[number] = field.substring(colon + 1, second);
      messages[number] = all.get(field.substring(second + 1));
    }
  }

  private static int number(String field) {
    int number = 0;
    for (int i = 0; i < field.length() && Character.isDigit(field.charAt(i)); i++) {
      number = 10 * number + field.charAt(i) - '0';
    }
    return number;
  }

  /** Whether the message has a field of this number. */
  boolean knows(int number) {
    return number < known.length && known[number];
  }

  /** Whether the field, a known one, holds a string or bytes. */
  boolean isText(int number) {
    return text[number];
  }

  /** Returns the message that the field, a known one, holds; null where it holds none. */
  @Nullable Layout message(int number) {
    return messages[number];
  }

  /** Returns the name of a field that holds a message. */
  String name(int number) {
    return names[number];
  }
}
