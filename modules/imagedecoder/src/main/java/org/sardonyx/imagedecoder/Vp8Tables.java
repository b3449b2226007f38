package org.sardonyx.imagedecoder;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Scanner;

/** The constant tables of VP8, from a file beside this class. */
final class Vp8Tables {

  static final int TYPES = 4;
  static final int BANDS = 8;
  static final int CONTEXTS = 3;
  static final int NODES = 11;

  /** By the mode above, the mode to the left, and the node of the tree. */
  static final int[][][] MODES = new int[10][10][9];

  /** By type, band, context and node. */
  static final int[][][][] UPDATES = new int[TYPES][BANDS][CONTEXTS][NODES];

  static final int[] DC = new int[128];
  static final int[] AC = new int[128];

  private static final int[][][][] COEFFICIENTS = new int[TYPES][BANDS][CONTEXTS][NODES];

  static {
    try (InputStream in = Vp8Tables.class.getResourceAsStream("vp8-tables.txt")) {
      if (in == null) {
        throw new IllegalStateException("vp8-tables.txt is missing");
      }
      String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      Scanner numbers = new Scanner(text.replaceAll("(?m)^#.*$", ""));
      fill(MODES, numbers);
      fill(UPDATES, numbers);
      fill(COEFFICIENTS, numbers);
      fill(DC, numbers);
      fill(AC, numbers);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Vp8Tables() {}

  /** Returns the probabilities that a frame begins with, to be changed. */
  static int[][][][] coefficients() {
    int[][][][] copy = new int[TYPES][BANDS][CONTEXTS][];
    for (int i = 0; i < TYPES; i++) {
      for (int j = 0; j < BANDS; j++) {
        for (int k = 0; k < CONTEXTS; k++) {
          copy[i][j][k] = COEFFICIENTS[i][j][k].clone();
        }
      }
    }
    return copy;
  }

  private static void fill(Object[] table, Scanner numbers) {
    for (Object part : table) {
      if (part instanceof int[] row) {
        fill(row, numbers);
      } else {
        fill((Object[]) part, numbers);
      }
    }
  }

  private static void fill(int[] row, Scanner numbers) {
    for (int i = 0; i < row.length; i++) {
      row[i] = numbers.nextInt();
    }
  }
}
