package org.sardonyx.operators.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sardonyx.operators.Tensors.same;
import static org.sardonyx.operators.Tensors.shape;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.sardonyx.error.InvalidModel;
import org.sardonyx.error.LimitExceeded;
import org.sardonyx.operators.OperatorRunner;
import org.sardonyx.operators.Tensors;
import org.sardonyx.tensor.Tensor;

class RegexTest {

  /** Expressions that mean the same to the library's matcher are compared with it. */
  @Test
  void agreesWithTheLibrary() {
    String[] patterns = {
      "",
      "a",
      "a*",
      "a+b?",
      "(ab|cd)*e",
      "[a-c]+",
      "[^a-c]*",
      "a{2}",
      "a{1,3}",
      "a{2,}b",
      "(a|b)*?c",
      "\\d+\\.\\d*",
      "\\w+@\\w+\\.com",
      ".*",
      "a.c",
      "(?i)AbC",
      "(?i:a)b",
      "x{,2}",
      "^ab$",
      "(^a|b)c",
      "[\\d_]+",
      "[]a]+",
      "[a\\]]+",
      "\\x61\\x{62}",
      "a|",
      "(|a)b",
      "(?s).*",
      "\\bab\\b",
      "(a*)*b",
      "[-a]+",
      "[a-]+",
      "\\Qa.b\\E",
      "((a{2}){2}){2}",
      "\\p{Lu}\\p{L}*",
      "(?<n>a)b",
      "\\s*a\\s*"
    };
    String[] texts = {
      "",
      "a",
      "b",
      "ab",
      "abc",
      "aab",
      "aaab",
      "aaaa",
      "abab",
      "abcde",
      "ababcde",
      "e",
      "cde",
      "3.14",
      "me@x.com",
      "a\nc",
      "ABC",
      "aBc",
      "Ab",
      "x{,2}",
      "bc",
      "ac",
      "_1_",
      "]a]",
      "a.b",
      "axb",
      "aaaaaaaa",
      "Äpfel",
      "apfel",
      " a ",
      "-a-",
      "\t a"
    };
    for (String pattern : patterns) {
      Pattern library =
          Pattern.compile(pattern.replace("x{,2}", "x\\{,2}").replace("[]a]", "[\\]a]"));
      Regex ours = Regex.compile(pattern);
      for (String text : texts) {
        assertEquals(
            library.matcher(text).matches(), ours.matches(text, _ -> {}), pattern + " on " + text);
      }
    }
  }

  @Test
  void whatOnlyRe2Knows() {
    assertTrue(Regex.compile("[[:alpha:]]+").matches("abC", _ -> {}));
    assertFalse(Regex.compile("[[:^alpha:]]").matches("a", _ -> {}));
    assertTrue(Regex.compile("(?m)a$\\nb").matches("a\nb", _ -> {}));
    assertFalse(Regex.compile("a$\\nb").matches("a\nb", _ -> {}));
    assertTrue(Regex.compile("\\141").matches("a", _ -> {}));
    assertTrue(Regex.compile(".").matches("\uD83D\uDE00", _ -> {}));
    assertTrue(Regex.compile("a(?i)b").matches("aB", _ -> {}));
    assertTrue(Regex.compile("\\pN\\PN").matches("1a", _ -> {}));
    assertTrue(Regex.compile("\\p{Greek}+").matches("αβ", _ -> {}));
  }

  @Test
  void takesLinearTime() {
    assertFalse(Regex.compile("(a*)*b").matches("a".repeat(20000), _ -> {}));
    assertFalse(Regex.compile("(a|aa)+c").matches("a".repeat(20000), _ -> {}));
    assertTrue(Regex.compile("(x+x+)+y").matches("x".repeat(5000) + "y", _ -> {}));
  }

  @Test
  void refuses() {
    for (String bad :
        new String[] {
          "(",
          ")",
          "a)",
          "[",
          "[a",
          "*",
          "a**",
          "(?=a)",
          "(?<=a)",
          "(?<!a)",
          "\\1",
          "\\k",
          "a{2,1}",
          "a{1001}",
          "[b-a]",
          "\\p{Nothing}",
          "[[:nothing:]]",
          "\\x{zz}",
          "\\",
          "(?y)a"
        }) {
      assertThrows(InvalidModel.class, () -> Regex.compile(bad), bad);
    }
    assertThrows(LimitExceeded.class, () -> Regex.compile("((a{1000}){1000}){1000}"));
    assertThrows(InvalidModel.class, () -> Regex.compile("(".repeat(100000)));
  }

  @Test
  void runs() {
    same(
        Tensor.of(new boolean[] {true, false}, 2),
        OperatorRunner.of("RegexFullMatch", 20)
            .attribute("pattern", "a+")
            .run(Tensors.strings(shape(2), "aa", "aab")));
  }
}
