package org.sardonyx.optimize.rules;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sardonyx.graph.Attribute;
import org.sardonyx.graph.Graph;
import org.sardonyx.graph.Node;
import org.sardonyx.passes.simplify.Rule;
import org.sardonyx.passes.simplify.Site;
import org.sardonyx.passes.simplify.Wiring;
import org.sardonyx.passes.walk.Graphs;
import org.sardonyx.type.Shape;

/**
 * Writes {@code softmax(scale q k^T + mask) v} as Attention: of values [batch, heads, time, size],
 * and of [batch * heads, time, size], which is an attention of one head. A query that may see
 * nothing, which gives NaN written out, gives 0.
 */
public final class FuseAttention implements Rule {

  private static final int SINCE = 23;

  /**
   * Where the scores come from.
   *
   * @param mask what is added, or says what may be seen; empty where everything may
   * @param hides whether it says what may not be seen
   */
  private record Scores(String q, String k, double scale, String mask, boolean hides) {

    Scores with(String newMask, boolean newHides) {
      return new Scores(q, k, scale, newMask, newHides);
    }
  }

  @Override
  public String name() {
    return "attention";
  }

  @Override
  public Graph apply(Graph graph, Site site) {
    if (site.opsets().version("") < SINCE) {
      return graph;
    }
    Wiring wiring = new Wiring(graph, site);
    Edit edit = new Edit(graph, site);
    for (Node node : graph.nodes()) {
      Node softmax =
          node.isOnnx("MatMul") ? softmax(node.inputs().getFirst(), graph, wiring) : null;
      int rank = softmax == null ? -1 : wiring.rank(node.outputs().getFirst());
      if (softmax == null || (rank != 3 && rank != 4) || !isLast(Read.axis(softmax, -1), rank)) {
        continue;
      }
      Scores scores = scores(softmax.inputs().getFirst(), wiring, site);
      String v = node.inputs().get(1);
      if (scores != null && fits(scores, v, rank, wiring, site)) {
        edit.replace(node, nodes(node, scores, v, rank, wiring, site, edit));
      }
    }
    return edit.apply();
  }

  /** Returns the Softmax that makes weights, NaN among them written as 0 or not. */
  private static @Nullable Node softmax(String weights, Graph graph, Wiring wiring) {
    Node where = wiring.onlyMaker(weights, "Where");
    if (where == null) {
      return wiring.onlyMaker(weights, "Softmax");
    }
    Node none = wiring.onlyMaker(where.inputs().getFirst(), "IsNaN");
    String plain = where.inputs().get(2);
    return none != null
            && none.inputs().getFirst().equals(plain)
            && wiring.number(where.inputs().get(1)) == 0
            && graph.outputs().stream().noneMatch(output -> output.name().equals(plain))
            && graph.nodes().stream().filter(node -> Graphs.reads(node).contains(plain)).count()
                == 2
        ? wiring.maker(plain, "Softmax")
        : null;
  }

  private static boolean isLast(long axis, int rank) {
    return axis == -1 || axis == rank - 1;
  }

  private static @Nullable Scores scores(String value, Wiring wiring, Site site) {
    Node add = wiring.onlyMaker(value, "Add");
    if (add != null) {
      for (int i = 0; i < 2; i++) {
        Scores plain = product(add.inputs().get(i), wiring);
        String mask = add.inputs().get(1 - i);
        Shape scores = Read.shape(site, add.inputs().get(i));
        if (plain != null && isMask(Read.shape(site, mask), scores)) {
          return plain.with(mask, false);
        }
      }
    }
    Node where = wiring.onlyMaker(value, "Where");
    if (where != null) {
      String seen = where.inputs().getFirst();
      for (int i = 1; i <= 2; i++) {
        Scores plain = product(where.inputs().get(i), wiring);
        if (plain != null
            && wiring.number(where.inputs().get(3 - i)) == Double.NEGATIVE_INFINITY
            && isMask(Read.shape(site, seen), Read.shape(site, where.inputs().get(i)))) {
          return plain.with(seen, i == 2);
        }
      }
      return null;
    }
    return product(value, wiring);
  }

