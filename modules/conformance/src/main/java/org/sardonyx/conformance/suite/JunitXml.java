package org.sardonyx.conformance.suite;

import java.io.Writer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.sardonyx.conformance.suite.SuiteResult.Check;
import org.sardonyx.conformance.suite.SuiteResult.Status;
import org.sardonyx.error.Text;

/**
 * Writes a result as JUnit XML, which CI servers read: a test suite for each model, a test case for
 * each output on each set of inputs. What the suite expects to be off counts as skipped.
 */
public final class JunitXml {

  private JunitXml() {}

  /** Writes the report; the writer stays open. */
  public static void write(SuiteResult result, Writer to) {
    Map<String, List<Check>> models = new LinkedHashMap<>();
    for (Check check : result.checks()) {
      models.computeIfAbsent(check.model(), _ -> new ArrayList<>()).add(check);
    }
    try {
      XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(to);
      xml.writeStartDocument("UTF-8", "1.0");
      line(xml, 0);
      xml.writeStartElement("testsuites");
      xml.writeAttribute("name", clean(result.suite()));
      counts(xml, result.checks());
      for (Map.Entry<String, List<Check>> model : models.entrySet()) {
        line(xml, 1);
        xml.writeStartElement("testsuite");
        xml.writeAttribute("name", clean(model.getKey()));
        counts(xml, model.getValue());
        for (Check check : model.getValue()) {
          check(xml, check);
        }
        line(xml, 1);
        xml.writeEndElement();
      }
      line(xml, 0);
      xml.writeEndElement();
      xml.writeEndDocument();
      xml.flush();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("the report cannot be written", e);
    }
  }

  private static void check(XMLStreamWriter xml, Check check) throws XMLStreamException {
    line(xml, 2);
    xml.writeStartElement("testcase");
    xml.writeAttribute("classname", clean(check.model()));
    xml.writeAttribute("name", clean(name(check)));
    xml.writeAttribute("time", seconds(check));
    switch (check.status()) {
      case PASSED -> {}
      case EXPECTED -> message(xml, "skipped", check);
      case FAILED, UNEXPECTED_PASS -> message(xml, "failure", check);
      case ERROR -> message(xml, "error", check);
    }
    xml.writeEndElement();
  }

  private static void message(XMLStreamWriter xml, String element, Check check)
      throws XMLStreamException {
    xml.writeStartElement(element);
    xml.writeAttribute("message", clean(check.message()));
    if (!element.equals("skipped")) {
      xml.writeAttribute(
          "type", check.verdict() == null ? check.status().word() : check.verdict().word());
    }
    xml.writeEndElement();
  }

  private static String name(Check check) {
    if (check.inputs().isEmpty()) {
      return check.output().isEmpty() ? "model" : check.output();
    }
    return check.output().isEmpty() ? check.inputs() : check.inputs() + ", " + check.output();
  }

  private static void counts(XMLStreamWriter xml, List<Check> checks) throws XMLStreamException {
    xml.writeAttribute("tests", Integer.toString(checks.size()));
    xml.writeAttribute(
        "failures", count(checks, s -> s == Status.FAILED || s == Status.UNEXPECTED_PASS));
    xml.writeAttribute("errors", count(checks, s -> s == Status.ERROR));
    xml.writeAttribute("skipped", count(checks, s -> s == Status.EXPECTED));
  }

  private static String count(List<Check> checks, Predicate<Status> of) {
    return Long.toString(checks.stream().filter(check -> of.test(check.status())).count());
  }

  private static String seconds(Check check) {
    return String.format(Locale.ROOT, "%.3f", check.took().toNanos() / 1e9);
  }

  private static void line(XMLStreamWriter xml, int depth) throws XMLStreamException {
    xml.writeCharacters("\n" + "  ".repeat(depth));
  }

  /** Returns a text without what XML cannot hold even escaped. */
  private static String clean(String text) {
    StringBuilder safe = new StringBuilder();
    Text.escape(text)
        .codePoints()
        .map(
            c -> Character.getType(c) == Character.SURROGATE || (c & 0xFFFE) == 0xFFFE ? 0xFFFD : c)
        .forEach(safe::appendCodePoint);
    return safe.toString();
  }
}
