package org.sardonyx.conformance;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.net.URL;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The walls between packages that Maven cannot see. */
class HouseRulesTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .withImportOption(location -> !location.contains("/test-classes/")) // of quick builds
          .importPackages("org.sardonyx");

  @Test
  void everyRoomIsLookedAt() {
    List<String> packages = CLASSES.stream().map(JavaClass::getPackageName).distinct().toList();
    assertTrue(packages.contains("org.sardonyx.onnx.proto"), packages::toString);
    assertTrue(packages.contains("org.sardonyx.tensor"), packages::toString);
  }

  @Test
  void onlyOnnxSeesProtobuf() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("org.sardonyx.onnx..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.google.protobuf..", "org.sardonyx.onnx.proto.."));
  }

  @Test
  void onlyTheVectorPackageSeesTheIncubator() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("org.sardonyx.kernels.vector..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("jdk.incubator.."));
  }

  /** URIs, and URLs that are turned into paths, reach no network. */
  @Test
  void nothingReachesTheNetwork() {
    check(
        noClasses()
            .should()
            .dependOnClassesThat()
            .haveNameMatching(
                "java\\.net\\.(.*Socket.*|URLConnection|Http.*|InetAddress|InetSocketAddress"
                    + "|URLClassLoader|http\\..*)"
                    + "|java\\.nio\\.channels\\..*(Socket|Datagram).*Channel"
                    + "|javax\\.net\\..*|java\\.rmi\\..*|javax\\.naming\\..*")
            .orShould()
            .callMethod(URL.class, "openStream"));
  }

  @Test
  void operatorFamiliesDoNotImportEachOther() {
    check(slices().matching("org.sardonyx.operators.(*)..").should().notDependOnEachOther());
  }

  @Test
  void nothingImportsTheCommandLine() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("org.sardonyx.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.sardonyx.cli..", "picocli.."));
  }

  @Test
  void onlyTheOracleSeesOnnxRuntime() {
    check(
        classes()
            .that()
            .resideInAPackage("ai.onnxruntime..")
            .should()
            .onlyHaveDependentClassesThat()
            .resideInAnyPackage("org.sardonyx.oracle..", "ai.onnxruntime.."));
  }

  @Test
  void layersPointDown() {
    check(
        layeredArchitecture()
            .consideringOnlyDependenciesInAnyPackage("org.sardonyx..")
            .withOptionalLayers(true)
            .layer("ir")
            .definedBy(
                "org.sardonyx.archive..",
                "org.sardonyx.tensor..",
                "org.sardonyx.type..",
                "org.sardonyx.graph..",
                "org.sardonyx.error..")
            .layer("kernels")
            .definedBy("org.sardonyx.kernels..")
            .layer("onnx")
            .definedBy("org.sardonyx.onnx..")
            .layer("oracle")
            .definedBy("org.sardonyx.oracle..")
            .layer("operators")
            .definedBy("org.sardonyx.operators..")
            .layer("passes")
            .definedBy("org.sardonyx.passes..")
            .layer("convert")
            .definedBy("org.sardonyx.convert..")
            .layer("runtime")
            .definedBy("org.sardonyx.runtime..")
            .layer("layers")
            .definedBy("org.sardonyx.layers..")
            .layer("conformance")
            .definedBy("org.sardonyx.conformance..")
            .whereLayer("ir")
            .mayNotAccessAnyLayer()
            .whereLayer("kernels")
            .mayNotAccessAnyLayer()
            .whereLayer("onnx")
            .mayOnlyAccessLayers("ir")
            .whereLayer("oracle")
            .mayOnlyAccessLayers("ir", "onnx")
            .whereLayer("operators")
            .mayOnlyAccessLayers("ir", "kernels")
            .whereLayer("passes")
            .mayOnlyAccessLayers("ir", "kernels", "operators")
            .whereLayer("convert")
            .mayOnlyAccessLayers("ir", "operators", "passes")
            .whereLayer("runtime")
            .mayOnlyAccessLayers("ir", "kernels", "operators", "passes")
            .whereLayer("layers")
            .mayOnlyAccessLayers("ir", "operators", "passes", "convert"));
  }

  private static void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(CLASSES);
  }
}
