package org.sardonyx.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoundsTest {

  @TempDir Path folder;

  /** A machine that is half as fast in some rounds has the same ratio in all. */
  @Test
  void ratiosAreThoseOfRounds() {
    Rounds rounds =
        new Rounds(
            Map.of("into", new double[] {1, 2, 1, 4, 1}, "pinned", new double[] {3, 6, 3, 12, 3}));
    Measured ratio = rounds.ratio("pinned", "into");
    assertNotNull(ratio);
    assertEquals(3, ratio.median());
    assertEquals(0, ratio.spread());
    assertNull(rounds.ratio("user", "into"));
  }

  @Test
  void theSpreadIsThatOfTheQuarters() {
    assertEquals(0.25, new Measured(new double[] {100, 1, 2, 3, 2, 2, 3, 2}).spread());
  }

  @Test
  void filesKeepTheOrder() {
    Path file = folder.resolve("a").resolve("rounds.txt");
    assertNull(Rounds.read(file, List.of("into")));
    Rounds.write(Map.of("into", List.of(3.5, 1.25), "pinned", List.of(2.0, 4.0)), file);
    Rounds read = Rounds.read(file, List.of("into", "pinned"));
    assertNotNull(read);
    Measured ratio = read.ratio("pinned", "into");
    assertNotNull(ratio);
    assertEquals(3.2, ratio.median(), 1e-9);
    assertNull(Rounds.read(file, List.of("user")));
  }

  @Test
  void whatAShapeLoses() {
    Rounds odd = new Rounds(Map.of("into", new double[] {10}));
    Rounds even = new Rounds(Map.of("into", new double[] {8}));
    assertEquals(0.2, Beside.lost(1, odd, even, "into"), 1e-9);
    assertEquals(0.28, Beside.lost(0.9, odd, even, "into"), 1e-9);
    assertTrue(Double.isNaN(Beside.lost(1, odd, null, "into")));
  }

  @Test
  void notesOfRows() throws IOException {
    List<String> lines = List.of("# a comment", "AMD256:MatMul.* So", "MatMul,1,2,3 It waits", "");
    assertEquals(". It waits", Notes.of(lines, "Intel512").of("MatMul,1,2,3"));
    assertEquals(". So", Notes.of(lines, "AMD256").of("MatMul,1,2,3"));
    assertEquals("", Notes.of(lines, "Intel512").of("MatMul,1,2,4"));
    assertEquals("", Notes.of(lines, "AMD256").of("plain:MatMul,1,2,4"));
    assertTrue(Notes.read("AMD512").list().size() > 10);
  }

  @Test
  void allFiguresHaveGoalsAndRows() {
    for (Figure figure : Figure.all(List.of("a-int8", "b", "c-ocr"))) {
      assertTrue(figure.isPinned() || figure.isUser(), figure.work());
      assertTrue(!figure.rows().isEmpty(), figure.work());
      figure.rows().forEach(row -> Figure.made(figure.benchmark()).work(row));
    }
  }
}
