package org.sardonyx.torch.aten;

/** What code may change in place: everyone who holds it sees the change. */
public sealed interface Cell permits Ten, Items, Table {

  /** Returns what it is now, to be given to {@link #restore}. */
  Object state();

  void restore(Object state);

  /** Returns in how many branches and loops it was made. */
  int depth();
}
