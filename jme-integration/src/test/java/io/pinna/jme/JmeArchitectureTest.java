package io.pinna.jme;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Tag;

@Tag("unit")
@AnalyzeClasses(packages = "io.pinna.jme", importOptions = ImportOption.DoNotIncludeTests.class)
class JmeArchitectureTest {
    @ArchTest
    static final ArchRule USES_PUBLIC_PACKAGES_ONLY = noClasses().that().resideInAPackage("io.pinna.jme..").should().dependOnClassesThat().resideInAPackage("io.pinna.internal..");

    @ArchTest
    static final ArchRule KNOWS_NO_LIBRARY_OF_THE_ENGINE = noClasses().that().resideInAPackage("io.pinna.jme..").should().dependOnClassesThat()
            .resideInAnyPackage("org.lwjgl..", "ai.onnxruntime..", "org.jtransforms..", "io.jhdf..");
}