  /** Whether a mask says of each key, alike for what it is broadcast over. */
  private static boolean isMask(Shape mask, Shape scores) {
    if (!mask.hasRank() || !scores.hasRank() || mask.rank() < 2 || mask.rank() > scores.rank()) {
      return false;
    }
    for (int i = 1; i <= mask.rank(); i++) {
      boolean same = Read.isOfSize(mask.dim(mask.rank() - i), scores.dim(scores.rank() - i));
      if (!same && (i == 1 || !mask.dim(mask.rank() - i).is(1))) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable Scores product(String value, Wiring wiring) {
    Scaled whole = scaled(value, wiring);
    Node product = wiring.onlyMaker(whole.value(), "MatMul");
    if (product == null) {
      return null;
    }
    Scaled q = scaled(product.inputs().get(0), wiring);
    Scaled k = scaled(product.inputs().get(1), wiring);
    double scale = whole.factor() * q.factor() * k.factor();
    return scale > 0 ? new Scores(q.value(), k.value(), scale, "", false) : null;
  }

  private record Scaled(String value, double factor) {}

  /** Returns what a value is a multiple of; itself where it is none. */
  private static Scaled scaled(String value, Wiring wiring) {
    Node div = wiring.maker(value, "Div");
    if (div != null && wiring.number(div.inputs().get(1)) > 0) {
      return new Scaled(div.inputs().get(0), 1 / wiring.number(div.inputs().get(1)));
    }
    Node mul = wiring.maker(value, "Mul");
    for (int i = 0; mul != null && i < 2; i++) {
      double factor = wiring.number(mul.inputs().get(1 - i));
      if (factor > 0) {
        return new Scaled(mul.inputs().get(i), factor);
      }
    }
    return new Scaled(value, 1);
  }

  private static boolean fits(Scores scores, String v, int rank, Wiring wiring, Site site) {
    Shape q = Read.shape(site, scores.q());
    Shape k = Read.shape(site, scores.k());
    Shape values = Read.shape(site, v);
    if (!wiring.isFloat(scores.q())
        || wiring.rank(scores.q()) != rank
        || wiring.rank(scores.k()) != rank
        || wiring.rank(v) != rank) {
      return false;
    }
    for (int i = 0; i < rank - 2; i++) {
      if (!q.dim(i).sameAs(k.dim(i)) || !q.dim(i).sameAs(values.dim(i))) {
        return false;
      }
    }
    return true;
  }

  private static List<Node> nodes(
      Node end, Scores scores, String v, int rank, Wiring wiring, Site site, Edit edit) {
    List<Node> nodes = new ArrayList<>();
    Shape q = Read.shape(site, scores.q());
    String output = end.outputs().getFirst();
    String k = site.names().fresh(output + "/k");
    Node turned = wiring.maker(scores.k(), "Transpose");
    long[] perm = turned == null ? null : Read.perm(turned);
    boolean joins = turned != null && perm != null;
    long[] back = joins && perm != null ? perm.clone() : new long[rank];
    for (int i = 0; !joins && i < rank; i++) {
      back[i] = i;
    }
    long last = back[rank - 1];
    back[rank - 1] = back[rank - 2];
    back[rank - 2] = last;
    nodes.add(
        new Node(
            "",
            "Transpose",
            List.of(joins && turned != null ? turned.inputs().getFirst() : scores.k()),
            List.of(k),
            List.of(Attribute.of("perm", back))));
    String mask = scores.mask();
    if (scores.hides()) {
      String seen = site.names().fresh(mask + "/seen");
      nodes.add(new Node("", "Not", List.of(mask), List.of(seen), List.of()));
      mask = seen;
    }
    if (!mask.isEmpty() && isForAll(Read.shape(site, scores.mask()), q)) {
      mask = repeated(mask, scores.q(), rank, nodes, site, edit);
    }
    if (rank == 3 && !mask.isEmpty() && wiring.rank(scores.mask()) == 3) {
      String wider = site.names().fresh(mask + "/heads");
      nodes.add(edit.axes("", "Unsqueeze", mask, wider, 1));
      mask = wider;
    }
    List<Attribute> attributes = new ArrayList<>();
    attributes.add(Attribute.of("scale", (float) scores.scale()));
    if (rank == 3) {
      attributes.add(Attribute.of("q_num_heads", 1L));
      attributes.add(Attribute.of("kv_num_heads", 1L));
    }
    List<String> inputs = new ArrayList<>(List.of(scores.q(), k, v));
    if (!mask.isEmpty()) {
      inputs.add(mask);
    }
    nodes.add(new Node(end.name(), "Attention", inputs, end.outputs(), attributes));
    return nodes;
  }

  /** Whether a mask says the same for every query, of which there may be several. */
  private static boolean isForAll(Shape mask, Shape q) {
    return mask.dim(mask.rank() - 2).is(1) && !q.dim(q.rank() - 2).is(1);
  }

  /** Says it for each query, since ONNX Runtime takes no other mask. */
  private static String repeated(
      String mask, String q, int rank, List<Node> nodes, Site site, Edit edit) {
    String queries = site.names().fresh(mask + "/queries");
    String shape = site.names().fresh(mask + "/shape");
    String all = site.names().fresh(mask + "/all");
    nodes.add(
        new Node(
            "",
            "Shape",
            List.of(q),
            List.of(queries),
            List.of(Attribute.of("start", rank - 2L), Attribute.of("end", rank - 1L))));
    nodes.add(
        new Node(
            "",
            "Concat",
            List.of(queries, edit.constant(mask + "/keys", 1)),
            List.of(shape),
            List.of(Attribute.of("axis", 0L))));
    nodes.add(new Node("", "Expand", List.of(mask, shape), List.of(all), List.of()));
    return all;
  }
}
