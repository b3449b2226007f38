package org.sardonyx.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sardonyx.benchmarks.Floor.Machine;
import org.sardonyx.benchmarks.Floor.Part;

class FloorTest {

  private static final List<String> LINES =
      List.of("fma 200", "read 1024 100", "copy 1024 80", "read 16384 50", "copy 16384 40");

  private static Floor floor(int threads, Part... parts) {
    Machine machine = Machine.of(LINES);
    assertNotNull(machine);
    Floor floor = machine.floor(List.of(parts), threads);
    assertNotNull(floor);
    return floor;
  }

  @Test
  void computingOrMovingWhicheverTakesLonger() {
    Floor computing = floor(1, Part.reading(2e6, 1e5, 1024));
    assertEquals(10, computing.micros(), 1e-9);
    assertEquals("FMA 200 GFLOP/s", computing.what());
    Floor moving = floor(1, Part.reading(1e5, 1e5, 1024));
    assertEquals(1, moving.micros(), 1e-9);
    assertEquals("reading 1.0 KiB, 100 GB/s", moving.what());
  }

  /** Between 1 KiB and 16 KiB the middle is 4 KiB. */
  @Test
  void theSizeThatIsClosestCounts() {
    assertEquals(1, floor(1, Part.reading(0, 1e5, 4000)).micros(), 1e-9);
    assertEquals(2, floor(1, Part.reading(0, 1e5, 4200)).micros(), 1e-9);
    assertEquals(2, floor(1, Part.reading(0, 1e5, 1e9)).micros(), 1e-9);
    assertEquals(1, floor(1, Part.reading(0, 1e5, 10)).micros(), 1e-9);
    assertEquals(2.5, floor(1, Part.copying(0, 1e5)).micros(), 1e-9);
  }

  @Test
  void partsInTurnOnSomeThreads() {
    Floor floor = floor(2, Part.reading(2e6, 0, 1), Part.reading(0, 4e5, 1024));
    assertEquals(7, floor.micros(), 1e-9);
    assertTrue(floor.what().startsWith("FMA"), floor.what());
  }

  @Test
  void noMachineWithoutItsFigures() {
    assertNull(Machine.of(List.of("fma 200", "read 1024 3")));
    Machine machine = Machine.of(LINES);
    assertNotNull(machine);
    assertNull(machine.floor(List.of(), 1));
  }

  @Test
  void whatRowsHaveToDo() {
    Part product = Figure.made(ProductBenchmark.class).work("MatMul,2,3,5").getFirst();
    assertEquals(2 * 2 * 3 * 5, product.flops());
    assertEquals(4 * (2 * 3 + 3 * 5 + 2 * 5), product.bytes());
    List<Part> lstm = Figure.made(RecurrentBenchmark.class).work("LSTM,10,2,3,5");
    assertEquals(2 * 10 * 2 * 20 * (3 + 5), lstm.stream().mapToDouble(Part::flops).sum());
    assertEquals(10 * 4 * 20 * 5, lstm.get(1).bytes());
    List<Part> half = Figure.made(RecurrentBenchmark.class).work("LSTM-bf16,10,2,3,5");
    assertEquals(10 * 2 * 20 * 5, half.get(1).bytes());
    Part conv =
        Figure.made(ConvolutionBenchmark.class).work("Conv,1,4,8,10,6,3,3,1,1,2").getFirst();
    assertEquals(2 * (4 / 2) * 6 * 3 * 3 * 8 * 10, conv.flops());
  }
}
