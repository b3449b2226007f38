package org.sardonyx.kernels.vector;

/** What loops there are, besides those of functions and the tiles. */
enum Kind {
  SUM,
  DOT,
  MAX,
  MIN,

  /** {@link Sums#greatest}. */
  GREATEST,

  /** {@link Sums#powers}. */
  POWERS,

  /** {@link Sums#divide}. */
  DIVIDE,

  /** {@link UnaryLoops#logistic}. */
  LOGISTIC,

  /** {@link UnaryLoops#timesLogistic}. */
  TIMES_LOGISTIC,

  /** {@link UnaryLoops#nearExp}. */
  NEAR_EXP,

  CLAMP,
  TAKE,
  TWICE,

  /** {@link Turned#run}. */
  TURN,

  /** {@link Choices#compare}. */
  COMPARE,

  /** {@link Choices#select}. */
  SELECT,

  /** {@link Choices#gather}. */
  PICK,

  /** {@link Choices#quantize}. */
  QUANTIZE,

  /** {@link Choices#dequantize}. */
  DEQUANTIZE,

  /** All of {@link Gather}. */
  GATHER,

  /** All of {@link Taps}. */
  TAPS,

  /** All of {@link Windows}. */
  WINDOWS,

  /** All of {@link Pools}. */
  POOLS,

  /** {@link Ahead4#run}. */
  AHEAD,

  /** {@link Tile2#wide}. */
  WIDE,

  /** {@link ByteTile#run}. */
  BYTES,

  /** {@link Stripes#row}. */
  STRIPES,

  /** All of {@link Strip}. */
  STRIPS,

  /** All of {@link Pairs}. */
  PAIRS,

  /** {@link Cells#cell}. */
  CELL,

  /** {@link Cells#output}. */
  OUTPUT,

  /** {@link Cells#reset}. */
  RESET,

  /** {@link Cells#mix}. */
  MIX
}
