package org.sardonyx.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;
import org.sardonyx.conformance.suite.Suite;

/**
 * Makes of a method a test for each model, set of inputs and output: the model runs natively, in
 * ONNX Runtime and in the float64 arbiter, and the test fails where the verdict is none of those
 * that a suite lets pass. The body of the method runs after that, for whatever else is to be said;
 * it may be empty, and it may take the {@link org.sardonyx.conformance.suite.SuiteResult.Check}.
 *
 * <pre>{@code
 * @ConformsTo(model = "src/test/models/tagger.onnx")
 * void tagger() {}
 *
 * @ConformsTo(suite = "src/test/models/suite.yaml")
 * void models(SuiteResult.Check check) {
 *   assertTrue(check.judged().ours().maxUlp() < 64);
 * }
 * }</pre>
 *
 * <p>What a suite expects to be off is an aborted test, which reports show as skipped, with the
 * reason; an expectation that does not come is a test of its own that fails. Metamorphic relations
 * that are asked for are tests, too; one that does not apply to the model is aborted.
 *
 * <p>Paths are those of files, from the working directory (in Maven, the folder of the module), or
 * else those of resources in a folder of the class path.
 */
@Documented
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(Conformance.class)
@SuppressWarnings("exports") // what runs it is no business of who writes it
public @interface ConformsTo {

  /**
   * The model, or with a {@link #suite} which of its models, by the names they have there ({@code
   * *} and {@code ?} stand for what they usually do); empty for all of them.
   */
  String model() default "";

  /** The suite file; empty for a model without one. */
  String suite() default "";

  /** Folders of data sets of a model without a suite; none for those beside it. */
  String[] data() default {};

  /**
   * How many sets of random inputs are drawn for a model without a suite; where there are no data
   * sets either, one.
   */
  int inputs() default 0;

  /** The seed of the first set of random inputs; the others follow. */
  long seed() default 1;

  /** Sizes of dimensions of random inputs: {@code "batch=3"}, {@code "x.1=20"}. */
  String[] dims() default {};

  /** What a model without a suite is compared with, beside the arbiter. */
  Suite.Reference reference() default Suite.Reference.ONNXRUNTIME;

  /**
   * Relations that must hold of a model without a suite, by the words that suite files have for
   * them: {@code "chunks"}; {@code "all"} for those that apply.
   */
  String[] metamorphic() default {};

  /**
   * Whether the models are a stranger's: narrow limits, and no file is opened but the model itself.
   */
  boolean untrusted() default false;

  /** Other limits, by the names that {@code sardonyx limits} prints: {@code "nodeRuns=1000"}. */
  String[] limits() default {};

  /** What the standard budget is multiplied by, for a model without a suite. */
  double budget() default 1;
}
