package org.sardonyx.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The table of operators against the classes there are and the specification's list. */
class OperatorsTest {

  @Test
  void everyDefinitionIsListedOnceInAlphabeticalOrder() throws Exception {
    IdentityHashMap<OperatorDef, String> classes = definitions();
    List<String> listed = new ArrayList<>();
    for (String key : Standard.KEYS) {
      OperatorDef def = Objects.requireNonNull(Standard.find(key), key);
      assertEquals(key, Operators.key(def.domain(), def.name()));
      listed.add(classes.getOrDefault(def, def + ", which is no DEF of a class"));
    }
    List<String> expected = classes.values().stream().sorted(OperatorsTest::bySimpleName).toList();
    assertEquals(String.join("\n", expected), String.join("\n", listed));
  }

  @Test
  void noOperatorIsDefinedTwice() {
    Set<String> names = new HashSet<>();
    for (OperatorDef def : Operators.standard().all()) {
      assertEquals(true, names.add(def.toString()), def + " is defined twice");
    }
  }

  @Test
  void versionsAscend() {
    for (OperatorDef def : Operators.standard().all()) {
      List<Integer> versions = def.versions().stream().map(Signature::sinceVersion).toList();
      assertEquals(versions.stream().distinct().sorted().toList(), versions, def.toString());
    }
  }

  @Test
  void typeVariablesAreDeclared() {
    for (OperatorDef def : Operators.standard().all()) {
      for (Signature signature : def.versions()) {
        Set<String> used = new HashSet<>();
        signature.inputs().forEach(input -> used.add(input.type()));
        signature.outputs().forEach(output -> used.add(output.type()));
        used.removeIf(type -> type.contains("("));
        // Some are declared and used nowhere, in the specification too.
        used.removeAll(signature.constraints().keySet());
        assertEquals(Set.of(), used, def + "-" + signature.sinceVersion());
      }
    }
  }

  /** The versions that the specification lists; only where its list lies beside the checkout. */
  @Test
  void versionsAreThoseOfTheSpecification() throws IOException {
    Path facts = facts();
    assumeTrue(facts != null);
    List<String> wrong = new ArrayList<>();
    if (facts != null) {
      Map<String, String> versions =
          Files.readAllLines(facts).stream()
              .skip(1)
              .map(line -> line.split("\t"))
              .collect(
                  Collectors.toMap(
                      cells -> (cells[0].equals("ai.onnx") ? "" : cells[0]) + ":" + cells[1],
                      cells -> cells[2]));
      for (OperatorDef def : Operators.standard().all()) {
        String expected = versions.get(def.domain() + ":" + def.name());
        String actual =
            def.versions().stream()
                .map(signature -> Integer.toString(signature.sinceVersion()))
                .collect(Collectors.joining(","));
        // Attributes that came to Attention under version 24 are told apart as version 25.
        // Opset 28 still grew after the list was made.
        boolean agrees = actual.equals(expected) || actual.equals(expected + ",28");
        if (expected != null && !agrees && !def.name().equals("Attention")) {
          wrong.add(def + " has versions " + actual + ", the specification " + expected);
        }
      }
    }
    assertEquals("", String.join("\n", wrong));
  }

  private static @Nullable Path facts() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path facts = at.resolve("shared").resolve("onnx-operators.tsv");
      if (Files.exists(facts)) {
        return facts;
      }
    }
    return null;
  }

  /** Returns each static definition with the name of the class that holds it. */
  private static IdentityHashMap<OperatorDef, String> definitions()
      throws IOException, URISyntaxException, ReflectiveOperationException {
    Path classes =
        Path.of(Operators.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    IdentityHashMap<OperatorDef, String> found = new IdentityHashMap<>();
    Path packages = classes.resolve("org/sardonyx/operators");
    try (Stream<Path> files = Files.walk(packages)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
        String name = classes.relativize(file).toString().replace('/', '.').replace('\\', '.');
        if (name.endsWith("-info.class")) {
          continue;
        }
        Class<?> type = Class.forName(name.substring(0, name.length() - ".class".length()));
        for (Field field : type.getDeclaredFields()) {
          if (field.getType() == OperatorDef.class && Modifier.isStatic(field.getModifiers())) {
            field.setAccessible(true);
            found.put((OperatorDef) field.get(null), type.getName());
          }
        }
      }
    }
    return found;
  }

  private static int bySimpleName(String a, String b) {
    String simpleA = a.substring(a.lastIndexOf('.') + 1);
    String simpleB = b.substring(b.lastIndexOf('.') + 1);
    int order = simpleA.compareTo(simpleB);
    return order != 0 ? order : a.compareTo(b);
  }
}
