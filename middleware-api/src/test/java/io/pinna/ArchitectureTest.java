package io.pinna;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

@AnalyzeClasses(packages = "io.pinna", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String[] PRIVATE_LIBRARIES = {"org.lwjgl..", "ai.onnxruntime..", "org.jtransforms..", "pl.edu.icm.jlargearrays..", "io.jhdf.."};

    @ArchTest
    static final ArchRule NO_GAME_ENGINE = noClasses().should().dependOnClassesThat().resideInAnyPackage("com.jme3..");

    @ArchTest
    static final ArchRule NO_LIBRARY_IN_PUBLIC_SIGNATURES = methods().that().arePublic().and().areDeclaredInClassesThat().resideOutsideOfPackages("io.pinna.internal..", "io.pinna.cli..")
            .should(notMention(resideInAnyPackage(PRIVATE_LIBRARIES)));

    @ArchTest
    static final ArchRule PUBLIC_PACKAGES_DO_NOT_EXPOSE_INTERNALS = methods().that().arePublic().and()
            .areDeclaredInClassesThat(publicAndOutside()).should(notMention(resideInAnyPackage("io.pinna.internal..")));

    @ArchTest
    static final ArchRule RENDERING_KNOWS_NEITHER_COMMAND_LINE_NOR_INFERENCE = noClasses().that().resideInAPackage("io.pinna.internal.render..").should().dependOnClassesThat()
            .resideInAnyPackage("io.pinna.cli..", "io.pinna.internal.inference..", "ai.onnxruntime..", "java.util.concurrent.locks.ReentrantLock");

    @ArchTest
    static final ArchRule NOTHING_BUT_THE_COMMAND_LINE_USES_THE_COMMAND_LINE = noClasses().that().resideOutsideOfPackage("io.pinna.cli..").should().dependOnClassesThat()
            .resideInAPackage("io.pinna.cli..");

    @ArchTest
    static final ArchRule ERRORS_HAVE_ONE_ROOT = classes().that().areAssignableTo(RuntimeException.class).should().beAssignableTo(PinnaException.class);

    private static DescribedPredicate<JavaClass> publicAndOutside() {
        return DescribedPredicate.describe("are public API", c -> c.getModifiers().contains(JavaModifier.PUBLIC) && !c.getPackageName().startsWith("io.pinna.internal")
                && !c.getPackageName().startsWith("io.pinna.cli"));
    }

    private static ArchCondition<JavaMethod> notMention(DescribedPredicate<JavaClass> what) {
        return new ArchCondition<>("not mention classes that " + what.getDescription()) {
            @Override
            public void check(JavaMethod method, ConditionEvents events) {
                boolean mentions = what.test(method.getRawReturnType()) || method.getRawParameterTypes().stream().anyMatch(what);
                if (mentions) {
                    events.add(SimpleConditionEvent.violated(method, method.getFullName() + " mentions an internal type"));
                }
            }
        };
    }
}
