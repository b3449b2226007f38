package org.sardonyx.torch.pickle;

/** The names of the opcodes that are refused. */
final class Opcodes {

  private Opcodes() {}

  static String name(int opcode) {
    String name =
        switch (opcode) {
          case 'i' -> "INST";
          case 'o' -> "OBJ";
          case 'P' -> "PERSID";
          case 'I' -> "INT";
          case 'L' -> "LONG";
          case 'F' -> "FLOAT";
          case 'S' -> "STRING";
          case 'V' -> "UNICODE";
          case 'g' -> "GET";
          case 'p' -> "PUT";
          case 0x82 -> "EXT1";
          case 0x83 -> "EXT2";
          case 0x84 -> "EXT4";
          case 0x92 -> "NEWOBJ_EX";
          case 0x97 -> "NEXT_BUFFER";
          case 0x98 -> "READONLY_BUFFER";
          default -> "";
        };
    return String.format("%02x", opcode) + (name.isEmpty() ? "" : " (" + name + ")");
  }
}
