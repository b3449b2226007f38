package org.sardonyx.torch.pickle;

import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.error.MalformedModel;
import org.sardonyx.error.UnsupportedModel;
import org.sardonyx.torch.pickle.Pickled.Dict;
import org.sardonyx.torch.pickle.Pickled.Global;
import org.sardonyx.torch.pickle.Pickled.Instance;
import org.sardonyx.torch.pickle.Pickled.Items;
import org.sardonyx.torch.pickle.Pickled.Tuple;

/**
 * Reads a pickle of protocols 2 to 5 as data. Opcodes that files of tensors have no need of are
 * refused by name and offset, and so is every call of what {@link Globals} does not know; nothing
 * is looked up or called.
 */
public final class Unpickler {

  private static final int MAX_STACK = 1 << 24;
  private static final int MAX_BYTES = 1 << 28;
  private static final Object MARK = new Object();

  private final Bytes in;
  private final Globals globals;
  private final List<@Nullable Object> stack = new ArrayList<>();
  private final List<Integer> marks = new ArrayList<>();
  private final Map<Long, @Nullable Object> memo = new HashMap<>();

  private Unpickler(MemorySegment segment, long from, Globals globals) {
    this.in = new Bytes(segment, from);
    this.globals = globals;
  }

  /**
   * A value and where the pickle ends.
   *
   * @param value what it holds
   * @param end the offset behind it
   */
  public record Result(@Nullable Object value, long end) {}

  /**
   * Reads one pickle.
   *
   * @param from its offset
   * @param globals what may be named, and what becomes of it
   * @throws MalformedModel where the bytes are no pickle
   * @throws UnsupportedModel where it names what is not known
   */
  public static Result read(MemorySegment segment, long from, Globals globals) {
    Unpickler reader = new Unpickler(segment, from, globals);
    return new Result(reader.run(), reader.in.at());
  }

  private @Nullable Object run() {
    long start = in.at();
    if (in.unsigned8() != 0x80) {
      throw new MalformedModel(
          "at offset " + start + ": no pickle of protocol 2 to 5 (the first byte is not 80)");
    }
    int protocol = in.unsigned8();
    if (protocol < 2 || protocol > 5) {
      throw new UnsupportedModel(
          "at offset " + start + ": a pickle of protocol " + protocol + "; 2 to 5 are read");
    }
    while (true) {
      long at = in.at();
      int opcode = in.unsigned8();
      if (opcode == '.') {
        @Nullable Object value = pop(at);
        if (!stack.isEmpty()) {
          throw malformed(at, "the pickle ends with " + stack.size() + " values left over");
        }
        return value;
      }
      step(opcode, at);
      if (stack.size() > MAX_STACK) {
        throw new LimitExceeded("stack", "a pickle of more than " + MAX_STACK + " open values");
      }
    }
  }

