package io.pinna.demo;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The demo is a game like any other: it gets by with what is public. */
@Tag("unit")
class ArchitectureTest {
    private static JavaClasses demo;

    @BeforeAll
    static void read() {
        demo = new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("io.pinna.demo");
        assertTrue(demo.contain(ClinicDemo.class), "the demo's classes were not found");
    }

    @Test
    void usesNothingInternal() {
        noClasses().should().dependOnClassesThat().resideInAnyPackage("io.pinna.internal..", "io.pinna.cli..").check(demo);
    }

    @Test
    void drivesTheSoundThroughTheIntegration() {
        classes().that().haveSimpleName("HeadlessTour").or().haveSimpleName("ClinicGame").should().dependOnClassesThat().resideInAPackage("io.pinna.jme").check(demo);
    }

    @Test
    void onlyTheProbeForADisplayKnowsTheWindowLibrary() {
        noClasses().that().doNotHaveSimpleName("Display").should().dependOnClassesThat().resideInAPackage("org.lwjgl..").check(demo);
    }
}
