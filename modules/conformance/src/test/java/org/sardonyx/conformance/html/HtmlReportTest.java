package org.sardonyx.conformance.html;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardonyx.conformance.ArbiterEngine;
import org.sardonyx.conformance.Budget;
import org.sardonyx.conformance.Deviations;
import org.sardonyx.conformance.NativeEngine;
import org.sardonyx.conformance.ThreeWay;
import org.sardonyx.conformance.suite.SuiteResult;
import org.sardonyx.conformance.suite.SuiteResult.Check;
import org.sardonyx.conformance.suite.SuiteResult.Status;
import org.sardonyx.graph.GraphBuilder;
import org.sardonyx.graph.Model;
import org.sardonyx.onnx.Onnx;
import org.sardonyx.onnx.ReadOptions;
import org.sardonyx.oracle.Engine;
import org.sardonyx.runtime.SessionOptions;
import org.sardonyx.tensor.DataType;
import org.sardonyx.tensor.Tensor;
import org.sardonyx.tensor.Value;

/** The page as it is written, and as a browser shows it. */
class HtmlReportTest {

  /** Names that become scripts where anything forgets to escape them. */
  private static final List<String> HOSTILE =
      List.of(
          "</script><img src=x onerror=\"document.title='run'\">",
          "<script>document.title='run'</script>",
          "\"><svg onload=document.title='run'>",
          "' onmouseover=document.title='run' x='",
          "javascript:document.title='run'",
          "<!--<script>",
          "]]>&lt;img src=x onerror=document.title='run'&gt;",
          "${document.title='run'}`",
          "\u2028document.title='run'//",
          "__proto__");

  private static final Map<String, Value> INPUTS =
      Map.of("x", Tensor.of(new float[] {1, -2, 3, 0.5f}, 1, 4));

  /** A chain whose nodes and values all have hostile names. */
  private static Model hostile() {
    GraphBuilder g = new GraphBuilder(HOSTILE.getFirst());
    GraphBuilder.Ref x = g.input("x", DataType.FLOAT, 1, 4);
    for (String name : HOSTILE) {
      x = g.call("Tanh", x).named(name).output(name);
    }
    g.output(HOSTILE.getLast(), x, null);
    return g.model(21);
  }

  private static SuiteResult result(Path folder, Pictures pictures) {
    Model model = hostile();
    Path file = folder.resolve("hostile.onnx");
    Onnx.write(model, file);
    List<Check> checks = new ArrayList<>();
    ThreeWay judged;
    try (NativeEngine ours = new NativeEngine()) {
      judged =
          ThreeWay.of(
              file,
              INPUTS,
              ours,
              null,
              new ArbiterEngine(),
              Engine.Options.DEFAULT,
              Budget.STANDARD,
              Deviations.none());
    }
    Status[] statuses = Status.values();
    for (int i = 0; i < HOSTILE.size(); i++) {
      String name = HOSTILE.get(i);
      ThreeWay.Output output = judged.outputs().getFirst();
      checks.add(
          new Check(
              name,
              name,
              name,
              statuses[i % statuses.length],
              output.verdict(),
              name,
              output,
              Duration.ofMillis(i)));
      pictures.add(name, model, name, INPUTS, Budget.STANDARD);
    }
    return new SuiteResult(HOSTILE.getFirst(), checks, Duration.ofSeconds(1));
  }

  private static Pictures pictures() {
    return new Pictures(SessionOptions.standard(), ReadOptions.DEFAULT, Duration.ofMinutes(1));
  }

  @Test
  void namesStayText(@TempDir Path folder) {
    Pictures pictures = pictures();
    SuiteResult result = result(folder, pictures);
    String page = HtmlReport.of(result, pictures);
    assertEquals(2, count(page, "<script"), "the data and our own script");
    assertEquals(2, count(page, "</script"));
    assertEquals(0, count(page, "<img"));
    assertEquals(0, count(page, "<svg"));
    String data = page.substring(page.indexOf("id=\"data\">") + 10);
    data = data.substring(0, data.indexOf("</script>"));
    assertFalse(data.contains("<") || data.contains("&") || data.contains("\u2028"), data);
    assertTrue(page.contains("default-src 'none'"));
    assertFalse(page.contains("unsafe-"), "neither inline nor eval");
    assertFalse(
        Pattern.compile("(src|href)\\s*=\\s*[\"']?(https?:)?//").matcher(page).find(),
        "nothing is loaded");
  }

  private static int count(String text, String part) {
    return text.split(Pattern.quote(part), -1).length - 1;
  }

