package org.sardonyx.convert.gradient;

/** How the derivative by the outputs of a node becomes one by its inputs. */
@FunctionalInterface
interface Rule {
  void write(Step step);
}
