package org.sardonyx.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sardonyx.operators.Operators;
import org.sardonyx.passes.Check;

/** What is found of inputs by what programs do with them, nothing being said. */
class GuessesTest {

  @TempDir static Path folder;

  private static TorchScript.Result convert(String code) throws IOException {
    Path file =
        Archives.script(
            Files.createTempFile(folder, "m", ".pt"),
            code,
            new LinkedHashMap<>(Map.of("training", false)),
            Map.of());
    TorchScript.Result result = TorchScript.convert(TorchFile.read(file), TorchOptions.NONE);
    Check.of(Operators.standard()).requireValid(result.model());
    return result;
  }

  private static List<String> inputs(String parameters, String body) throws IOException {
    String code =
        "class M(Module):\n  def forward(self: __torch__.M,\n    "
            + parameters
            + ") -> Tensor:\n"
            + body;
    return convert(code).model().graph().inputs().stream()
        .map(input -> input.name() + " " + input.type())
        .toList();
  }

  @Test
  void lengthsThatAreSortedAreAVector() throws IOException {
    assertEquals(
        List.of("x float[x_0,x_1,2]", "lengths int64[lengths_0]"),
        inputs(
            "x: Tensor,\n    lengths: Tensor",
            """
                n, order = torch.sort(lengths, -1, True)
                p, sizes = torch._pack_padded_sequence(torch.index_select(x, 0, order), n, True)
                w = torch.ones([2, 2])
                y, h = torch.rnn_tanh(p, sizes, torch.zeros([1, 1, 2]), [w, w], False, 1, 0., False, False)
                return h
            """));
  }

  @Test
  void wordsHaveTwoAxesThoughTheirSizeIsAskedFirst() throws IOException {
    assertEquals(
        List.of("x int64[x_0,x_1]"),
        inputs(
            "x: Tensor",
            """
                m = torch.triu(torch.ones([torch.size(x, 1), torch.size(x, 1)]), 1)
                e = torch.embedding(torch.ones([5, 2]), x)
                return torch.matmul(m, e)
            """));
  }

  @Test
  void severalInputsAreFoundOneByOne() throws IOException {
    assertEquals(
        List.of("q float[q_0,q_1,4]", "k float[k_0,v_1,4]", "v float[v_0,v_1,4]"),
        inputs(
            "q: Tensor,\n    k: Tensor,\n    v: Tensor",
            """
                w = torch.ones([4, 4])
                a = torch.linear(torch.transpose(q, 1, 0), w)
                b = torch.linear(torch.transpose(k, 1, 0), w)
                c = torch.linear(torch.transpose(v, 1, 0), w)
                n = torch.size(a, 2)
                m = torch.size(b, 2)
                s = torch.bmm(torch.transpose(a, 0, 1), torch.permute(b, [1, 2, 0]))
                return torch.bmm(torch.softmax(s, -1), torch.transpose(c, 0, 1))
            """));
  }

  @Test
  void onlyOneElementIsAskedForOfATensorThatHasOne() throws IOException {
    assertEquals(
        List.of("x float[x_0,x_1]"),
        inputs(
            "x: Tensor",
            """
                if bool(torch.gt(torch.select(torch.select(x, 0, 0), 0, 0), 1.)):
                  y = torch.mul(x, 2.5)
                else:
                  y = x
                return y
            """));
  }

  @Test
  void aDictionaryHasTheKeysThatAreAskedFor() throws IOException {
    assertEquals(
        List.of("d.a float[d.a_0,d.b_1]", "d.b float[d.b_0,d.b_1]"),
        inputs(
            "d: Dict[str, Tensor]",
            """
                return torch.mm(d["a"], torch.t(d["b"]))
            """));
  }

  @Test
  void theFirstOfSeveralMethodsForwardIsTaken() throws IOException {
    TorchScript.Result result =
        convert(
            """
            class M(Module):
              def forward__0(self: __torch__.M,
                x: Tensor) -> Tensor:
                return torch.relu(x)
              def forward__1(self: __torch__.M,
                x: Tensor) -> Tensor:
                return torch.neg(x)
            """);
    assertEquals("Relu", result.model().graph().nodes().getFirst().opType());
    assertTrue(result.notes().toString().contains("several methods forward"), result::toString);
  }
}
