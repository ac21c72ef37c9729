package io.pinna.demo;

import com.jme3.math.FastMath;
import com.jme3.math.Quaternion;
import com.jme3.math.Vector3f;
import com.jme3.scene.Node;
import io.pinna.PinnaException;
import io.pinna.Sound;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;

/** The level together with its sounds, and what moves in it by itself: the rat, the wheelchair, the steps, and what breathes behind the player. Update thread. */
final class ClinicScene {
    private static final double STRIDE_METERS = 0.72;
    /** How close behind the player it is. */
    private static final double FOLLOWER_METERS = 0.9;
    private static final double WHEELCHAIR_METERS_PER_SECOND = 0.38;
    private static final double STEPS_METERS_PER_SECOND = 0.7;

    private final ClinicLevel level;
    private final ClinicSounds sounds;
    private final Node root = new Node("scene");
    private final Trail trail = new Trail(4);
    private final Vector3f last = new Vector3f();
    private boolean hasLast;
    private double walkedMeters;
    private int steps;
    private double timeSeconds;

    ClinicScene(Dressing dressing, Predicate<String> wantedEmitters) {
        // Decoding takes as long as building the level, so both are done at once.
        CompletableFuture<Map<String, Sound>> loading = CompletableFuture.supplyAsync(() -> ClinicSounds.loadAll(wantedEmitters));
        level = new ClinicLevel(dressing);
        sounds = new ClinicSounds(wantedEmitters, join(loading));
        root.attachChild(level.root());
        root.attachChild(sounds.root());
        move();
    }

    /** The typed error, not the wrapper that it comes in. */
    private static Map<String, Sound> join(CompletableFuture<Map<String, Sound>> loading) {
        try {
            return loading.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof PinnaException cause) {
                throw cause;
            }
            throw e;
        }
    }

    Node root() {
        return root;
    }

    ClinicLevel level() {
        return level;
    }

    ClinicSounds sounds() {
        return sounds;
    }

    /** Opens the door, which creaks, or lets it fall shut. */
    void setDoorOpen(boolean open) {
        if (level.door().isWantedOpen() != open) {
            level.door().setOpen(open);
            sounds.play("door hinge");
        }
    }

    /**
     * Moves everything on.
     *
     * @param seconds  since the last call (≥ 0)
     * @param listener where the player's head is
     * @param right    to the player's right, level and of length 1
     */
    void update(double seconds, Vector3f listener, Vector3f right) {
        timeSeconds += seconds;
        level.update(timeSeconds, seconds);
        if (level.door().takeShut()) {
            sounds.play("door lock");
        }
        move();
        walk(listener, right);
    }

    private void walk(Vector3f listener, Vector3f right) {
        if (!hasLast) {
            // Nobody walked yet; it stands right behind.
            trail.add(listener.add(right.cross(Vector3f.UNIT_Y).mult((float) FOLLOWER_METERS)));
        }
        trail.add(listener);
        Vector3f behind = trail.back(listener, FOLLOWER_METERS);
        sounds.move("breathing", behind.add(0, -0.1f, 0));
        if (hasLast) {
            walkedMeters += Math.hypot(listener.x - last.x, listener.z - last.z);
        }
        last.set(listener);
        hasLast = true;
        Vector3f ground = new Vector3f(listener.x, 0.05f, listener.z);
        sounds.move("left foot", ground.subtract(right.mult(0.12f)));
        sounds.move("right foot", ground.add(right.mult(0.12f)));
        if (walkedMeters >= STRIDE_METERS) {
            walkedMeters -= STRIDE_METERS;
            // Never the same recording twice in a row.
            sounds.step(steps % 2 == 0 ? "left foot" : "right foot", steps + steps / 3);
            steps++;
        }
    }

    private void move() {
        // The rat runs in dashes along the south wall.
        double dash = timeSeconds / 3.1;
        double phase = Math.floor(dash) + Noise.step(0.25, 0.85, dash - Math.floor(dash));
        double rat = backAndForth(phase, 3);
        Vector3f ratAt = new Vector3f((float) (1.9 + 5.6 * rat), 0.06f, 5.62f);
        boolean east = Math.floor(phase / 3) % 2 == 0;
        level.rat().setLocalTranslation(ratAt.x, 0, ratAt.z);
        level.rat().setLocalRotation(new Quaternion().fromAngleNormalAxis(east ? 0 : FastMath.PI, Vector3f.UNIT_Y));
        sounds.move("rat", ratAt);

        double roll = backAndForth(timeSeconds * WHEELCHAIR_METERS_PER_SECOND + 3.2, 11);
        Vector3f chairAt = new Vector3f((float) (-2 + 11 * roll), 0, -2.12f);
        level.wheelchair().setLocalTranslation(chairAt);
        sounds.move("wheelchair", chairAt.add(0, 0.3f, 0));

        double heavy = backAndForth(timeSeconds * STEPS_METERS_PER_SECOND, 3.4);
        sounds.move("heavy steps", new Vector3f((float) (11.4 - 3.4 * heavy), 0.1f, -1.4f));
        double above = backAndForth(timeSeconds * 0.55, 5);
        sounds.move("steps above", new Vector3f((float) (1.5 + 5 * above), (float) ClinicLevel.UPPER_FLOOR + 0.1f, 2.6f));
    }

    /** 0 to 1 and back, each way taking {@code length}. */
    private static double backAndForth(double x, double length) {
        double turn = x / length % 2;
        return turn < 1 ? turn : 2 - turn;
    }
}