  @Test
  void aBrowserShowsItAndRunsNoName(@TempDir Path folder) throws IOException, InterruptedException {
    Optional<Path> program = Browser.find();
    Assumptions.assumeTrue(program.isPresent(), "there is no Chromium on this machine");
    Pictures pictures = pictures();
    SuiteResult result = result(folder, pictures);
    Path file = folder.resolve("report.html");
    Files.writeString(file, HtmlReport.of(result, pictures));
    try (Browser browser = new Browser(program.get())) {
      browser.open(file);
      // The first row is open already: its names, its figures, and its graph.
      assertEquals(
          "" + HOSTILE.size(),
          browser.evaluate("document.querySelectorAll('#checks tbody tr').length"));
      assertEquals(HOSTILE.getFirst() + " · conformance", browser.evaluate("document.title"));
      for (int i = 0; i < HOSTILE.size(); i++) {
        browser.evaluate("document.querySelector('tr[data-i=\"" + i + "\"] .open').click()");
        assertEquals(
            HtmlReportTest.shown(HOSTILE.get(i)) + " · " + HtmlReportTest.shown(HOSTILE.get(i)),
            HtmlReportTest.shown(
                browser.evaluate("document.querySelector('#detail h2').textContent")));
        browser.evaluate(
            "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");
        // An input, the nodes, an output.
        assertEquals(
            "" + (HOSTILE.size() + 2),
            browser.evaluate("document.querySelectorAll('#canvas g.node').length"));
        assertEquals(
            "" + (HOSTILE.size() + 1),
            browser.evaluate("document.querySelectorAll('#canvas path.wire').length"));
        assertEquals(
            "" + HOSTILE.size(), browser.evaluate("document.querySelectorAll('#side li').length"));
      }
      browser.evaluate("document.querySelectorAll('#side li button')[0].click()");
      browser.evaluate(
          "document.querySelectorAll('*').forEach(e => e.dispatchEvent(new MouseEvent('mouseover')))");
      assertEquals("2", browser.evaluate("document.scripts.length"));
      assertEquals("0", browser.evaluate("document.images.length"));
      assertEquals(HOSTILE.getFirst() + " · conformance", browser.evaluate("document.title"));
      assertEquals(List.of(), browser.events("Runtime.exceptionThrown"));
      assertEquals(
          1,
          browser.events("Network.requestWillBeSent").size(),
          () -> "only the page itself is read: " + browser.events("Network.requestWillBeSent"));
      filters(browser);
    }
  }

  /** U+2028 is shown as an escape in the table and stays itself in the data. */
  private static String shown(String name) {
    return name.replace("\u2028", "\\u2028");
  }

  private static void filters(Browser browser) throws InterruptedException {
    String visible = "[...document.querySelectorAll('#checks tbody tr')].filter(r => !r.hidden)";
    String type =
        "(t => { const s = document.getElementById('search'); s.value = t;"
            + " s.dispatchEvent(new Event('input')); return "
            + visible
            + ".length; })";
    assertEquals("1", browser.evaluate(type + "('__proto__')"));
    assertEquals("0", browser.evaluate(type + "('no such thing')"));
    assertEquals("" + HOSTILE.size(), browser.evaluate(type + "('')"));
    browser.evaluate("document.querySelector('.chip.passed').click()");
    assertEquals("8", browser.evaluate(visible + ".length"));
    assertEquals("8 of 10 shown", browser.evaluate("document.getElementById('shown').textContent"));
    browser.evaluate("document.querySelector('.chip.passed').click()");
    // Time, the largest first; then the least.
    String time = "document.querySelectorAll('#checks thead button')[8].click()";
    String order =
        "[...document.querySelectorAll('#checks tbody tr')].map(r => r.dataset.i).join()";
    browser.evaluate(time);
    assertEquals("9,8,7,6,5,4,3,2,1,0", browser.evaluate(order));
    browser.evaluate(time);
    assertEquals("0,1,2,3,4,5,6,7,8,9", browser.evaluate(order));
    assertEquals(
        "ascending", browser.evaluate("document.querySelectorAll('#checks th')[8].ariaSort"));
    String paper = "getComputedStyle(document.body).backgroundColor";
    String theme = "document.getElementById('theme').click()";
    browser.evaluate(theme);
    assertEquals("rgb(255, 255, 255)", browser.evaluate(paper));
    browser.evaluate(theme);
    assertEquals("rgb(20, 22, 26)", browser.evaluate(paper));
  }
}
