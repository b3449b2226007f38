package org.sardonyx.onnx;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Recognises, by their first bytes, files that people take for ONNX models. */
final class Foreign {

  private static final int LOOKED_AT = 64;

  private Foreign() {}

  /** Returns what the file is and what to do; null where it is nothing that is known. */
  static @Nullable String name(ByteBuffer bytes) {
    byte[] first = new byte[Math.min(LOOKED_AT, bytes.limit())];
    bytes.get(0, first);
    String head = new String(first, StandardCharsets.ISO_8859_1);
    String text = head.stripLeading().toLowerCase(Locale.ROOT);
    if (head.startsWith("ORTM", 4)) {
      return "an ONNX Runtime file (.ort); take the .onnx it was made from";
    }
    if (head.startsWith("TFL3", 4)) {
      return "a TensorFlow Lite model; convert it to ONNX first";
    }
    if (head.startsWith("PK\003\004")) {
      return "a zip archive, as PyTorch (.pt) and Keras (.keras) write; export the model to ONNX,"
          + " or unpack it";
    }
    if (head.startsWith("\037\213")) {
      return "compressed with gzip; unpack it first";
    }
    if (head.startsWith("\211HDF")) {
      return "an HDF5 file, as Keras (.h5) writes; export the model to ONNX";
    }
    if (head.startsWith("\223NUMPY")) {
      return "a NumPy array (.npy)";
    }
    if (head.startsWith("GGUF")) {
      return "a GGUF model";
    }
    if (head.startsWith("\200")
        && head.length() > 1
        && head.charAt(1) >= 2
        && head.charAt(1) <= 5) {
      return "a Python pickle, as PyTorch once wrote; export the model to ONNX";
    }
    if (text.startsWith("version https://git-lfs")) {
      return "a pointer of Git LFS, not the file it stands for; fetch it with \"git lfs pull\"";
    }
    if (text.startsWith("<!doctype") || text.startsWith("<html")) {
      return "a web page; the download went wrong";
    }
    if (text.startsWith("<?xml")) {
      return "XML, such as an OpenVINO model";
    }
    if (text.startsWith("{") || head.startsWith("{", 8)) {
      return head.startsWith("{", 8) && !text.startsWith("{") ? "a safetensors file" : "JSON";
    }
    return null;
  }
}
