import org.jspecify.annotations.NullMarked;

/** Reads the files of PyTorch, without Python, and makes models of TorchScript. */
@NullMarked
module org.sardonyx.torch {
  requires transitive org.sardonyx.ir;
  requires org.sardonyx.operators;
  requires org.sardonyx.passes;
  requires tools.jackson.core;
  requires static transitive org.jspecify;

  exports org.sardonyx.torch;
}
