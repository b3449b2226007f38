package org.sardonyx.layers;

import org.sardonyx.error.InvalidInput;
import org.sardonyx.graph.GraphBuilder;

/** What a layer sees of time at once, and how it moves. */
record Window(int kernel, int stride, int dilation, int before, int after, boolean sameUpper) {

  Window {
    if (kernel < 1 || stride < 1 || dilation < 1 || before < 0 || after < 0) {
      throw new InvalidInput(
          "a window of "
              + kernel
              + " steps, stride "
              + stride
              + ", dilation "
              + dilation
              + ", padding "
              + before
              + " and "
              + after
              + " cannot be");
    }
  }

  static Window of(int kernel) {
    return new Window(kernel, 1, 1, 0, 0, false);
  }

  Window stride(int steps) {
    return new Window(kernel, steps, dilation, before, after, sameUpper);
  }

  Window dilation(int steps) {
    return new Window(kernel, stride, steps, before, after, sameUpper);
  }

  Window padding(int newBefore, int newAfter) {
    return new Window(kernel, stride, dilation, newBefore, newAfter, false);
  }

  Window same() {
    return new Window(kernel, stride, dilation, 0, 0, true);
  }

  Window causal() {
    return padding((kernel - 1) * dilation, 0);
  }

  /** Whether what comes out is as long as what goes in. */
  boolean keepsTime() {
    return stride == 1 && (sameUpper || before + after == (kernel - 1) * dilation);
  }

  GraphBuilder.Call on(GraphBuilder.Call call, boolean dilated) {
    call.withInts("kernel_shape", kernel).withInts("strides", stride);
    if (dilated) {
      call.withInts("dilations", dilation);
    }
    return sameUpper ? call.with("auto_pad", "SAME_UPPER") : call.withInts("pads", before, after);
  }
}
