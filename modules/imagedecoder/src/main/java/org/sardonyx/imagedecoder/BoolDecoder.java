package org.sardonyx.imagedecoder;

/** The arithmetic decoder of VP8: RFC 6386, section 7. */
final class BoolDecoder {

  private final byte[] data;
  private final int end;
  private int next;
  private int value;
  private int range = 255;
  private int bits; // shifts until the next byte is needed

  BoolDecoder(byte[] data, int start, int end) {
    this.data = data;
    this.next = start;
    this.end = end;
    this.value = (read() << 8) | read();
  }

  private int read() {
    int i = next++;
    return i < end ? data[i] & 0xff : 0;
  }

  /** Whether more was asked for than there is; what an encoder flushes may end a byte early. */
  boolean overrun() {
    return next > end + 1;
  }

  /** Returns a bit that is 0 with the probability {@code probability / 256}. */
  int bit(int probability) {
    int split = 1 + (((range - 1) * probability) >> 8);
    int bit;
    if (value >= split << 8) {
      bit = 1;
      range -= split;
      value -= split << 8;
    } else {
      bit = 0;
      range = split;
    }
    while (range < 128) {
      value <<= 1;
      range <<= 1;
      if (++bits == 8) {
        bits = 0;
        value |= read();
      }
    }
    return bit;
  }

  boolean flag() {
    return bit(128) != 0;
  }

  /** Returns an unsigned number of {@code count} bits. */
  int number(int count) {
    int number = 0;
    for (int i = 0; i < count; i++) {
      number = 2 * number + bit(128);
    }
    return number;
  }

  /** Returns a number that is followed by its sign. */
  int signed(int count) {
    int number = number(count);
    return flag() ? -number : number;
  }

  /** Returns a signed number that may be left out: 0 then. */
  int delta(int count) {
    return flag() ? signed(count) : 0;
  }
}
