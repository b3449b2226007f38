package org.sardonyx.profile;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.sardonyx.runtime.Place;

/** When each node of one run began and how long it took, graphs in nodes included. */
final class Trace {

  private static final int MOST = 1_000_000;

  private record Event(Place place, long start, long nanos) {}

  private final List<Event> events = new ArrayList<>();
  private long left;

  synchronized void add(Place place, long start, long nanos) {
    if (events.size() < MOST) {
      events.add(new Event(place, start, nanos));
    } else {
      left++;
    }
  }

  /** Returns the events in the JSON that trace viewers read; times are in microseconds. */
  String json() {
    long origin = events.stream().mapToLong(Event::start).min().orElse(0);
    StringBuilder json = new StringBuilder("{\"displayTimeUnit\": \"ns\", \"traceEvents\": [");
    String separator = "\n";
    for (Event event : events) {
      json.append(separator).append("{\"name\": ");
      quote(event.place.operator(), json);
      json.append(
          String.format(
              Locale.ROOT,
              ", \"ph\": \"X\", \"pid\": 1, \"tid\": 1, \"ts\": %.3f, \"dur\": %.3f",
              (event.start - origin) / 1e3,
              event.nanos / 1e3));
      json.append(", \"args\": {\"node\": ");
      quote(event.place.path(), json);
      json.append(", \"kernel\": ");
      quote(event.place.kernel(), json);
      json.append("}}");
      separator = ",\n";
    }
    return json.append("\n], \"otherData\": {\"left_out\": ")
        .append(left)
        .append("}}\n")
        .toString();
  }

  private static void quote(String text, StringBuilder json) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ') {
        json.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        if (c == '"' || c == '\\') {
          json.append('\\');
        }
        json.append(c);
      }
    }
    json.append('"');
  }
}
