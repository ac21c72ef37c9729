package io.pinna.internal;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks code that runs on the audio thread: it does not allocate, lock, log, block, do I/O or throw, and calls only code that is marked likewise (or plain
 * arithmetic of the JDK). On a type it holds for every method but the constructors.
 */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface RealTime {
}
