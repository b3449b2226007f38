package org.sardonyx.onnx;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.Text;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.onnx.proto.StringStringEntryProto;
import org.sardonyx.onnx.proto.TensorProto;

/**
 * Where the elements of a tensor lie outside the model, as its {@code external_data} says.
 *
 * @param elements the names from the model's folder to the file: none empty, none {@code .} or
 *     {@code ..}
 * @param offset first byte
 * @param length number of bytes: what the shape needs
 */
record ExternalRange(List<String> elements, long offset, long length) {

  private static final int MAX_LOCATION = 4096;

  /**
   * Reads and checks the entries.
   *
   * @param needed the bytes that the element type and the shape need
   */
  static ExternalRange of(TensorProto tensor, long needed) {
    String location = null;
    long offset = 0;
    long length = needed;
    Set<String> seen = new HashSet<>();
    for (StringStringEntryProto entry : tensor.getExternalDataList()) {
      String key = entry.getKey();
      if (!seen.add(key)) {
        throw new MalformedModel("external data says \"" + Text.escape(key) + "\" twice");
      }
      switch (key) {
        case "location" -> location = entry.getValue();
        case "offset" -> offset = number(key, entry.getValue());
        case "length" -> length = number(key, entry.getValue());
        case "checksum" -> {
          // Of the whole file, of no stated algorithm in practice; kept, not checked.
        }
        default -> {
          // ONNX Runtime notes copies of weights in its own layout under such keys.
          if (!key.startsWith("prepacked")) {
            throw new UnsupportedModel(
                "external data has the key \""
                    + Text.escape(key)
                    + "\"; known are location, offset, length and checksum");
          }
        }
      }
    }
    if (location == null || location.isEmpty()) {
      throw new MalformedModel("external data names no file: the key \"location\" is missing");
    }
    if (length != needed) {
      throw new MalformedModel(
          "external data is " + length + " bytes long; its type and shape need " + needed);
    }
    if (offset > Long.MAX_VALUE - length) {
      throw new MalformedModel("external data ends beyond any file: offset " + offset);
    }
    return new ExternalRange(elements(location), offset, length);
  }

  /** Returns the location, normalised. */
  String location() {
    return String.join("/", elements);
  }

  private static long number(String key, String value) {
    boolean digits = !value.isEmpty() && value.chars().allMatch(c -> c >= '0' && c <= '9');
    if (!digits || value.length() > 18) {
      throw new MalformedModel(
          "external data: \""
              + key
              + "\" is not a number of bytes: \""
              + Text.escape(value)
              + "\"");
    }
    return Long.parseLong(value);
  }

  private static List<String> elements(String location) {
    boolean drive = location.length() > 1 && location.charAt(1) == ':';
    if (location.startsWith("/") || location.indexOf('\\') >= 0 || drive) {
      throw refused(location, "is not relative to the model's folder, with / between names");
    }
    if (location.length() > MAX_LOCATION || location.indexOf('\0') >= 0) {
      throw refused(location, "is no name of a file");
    }
    List<String> elements = new ArrayList<>();
    for (String element : location.split("/", -1)) {
      if (element.equals("..")) {
        if (elements.isEmpty()) {
          throw refused(location, "leads out of the model's folder");
        }
        elements.removeLast();
      } else if (!element.isEmpty() && !element.equals(".")) {
        elements.add(element);
      }
    }
    if (elements.isEmpty()) {
      throw refused(location, "names no file");
    }
    return List.copyOf(elements);
  }

  private static MalformedModel refused(String location, String why) {
    return new MalformedModel(
        "external data: the location \"" + Text.escape(location) + "\" " + why);
  }
}
