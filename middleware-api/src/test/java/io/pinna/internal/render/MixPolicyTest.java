package io.pinna.internal.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** At 100 blocks a second. */
@Tag("unit")
class MixPolicyTest {
    private final MixPolicy policy = new MixPolicy(6400, 64);

    /** Blocks that are rendered in time. */
    private void hits(int blocks) {
        for (int i = 0; i < blocks; i++) {
            policy.record(false);
            assertTrue(policy.next(), "block " + i);
        }
    }

    private boolean miss() {
        boolean moved = policy.record(true);
        policy.next();
        return moved;
    }

    /** @return blocks until it is tried again */
    private int pause() {
        int blocks = 0;
        while (policy.isOnCpu()) {
            policy.next();
            blocks++;
        }
        return blocks;
    }

    private void fail() {
        policy.next();
        assertFalse(miss());
        assertFalse(miss());
        assertTrue(miss());
        assertTrue(policy.isOnCpu());
    }

    @Test
    void threeMissesWithinASecondMoveTheMix() {
        policy.next();
        hits(50);
        assertFalse(miss());
        hits(40);
        assertFalse(miss());
        hits(57);
        assertTrue(miss(), "the first of three was 99 blocks ago");
        assertEquals(1, policy.moves());
        assertEquals(99, policy.pauseLeft(), 1);
    }

    @Test
    void threeMissesInMoreThanASecondDoNot() {
        policy.next();
        for (int i = 0; i < 20; i++) {
            assertFalse(miss());
            hits(50);
        }
        assertEquals(0, policy.moves());
    }

    @Test
    void pausesDoubleUpToHalfAMinute() {
        fail();
        int[] expected = {100, 200, 400, 800, 1600, 3000, 3000};
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], pause(), 2, "pause " + i);
            // On trial one miss is enough.
            hits(3);
            assertTrue(miss(), "trial " + i);
        }
        assertEquals(1 + expected.length, policy.moves());
    }

    @Test
    void afterTheTrialThreeMissesAreNeededAgain() {
        fail();
        pause();
        hits(150);
        assertFalse(miss());
        assertFalse(miss());
        assertTrue(miss());
        assertEquals(200, pause(), 2);
    }

    @Test
    void tenGoodSecondsAreForgiveness() {
        fail();
        pause();
        hits(500);
        assertFalse(miss());
        hits(1002);
        fail();
        assertEquals(100, pause(), 2);
    }
}
