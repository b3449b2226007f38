package org.sardonyx.junit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.AnnotationSupport;
import org.sardonyx.conformance.metamorphic.Relation;
import org.sardonyx.conformance.suite.ModelFiles;
import org.sardonyx.conformance.suite.Suite.Entry;
import org.sardonyx.conformance.suite.SuiteRun;
import org.sardonyx.error.ModelException;
import org.sardonyx.graph.ValueInfo;
import org.sardonyx.onnx.ReadOptions;
import org.sardonyx.tensor.Value;

/** Lists the tests of {@link ConformsTo}; a model runs when the first of its tests does. */
final class Conformance implements TestTemplateInvocationContextProvider {

  private static final ExtensionContext.Namespace STORE =
      ExtensionContext.Namespace.create(Conformance.class);

  Conformance() {}

  @Override
  public boolean supportsTestTemplate(ExtensionContext context) {
    return AnnotationSupport.isAnnotated(context.getTestMethod(), ConformsTo.class);
  }

  @Override
  public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(
      ExtensionContext context) {
    ConformsTo wanted =
        AnnotationSupport.findAnnotation(context.getTestMethod(), ConformsTo.class).orElseThrow();
    ClassLoader loader = context.getRequiredTestClass().getClassLoader();
    List<Entry> entries;
    ReadOptions reading;
    try {
      reading = Entries.reading(wanted);
      entries = Entries.of(wanted, loader);
    } catch (ModelException e) {
      throw new ExtensionConfigurationException(String.valueOf(e.getMessage()), e);
    }
    // One engine for all tests of a JVM with these limits: it stays in the store of the outermost
    // context, which
    // closes it.
    Engines engines =
        context
            .getRoot()
            .getStore(STORE)
            .getOrComputeIfAbsent(reading, Engines::new, Engines.class);
    return entries.stream().flatMap(entry -> tests(entry, reading, engines));
  }

  private static Stream<TestTemplateInvocationContext> tests(
      Entry entry, ReadOptions reading, Engines engines) {
    Map<String, Supplier<Map<String, Value>>> sets;
    List<String> outputs;
    try {
      sets = SuiteRun.inputs(entry, reading);
      outputs =
          ModelFiles.read(entry.model(), reading).graph().outputs().stream()
              .map(ValueInfo::name)
              .toList();
    } catch (ModelException e) {
      return Stream.of(OneTest.failing(entry, e));
    }
    ModelRun run = new ModelRun(engines, entry, sets);
    List<TestTemplateInvocationContext> tests = new ArrayList<>();
    for (String set : sets.keySet()) {
      for (String output : outputs) {
        tests.add(new OneTest(entry.label(), set, output, () -> run.check(set, output)));
      }
      for (Relation relation : entry.relations().asked()) {
        String name = SuiteRun.check(relation);
        tests.add(new OneTest(entry.label(), set, name, () -> run.relation(set, name)));
      }
    }
    if (entry.expected().stream().anyMatch(expectation -> !expectation.sometimes())) {
      tests.add(new OneTest(entry.label(), "", "what is expected came", run::expectations));
    }
    return tests.stream();
  }
}
