package org.sardonyx.conformance.sweep;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sardonyx.conformance.Budget;
import org.sardonyx.conformance.Deviations;
import org.sardonyx.conformance.NativeEngine;
import org.sardonyx.conformance.Verdict;
import org.sardonyx.kernels.Kernels;
import org.sardonyx.runtime.SessionOptions;

/**
 * The judge is judged: each wrong operator must be found out by the cases that the sweep draws by
 * default, and by a wrong number, not by an error. The mutation score is 100 %, or this fails.
 */
class MutantsTest {

  private static final int CASES = 200;

  private static final Map<String, List<Case>> DRAWN = new HashMap<>();

  static Stream<Mutant> mutants() {
    return Stream.concat(Mutants.all().stream(), FamilyMutants.all().stream());
  }

  private static List<Case> cases(String operator) {
    return DRAWN.computeIfAbsent(
        operator,
        name -> {
          if (FamilyMutants.OPERATORS.contains(name)) {
            return FamilyMutants.cases(name);
          }
          Random random = new Random(20261123L);
          List<Case> cases = new ArrayList<>();
          for (int i = 0; i < CASES; i++) {
            cases.add(
                switch (name) {
                  case "Attention" -> AttentionCases.attention(random);
                  case "RotaryEmbedding" -> AttentionCases.rotaryEmbedding(random);
                  default -> RecurrentCase.draw(name, random).build();
                });
          }
          return cases;
        });
  }

  @ParameterizedTest
  @MethodSource("mutants")
  void isFoundOut(Mutant mutant) {
    NativeEngine wrong =
        new NativeEngine(
            mutant.toString(),
            SessionOptions.standard().withKernels(Kernels.scalar()).withOperators(mutant.def()));
    Judge judge = new Judge(wrong, null, Deviations.none(), Budget.STANDARD, Path.of("unused"));
    boolean found = false;
    for (Case one : cases(mutant.operator())) {
      Verdict verdict = judge.judge(one).report().verdict();
      assertFalse(verdict == Verdict.OURS_FAILED, () -> mutant + " fails on " + one.label());
      if (verdict == Verdict.OURS_WORSE) {
        found = true;
        break;
      }
    }
    assertTrue(found, () -> mutant + " was found by none of " + CASES + " cases");
  }

  /** Right operators behind the same machinery are not found out. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "LSTM",
        "GRU",
        "RNN",
        "Attention",
        "Loop",
        "Scan",
        "QuantizeLinear",
        "LayerNormalization"
      })
  void theRightOneIsNot(String operator) {
    Mutant right = Mutant.of(operator, "nothing changed");
    NativeEngine engine =
        new NativeEngine("right", SessionOptions.standard().withOperators(right.def()));
    Judge judge = new Judge(engine, null, Deviations.none(), Budget.STANDARD, Path.of("unused"));
    for (Case one : cases(operator)) {
      Judge.Finding finding = judge.judge(one);
      assertTrue(finding.problems().isEmpty(), finding::toString);
    }
  }

  @Test
  void everyOperatorOfTheSweepHasMutants() {
    List<String> operators =
        new ArrayList<>(List.of("LSTM", "GRU", "RNN", "Attention", "RotaryEmbedding"));
    operators.addAll(FamilyMutants.OPERATORS);
    for (String operator : operators) {
      assertTrue(mutants().anyMatch(m -> m.operator().equals(operator)), operator);
    }
    assertTrue(mutants().count() >= 40);
  }
}
