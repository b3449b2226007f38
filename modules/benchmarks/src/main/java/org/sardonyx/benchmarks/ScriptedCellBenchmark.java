package org.sardonyx.benchmarks;

import java.util.List;
import java.util.Map;
import org.openjdk.jmh.annotations.Param;
import org.sardonyx.text.OnnxText;

/**
 * A cell written out in primitive operators inside a Scan, as scripting exporters write it: {@code
 * LSTM|GRU,time,hidden}.
 */
public class ScriptedCellBenchmark extends EngineBenchmark {

  @Param({"LSTM,100,64", "GRU,100,64"})
  String row = "";

  @Override
  List<Floor.Part> work(String of) {
    int[] s = Subject.sizes(of);
    return RecurrentBenchmark.steps(s[0], 1, s[1], (of.startsWith("LSTM") ? 4 : 3) * s[1], s[1], 4);
  }

  @Override
  Subject subject() {
    int[] sizes = Subject.sizes(row);
    boolean lstm = row.startsWith("LSTM");
    int time = sizes[0];
    int hidden = sizes[1];
    int gates = lstm ? 4 : 3;
    String body =
        lstm
            ? """
            xw = MatMul(xt, w)
            hr = MatMul(h, r)
            s = Add(xw, hr)
            g = Add(s, b)
            gi, gf, gc, go = Split<axis = 1, num_outputs = 4>(g)
            i = Sigmoid(gi)
            f = Sigmoid(gf)
            t = Tanh(gc)
            o = Sigmoid(go)
            fc = Mul(f, c)
            it = Mul(i, t)
            cn = Add(fc, it)
            tc = Tanh(cn)
            hn = Mul(o, tc)
            ht = Identity(hn)
            """
            : """
            xw = MatMul(xt, w)
            xb = Add(xw, b)
            hr = MatMul(h, r)
            xr, xz, xn = Split<axis = 1, num_outputs = 3>(xb)
            hrr, hz, hh = Split<axis = 1, num_outputs = 3>(hr)
            sr = Add(xr, hrr)
            rr = Sigmoid(sr)
            sz = Add(xz, hz)
            z = Sigmoid(sz)
            rh = Mul(rr, hh)
            sn = Add(xn, rh)
            n = Tanh(sn)
            keep = Mul(z, h)
            rest = Sub(one, z)
            new = Mul(rest, n)
            hn = Add(keep, new)
            ht = Identity(hn)
            """;
    String cell = lstm ? ", c0" : "";
    String text =
        """
        <ir_version: 8, opset_import: ["" : 18]>
        scripted (float[%1$d, 1, %2$d] x, float[1, %2$d] h0, float[1, %2$d] c0,
            float[%2$d, %3$d] w, float[%2$d, %3$d] r, float[%3$d] b)
            => (float[%1$d, 1, %2$d] y, float[1, %2$d] hl) <float one = {1}> {
        hl, %4$sy = Scan<num_scan_inputs = 1, body = cell (
            float[1, %2$d] h, %5$sfloat[1, %2$d] xt) => (
            float[1, %2$d] hn, %6$sfloat[1, %2$d] ht) {
        %7$s}>(h0%8$s, x)
        }
        """
            .formatted(
                time,
                hidden,
                gates * hidden,
                lstm ? "cl, " : "",
                lstm ? "float[1, " + hidden + "] c, " : "",
                lstm ? "float[1, " + hidden + "] cn, " : "",
                body,
                cell);
    int[] product = {hidden, gates * hidden};
    return AttentionBenchmark.withWeights(
        OnnxText.parse(text),
        Map.of("x", Subject.normal(1, 1, time, 1, hidden)),
        Subject.weights(
            "h0", new int[] {1, hidden},
            "c0", new int[] {1, hidden},
            "w", product,
            "r", product,
            "b", new int[] {gates * hidden}));
  }
}
