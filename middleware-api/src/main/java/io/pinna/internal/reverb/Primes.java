package io.pinna.internal.reverb;

import java.util.HashSet;
import java.util.Set;

/** Gives each prime once: delays that are different primes have no common period shorter than their product. Setup only. */
final class Primes {
    private final Set<Integer> given = new HashSet<>();

    /** The first prime from {@code wanted} on that was not given yet. */
    int next(double wanted) {
        int n = Math.max(2, (int) Math.ceil(wanted));
        while (!isPrime(n) || !given.add(n)) {
            n++;
        }
        return n;
    }

    private static boolean isPrime(int n) {
        for (int d = 2; d * d <= n; d++) {
            if (n % d == 0) {
                return false;
            }
        }
        return true;
    }
}
