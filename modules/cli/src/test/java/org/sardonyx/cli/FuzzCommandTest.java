package org.sardonyx.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class FuzzCommandTest {

  @Test
  void aSeedGivesTheSameModels() {
    String[] command = {
      "fuzz", "--seed", "3", "--count", "4", "--no-reference", "--format", "json"
    };
    CommandLineRunner result = CommandLineRunner.run(command);
    assertEquals(0, result.code(), result.out());
    assertEquals(result.out(), CommandLineRunner.run(command).out());
    JsonNode json = new JsonMapper().readTree(result.out());
    assertEquals(4, json.get("models").asInt());
    assertEquals(4, json.get("verdicts").get("agree").asInt(), result.out());
    assertEquals(0, json.get("findings").size());
    assertTrue(json.get("operators").size() > 5, result.out());
  }

  @Test
  void inThreeEngines() {
    CommandLineRunner result = CommandLineRunner.run("fuzz", "--seed", "1", "--count", "3");
    assertEquals(0, result.code(), result.out());
    assertTrue(result.out().startsWith("3 models from seed 1, 2 with the reference: "));
    assertTrue(result.out().strip().endsWith("0 disagreements unexplained"), result.out());
  }

  @Test
  void nothingToDrawIsWrongUsage() {
    assertEquals(2, CommandLineRunner.run("fuzz", "--count", "0").code());
  }
}
