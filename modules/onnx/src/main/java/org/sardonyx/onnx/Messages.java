package org.sardonyx.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import com.google.protobuf.MessageLite;
import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import org.sardonyx.error.Limit;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.onnx.proto.TensorProto;

/** Messages from bytes and back, within limits. */
final class Messages {

  private Messages() {}

  /**
   * Checks and parses a message.
   *
   * @param what what the message is called in errors
   * @throws MalformedModel where the bytes are no such message
   * @throws org.sardonyx.error.LimitExceeded where it is too deep, or has too many parts
   */
  static <M extends Message> M parse(
      M prototype, ByteBuffer bytes, ReadOptions options, String what) {
    return parse(prototype, Layout.of(prototype.getClass()), bytes, options, what);
  }

  /** Checks by the layout and parses, as above. */
  static <M extends MessageLite> M parse(
      M prototype, Layout layout, ByteBuffer bytes, ReadOptions options, String what) {
    try {
      WireScan.check(bytes, layout, options);
      return parseChecked(prototype, bytes, options);
    } catch (MalformedModel e) {
      throw Input.none(what, bytes, e);
    }
  }

  /** Parses a message that was checked; its strings and bytes stay where an array has them. */
  static <M extends MessageLite> M parseChecked(
      M prototype, ByteBuffer bytes, ReadOptions options) {
    try {
      CodedInputStream input = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
      input.enableAliasing(true);
      input.setRecursionLimit((int) options.limits().most(Limit.MESSAGE_DEPTH) + 1);
      MessageLite.Builder builder = prototype.newBuilderForType();
      builder.mergeFrom(input);
      input.checkLastTagWas(0);
      @SuppressWarnings("unchecked") // a builder builds its own kind of message
      M message = (M) builder.build();
      return message;
    } catch (IOException e) {
      throw new MalformedModel(String.valueOf(e.getMessage()), e);
    }
  }

  /** Returns the tensor of a message that was checked as a part of another. */
  static StoredTensor tensor(ByteBuffer bytes, int from, int length, ExternalFiles files) {
    ReadOptions options = ReadOptions.DEFAULT.withLimits(files.limits());
    TensorProto proto = TensorProto.getDefaultInstance();
    return StoredTensor.of(
        parseChecked(proto, bytes.slice(from, length), options), files, Cuts.NONE);
  }

  /** Writes a message; what it refers to is not copied first. */
  static void write(MessageLite message, WritableByteChannel channel) throws IOException {
    CodedOutputStream output =
        CodedOutputStream.newInstance(Channels.newOutputStream(channel), 1 << 16);
    message.writeTo(output);
    output.flush();
  }
}
