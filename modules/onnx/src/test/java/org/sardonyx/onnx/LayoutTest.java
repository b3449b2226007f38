package org.sardonyx.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.sardonyx.onnx.proto.AttributeProto;
import org.sardonyx.onnx.proto.MapProto;
import org.sardonyx.onnx.proto.ModelProto;
import org.sardonyx.onnx.proto.OnnxDataProto;
import org.sardonyx.onnx.proto.OnnxProto;
import org.sardonyx.onnx.proto.OnnxTypesProto;
import org.sardonyx.onnx.proto.OptionalProto;
import org.sardonyx.onnx.proto.SequenceProto;
import org.sardonyx.onnx.proto.TypeProto;

final class LayoutTest {

  private static final int BEYOND = 40;

  @Test
  void saysOfEveryMessageWhatItsDescriptorSays() {
    Set<String> names = new HashSet<>();
    List<Descriptor> all = new ArrayList<>(OnnxProto.getDescriptor().getMessageTypes());
    all.addAll(OnnxTypesProto.getDescriptor().getMessageTypes());
    all.addAll(OnnxDataProto.getDescriptor().getMessageTypes());
    for (int i = 0; i < all.size(); i++) {
      Descriptor descriptor = all.get(i);
      all.addAll(descriptor.getNestedTypes());
      assertTrue(names.add(descriptor.getName()), "two messages " + descriptor.getName());
      Layout layout = Layout.named(descriptor.getName());
      for (int number = 1; number < BEYOND; number++) {
        FieldDescriptor field = descriptor.findFieldByNumber(number);
        String where = descriptor.getName() + " " + number;
        assertEquals(field != null, layout.knows(number), where);
        if (field == null) {
          continue;
        }
        boolean message = field.getJavaType() == JavaType.MESSAGE;
        boolean text =
            field.getJavaType() == JavaType.STRING || field.getJavaType() == JavaType.BYTE_STRING;
        assertEquals(text, layout.isText(number), where);
        if (message) {
          assertEquals(field.getName(), layout.name(number));
          assertSame(Layout.named(field.getMessageType().getName()), layout.message(number), where);
        } else {
          assertNull(layout.message(number), where);
        }
      }
      assertFalse(
          descriptor.getFields().stream().anyMatch(field -> field.getNumber() >= BEYOND),
          descriptor.getName());
    }
    assertTrue(all.size() > 24, "too few messages: " + all.size());
  }

  @Test
  void knowsGeneratedClasses() {
    for (Message message :
        List.of(
            ModelProto.getDefaultInstance(),
            AttributeProto.getDefaultInstance(),
            TypeProto.Tensor.getDefaultInstance(),
            SequenceProto.getDefaultInstance(),
            MapProto.getDefaultInstance(),
            OptionalProto.getDefaultInstance())) {
      assertSame(
          Layout.named(message.getDescriptorForType().getName()), Layout.of(message.getClass()));
    }
  }
}
