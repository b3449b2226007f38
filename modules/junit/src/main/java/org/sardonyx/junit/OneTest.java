package org.sardonyx.junit;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeTestExecutionCallback;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;
import org.sardonyx.conformance.suite.Suite.Entry;
import org.sardonyx.conformance.suite.SuiteResult.Check;
import org.sardonyx.conformance.suite.SuiteResult.Status;
import org.sardonyx.error.ModelException;
import org.sardonyx.error.Text;

/**
 * A test: one output of a model on one set of inputs, or a relation.
 *
 * @param result runs the model where that has not been done yet; gives null where the relation does
 *     not apply to it
 */
record OneTest(String model, String set, String output, Supplier<@Nullable Check> result)
    implements TestTemplateInvocationContext, ParameterResolver, BeforeTestExecutionCallback {

  /** Returns a test that fails, in the place of those of a model that cannot be read. */
  static TestTemplateInvocationContext failing(Entry entry, ModelException why) {
    Check check =
        new Check(
            entry.label(),
            "",
            "",
            Status.ERROR,
            null,
            String.valueOf(why.getMessage()),
            null,
            Duration.ZERO);
    return new OneTest(entry.label(), "", "", () -> check);
  }

  @Override
  public String getDisplayName(int index) {
    StringBuilder name = new StringBuilder(Text.escape(model));
    if (!set.isEmpty()) {
      name.append(" [").append(Text.escape(set)).append(']');
    }
    return output.isEmpty()
        ? name.toString()
        : name.append(' ').append(Text.escape(output)).toString();
  }

  @Override
  public List<Extension> getAdditionalExtensions() {
    return List.of(this);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Check.class;
  }

  @Override
  public @Nullable Check resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return result.get();
  }

  @Override
  public void beforeTestExecution(ExtensionContext context) {
    Check check = result.get();
    if (check == null) {
      throw new TestAbortedException(output + " does not apply to this model");
    }
    String text =
        (check.verdict() == null ? check.status().word() : check.verdict().word())
            + ": "
            + check.message();
    switch (check.status()) {
      case PASSED -> {}
      case EXPECTED -> throw new TestAbortedException(text);
      case FAILED, UNEXPECTED_PASS, ERROR -> throw new AssertionFailedError(text);
    }
  }
}
