package org.sardonyx.passes.infer;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.sardonyx.operators.Signature;
import org.sardonyx.operators.Signature.Arity;
import org.sardonyx.operators.Signature.Parameter;
import org.sardonyx.type.Type;

/** What the type variables of one node stand for, found from its inputs. */
public final class TypeBinding {

  private final Signature signature;
  private final BiConsumer<String, String> report;
  private final Map<String, Type> bound = new HashMap<>();

  /**
   * @param report told the rule that was broken and how
   */
  public TypeBinding(Signature signature, BiConsumer<String, String> report) {
    this.signature = signature;
    this.report = report;
  }

  /** Takes note of the type of input {@code i}; returns whether the operator takes it. */
  public boolean input(int i, Type type) {
    return check("input", i, signature.input(i), type);
  }

  /** Checks the type that was found for output {@code i}. */
  void checkOutput(int i, Type type) {
    check("output", i, signature.output(i), type);
  }

  private boolean check(String what, int i, @Nullable Parameter parameter, Type type) {
    if (parameter == null) {
      return true;
    }
    Set<String> allowed = signature.typesOf(parameter);
    if (!Specs.allows(allowed, type)) {
      report.accept(
          "type",
          what
              + " "
              + i
              + " ("
              + parameter.name()
              + ") is "
              + Specs.of(type)
              + ", must be one of "
              + Specs.list(allowed));
      return false;
    }
    if (!isVariable(parameter)
        || (parameter.arity() == Arity.VARIADIC && !parameter.homogeneous())) {
      return true;
    }
    Type before = bound.get(parameter.type());
    if (before == null) {
      bound.put(parameter.type(), Specs.withoutShapes(type));
    } else if (!Specs.of(before).equals(Specs.of(type))) {
      report.accept(
          "type-variable",
          what
              + " "
              + i
              + " ("
              + parameter.name()
              + ") is "
              + Specs.of(type)
              + ", but "
              + parameter.type()
              + " is "
              + Specs.of(before)
              + " elsewhere in this node; insert a Cast");
    }
    return true;
  }

  /** Returns the type of output {@code i} without a shape, as far as it follows from the inputs. */
  @Nullable Type output(int i) {
    Parameter parameter = signature.output(i);
    if (parameter == null) {
      return null;
    }
    if (!isVariable(parameter)) {
      return Specs.parse(parameter.type());
    }
    boolean mixed = parameter.arity() == Arity.VARIADIC && !parameter.homogeneous();
    Type type = mixed ? null : bound.get(parameter.type());
    if (type != null) {
      return type;
    }
    Set<String> allowed = signature.typesOf(parameter);
    return allowed.size() == 1 ? Specs.parse(allowed.iterator().next()) : null;
  }

  private boolean isVariable(Parameter parameter) {
    return signature.constraints().containsKey(parameter.type());
  }
}