  private void step(int opcode, long at) {
    switch (opcode) {
      case 0x80 -> in.unsigned8();
      case 0x95 -> in.int64(); // FRAME: a length for those who buffer
      case '(' -> {
        marks.add(stack.size());
        stack.add(MARK);
      }
      case '0' -> pop(at);
      case '1' -> popMark(at);
      case '2' -> stack.add(top(at));
      case 'N' -> stack.add(null);
      case 0x88 -> stack.add(true);
      case 0x89 -> stack.add(false);
      case 'J' -> stack.add((long) in.int32());
      case 'K' -> stack.add((long) in.unsigned8());
      case 'M' -> stack.add((long) in.unsigned16());
      case 0x8a -> stack.add(number(in.unsigned8()));
      case 0x8b -> stack.add(number(in.unsigned32()));
      case 'G' -> stack.add(in.bigDouble());
      case 'X' -> stack.add(in.text(in.unsigned32()));
      case 0x8c -> stack.add(in.text(in.unsigned8()));
      case 0x8d -> stack.add(in.text(in.int64()));
      case 'T' -> stack.add(latin(in.unsigned32()));
      case 'U' -> stack.add(latin(in.unsigned8()));
      case 'B' -> stack.add(in.bytes(in.unsigned32(), MAX_BYTES));
      case 'C' -> stack.add(in.bytes(in.unsigned8(), MAX_BYTES));
      case 0x8e, 0x96 -> stack.add(in.bytes(in.int64(), MAX_BYTES));
      case ')' -> stack.add(new Tuple(List.of()));
      case 0x85, 0x86, 0x87 -> tuple(opcode - 0x84, at);
      case 't' -> stack.add(new Tuple(popMark(at)));
      case ']' -> stack.add(new Items());
      case 'l' -> {
        Items items = new Items();
        items.items().addAll(popMark(at));
        stack.add(items);
      }
      case 'a' -> {
        @Nullable Object value = pop(at);
        items(top(at), at).items().add(value);
      }
      case 'e' -> {
        List<@Nullable Object> values = popMark(at);
        items(top(at), at).items().addAll(values);
      }
      case '}' -> stack.add(new Dict());
      case 'd' -> {
        Dict dict = new Dict();
        put(dict, popMark(at), at);
        stack.add(dict);
      }
      case 's' -> {
        @Nullable Object value = pop(at);
        @Nullable Object key = pop(at);
        List<@Nullable Object> pair = new ArrayList<>();
        pair.add(key);
        pair.add(value);
        put(top(at), pair, at);
      }
      case 'u' -> {
        List<@Nullable Object> pairs = popMark(at);
        put(top(at), pairs, at);
      }
      case 0x8f -> stack.add(new Items());
      case 0x90 -> {
        List<@Nullable Object> values = popMark(at);
        items(top(at), at).items().addAll(values);
      }
      case 0x91 -> {
        Items items = new Items();
        items.items().addAll(popMark(at));
        stack.add(items);
      }
      case 'q' -> memo.put((long) in.unsigned8(), top(at));
      case 'r' -> memo.put(in.unsigned32(), top(at));
      case 0x94 -> memo.put((long) memo.size(), top(at));
      case 'h' -> stack.add(remembered(in.unsigned8(), at));
      case 'j' -> stack.add(remembered(in.unsigned32(), at));
      case 'c' -> stack.add(globals.find(in.line(), in.line(), at));
      case 0x93 -> {
        @Nullable Object name = pop(at);
        @Nullable Object module = pop(at);
        if (!(name instanceof String n) || !(module instanceof String m)) {
          throw malformed(at, "a global (STACK_GLOBAL) whose name is no text");
        }
        stack.add(globals.find(m, n, at));
      }
      case 'Q' -> stack.add(globals.persistent(pop(at), at));
      case 'R' -> {
        @Nullable Object arguments = pop(at);
        @Nullable Object function = pop(at);
        if (!(arguments instanceof Tuple(var values)) || !(function instanceof Global global)) {
          throw malformed(at, "a call (REDUCE) of what is no name, or without arguments");
        }
        stack.add(globals.call(global, values, at));
      }
      case 0x81 -> {
        @Nullable Object arguments = pop(at);
        @Nullable Object type = pop(at);
        if (!(arguments instanceof Tuple(var values)) || !(type instanceof Global global)) {
          throw malformed(at, "an object (NEWOBJ) of what is no class, or without arguments");
        }
        stack.add(globals.create(global, values, at));
      }
      case 'b' -> {
        @Nullable Object state = pop(at);
        build(top(at), state, at);
      }
      default ->
          throw new UnsupportedModel(
              "at offset "
                  + at
                  + ": opcode "
                  + Opcodes.name(opcode)
                  + ", which no file of tensors needs; it is not executed");
    }
  }

  private Object latin(long count) {
    return new String(in.bytes(count, MAX_BYTES), java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  private Object number(long count) {
    byte[] little = in.bytes(count, 256);
    byte[] big = new byte[little.length];
    for (int i = 0; i < big.length; i++) {
      big[i] = little[big.length - 1 - i];
    }
    BigInteger value = big.length == 0 ? BigInteger.ZERO : new BigInteger(big);
    return value.bitLength() < 64 ? (Object) value.longValue() : value;
  }

  private void tuple(int count, long at) {
    List<@Nullable Object> values = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      values.addFirst(pop(at));
    }
    stack.add(new Tuple(values));
  }

  private void build(@Nullable Object target, @Nullable Object state, long at) {
    switch (target) {
      case Instance instance -> instance.setState(state);
      case Dict dict -> {
        // An ordered dictionary's attributes, as _metadata: no tensors.
      }
      case null, default -> throw malformed(at, "a state (BUILD) for what has none");
    }
  }

  private Items items(@Nullable Object target, long at) {
    if (target instanceof Items items) {
      return items;
    }
    throw malformed(at, "an element (APPEND) for what is no list");
  }

  private void put(@Nullable Object target, List<@Nullable Object> pairs, long at) {
    Map<Object, @Nullable Object> entries =
        switch (target) {
          case Dict dict -> dict.entries();
          case null, default -> throw malformed(at, "an entry (SETITEM) for what is no dictionary");
        };
    if (pairs.size() % 2 != 0) {
      throw malformed(at, "a dictionary with a key that has no value");
    }
    for (int i = 0; i < pairs.size(); i += 2) {
      @Nullable Object key = pairs.get(i);
      entries.put(key == null ? "None" : key, pairs.get(i + 1));
    }
  }

  private @Nullable Object remembered(long index, long at) {
    if (!memo.containsKey(index)) {
      throw malformed(at, "value " + index + " of the memo was never put there");
    }
    return memo.get(index);
  }

  private @Nullable Object top(long at) {
    if (stack.isEmpty() || stack.getLast() == MARK) {
      throw malformed(at, "the stack is empty");
    }
    return stack.getLast();
  }

  private @Nullable Object pop(long at) {
    top(at);
    return stack.removeLast();
  }

  private List<@Nullable Object> popMark(long at) {
    if (marks.isEmpty()) {
      throw malformed(at, "there is no mark on the stack");
    }
    int mark = marks.removeLast();
    List<@Nullable Object> above = stack.subList(mark + 1, stack.size());
    List<@Nullable Object> values = new ArrayList<>(above);
    above.clear();
    stack.removeLast();
    return values;
  }

  private static MalformedModel malformed(long at, String what) {
    return new MalformedModel("at offset " + at + ": " + what);
  }
}
