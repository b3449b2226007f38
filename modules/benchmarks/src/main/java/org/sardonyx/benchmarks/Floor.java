package org.sardonyx.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The least time that this machine needs for some work, from what {@link Peaks} measured: part by
 * part the longer of computing and of moving memory.
 *
 * @param micros the time
 * @param what what the longest part waits for
 */
record Floor(double micros, String what) {

  /**
   * Something that is done before something else begins.
   *
   * @param flops floating-point operations, all in multiplications with an addition
   * @param bytes bytes that come from memory, or go to it
   * @param of the size of the memory that they come from, again and again
   * @param copies whether half of them are written
   */
  record Part(double flops, double bytes, double of, boolean copies) {

    static Part reading(double flops, double bytes, double of) {
      return new Part(flops, bytes, of, false);
    }

    static Part copying(double flops, double bytes) {
      return new Part(flops, bytes, bytes, true);
    }
  }

  /**
   * What one core does at most, in 1e9 a second.
   *
   * @param flops floating-point operations
   * @param reading bytes read, by the size of the memory
   * @param copying bytes read and written, by the size of both sides
   */
  record Machine(
      double flops, NavigableMap<Double, Double> reading, NavigableMap<Double, Double> copying) {

    /** Reads the lines of {@link Peaks}; null where they are not all there. */
    static @Nullable Machine of(List<String> lines) {
      double flops = 0;
      NavigableMap<Double, Double> reading = new TreeMap<>();
      NavigableMap<Double, Double> copying = new TreeMap<>();
      for (String line : lines) {
        String[] words = line.split(" ", -1);
        double last = Double.parseDouble(words[words.length - 1]);
        switch (words[0]) {
          case "fma" -> flops = last;
          case "read" -> reading.put(Double.valueOf(words[1]), last);
          default -> copying.put(Double.valueOf(words[1]), last);
        }
      }
      return flops > 0 && !reading.isEmpty() && !copying.isEmpty()
          ? new Machine(flops, reading, copying)
          : null;
    }

    /** Returns what was measured with the size that is closest by its logarithm. */
    private static double at(NavigableMap<Double, Double> rates, double size) {
      Map.Entry<Double, Double> below = rates.floorEntry(size);
      Map.Entry<Double, Double> above = rates.ceilingEntry(size);
      if (below == null || above == null) {
        return (below == null ? rates.firstEntry() : rates.lastEntry()).getValue();
      }
      boolean first = size * size < below.getKey() * above.getKey();
      return (first ? below : above).getValue();
    }

    /** Returns the least time of some parts in turn; null where there are none. */
    @Nullable Floor floor(List<Part> parts, int threads) {
      double sum = 0;
      double longest = 0;
      String what = "";
      for (Part part : parts) {
        double computing = part.flops() / flops / 1e3;
        double rate = at(part.copies() ? copying : reading, part.of());
        double moving = part.bytes() / rate / 1e3;
        double time = Math.max(computing, moving);
        sum += time;
        if (time > longest) {
          longest = time;
          what =
              computing >= moving
                  ? String.format(Locale.ROOT, "FMA %.0f GFLOP/s", flops)
                  : String.format(
                      Locale.ROOT,
                      "%s %s, %.0f GB/s",
                      part.copies() ? "copying" : "reading",
                      size(part.of()),
                      rate);
        }
      }
      return sum == 0 ? null : new Floor(sum / threads, what);
    }

    /** Returns a line of what was measured. */
    String text() {
      StringBuilder text = new StringBuilder();
      text.append(String.format(Locale.ROOT, "FMA %.0f GFLOP/s", flops));
      for (double size : new double[] {32 << 10, 512 << 10, 8 << 20, 128 << 20}) {
        text.append(
            String.format(
                Locale.ROOT,
                "; %s: reading %.0f GB/s, copying %.0f",
                size(size),
                at(reading, size),
                at(copying, size)));
      }
      return text.toString();
    }

    private static String size(double bytes) {
      boolean large = bytes >= 1 << 20;
      double number = bytes / (large ? 1 << 20 : 1 << 10);
      return String.format(
          Locale.ROOT, number < 10 ? "%.1f %s" : "%.0f %s", number, large ? "MiB" : "KiB");
    }
  }

  /** Returns the product. */
  static double product(int... factors) {
    return Arrays.stream(factors).asDoubleStream().reduce(1, (a, b) -> a * b);
  }
}
