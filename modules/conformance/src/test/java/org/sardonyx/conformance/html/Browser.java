package org.sardonyx.conformance.html;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Headless Chromium with one page, spoken to over its debugging protocol. */
final class Browser implements AutoCloseable {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final long SECONDS = 60;

  private final Path profile;
  private final Process process;
  private final HttpClient http = HttpClient.newHttpClient();
  private final WebSocket socket;
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
  private final List<String> events = new ArrayList<>();
  private int calls;

  /** Returns the browser of this machine; empty where there is none. */
  static Optional<Path> find() {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
        .flatMap(folder ->
            Stream.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
                .map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  Browser(Path program) throws IOException, InterruptedException {
    profile = Files.createTempDirectory("browser");
    process =
        new ProcessBuilder(
                program.toString(),
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--window-size=1300,1000",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectErrorStream(true)
            .start();
    BufferedReader said =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    Pattern port = Pattern.compile("DevTools listening on ws://127\\.0\\.0\\.1:(\\d+)/");
    String line = said.readLine();
    Matcher matcher = port.matcher(line == null ? "" : line);
    while (line != null && !matcher.find()) {
      line = said.readLine();
      matcher = port.matcher(line == null ? "" : line);
    }
    if (line == null) {
      throw new IOException("the browser ended before it listened");
    }
    Thread.ofVirtual().start(() -> said.lines().forEach(_ -> {}));
    socket = connect(matcher.group(1));
    call("Page.enable", Map.of());
    call("Runtime.enable", Map.of());
    call("Network.enable", Map.of());
  }

  private WebSocket connect(String port) throws IOException, InterruptedException {
    HttpResponse<String> pages =
        http.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json/list")).build(),
            HttpResponse.BodyHandlers.ofString());
    String url = "";
    for (JsonNode page : JSON.readTree(pages.body())) {
      if (page.get("type").asString().equals("page")) {
        url = page.get("webSocketDebuggerUrl").asString();
      }
    }
    return http.newWebSocketBuilder()
        .buildAsync(
            URI.create(url),
            new WebSocket.Listener() {
              private final StringBuilder text = new StringBuilder();

              @Override
              public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
                text.append(data);
                if (last) {
                  answers.add(text.toString());
                  text.setLength(0);
                }
                from.request(1);
                return null;
              }
            })
        .join();
  }

  private JsonNode call(String method, Map<String, Object> parameters) throws InterruptedException {
    int id = ++calls;
    socket
        .sendText(
            JSON.writeValueAsString(Map.of("id", id, "method", method, "params", parameters)), true)
        .join();
    while (true) {
      String answer = answers.poll(SECONDS, TimeUnit.SECONDS);
      if (answer == null) {
        throw new AssertionError("no answer to " + method);
      }
      JsonNode json = JSON.readTree(answer);
      if (json.has("id") && json.get("id").asInt() == id) {
        return json;
      }
      events.add(answer);
    }
  }

  /** Opens a page and waits until it has been read. */
  void open(Path page) throws InterruptedException {
    events.clear();
    call("Page.navigate", Map.of("url", page.toUri().toString()));
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!evaluate("document.readyState + location.protocol").equals("completefile:")) {
      if (System.nanoTime() > end) {
        throw new AssertionError("the page was not read");
      }
      Thread.sleep(50);
    }
  }

  /** Returns what an expression gives in the page, as text; of a promise, what it comes to. */
  String evaluate(String expression) throws InterruptedException {
    JsonNode answer =
        call(
            "Runtime.evaluate",
            Map.of(
                "expression",
                "Promise.resolve(" + expression + ").then(String)",
                "awaitPromise",
                true));
    JsonNode result = answer.get("result");
    if (result == null || result.has("exceptionDetails")) {
      throw new AssertionError(expression + ": " + answer);
    }
    return result.get("result").get("value").asString();
  }

  /** Returns what the page said of itself since it was opened: exceptions, requests, refusals. */
  List<String> events(String kind) {
    return events.stream().filter(event -> event.contains("\"method\":\"" + kind)).toList();
  }

  /** Ends the browser and what it has started, and then takes away its profile. */
  @Override
  public void close() throws IOException {
    socket.abort();
    http.close();
    // Its helpers outlive it for a while, and write to the profile.
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    all.add(process.toHandle());
    all.forEach(ProcessHandle::destroyForcibly);
    for (ProcessHandle one : all) {
      one.onExit().completeOnTimeout(one, SECONDS, TimeUnit.SECONDS).join();
    }
    try (Stream<Path> files = Files.walk(profile)) {
      // Nobody waits for a file that the system still holds.
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (UncheckedIOException e) {
      System.err.println("The profile of the browser is not gone: " + e.getMessage());
    }
  }
}
