package io.pinna.demo;

import com.jme3.math.Vector3f;

/** The way that somebody walked, for whoever follows at a distance. Update thread; allocates nothing after construction but results. */
final class Trail {
    private static final double SPACING_METERS = 0.05;

    private final Vector3f[] points;
    private int count;

    /** @param lengthMeters how far back it remembers */
    Trail(double lengthMeters) {
        points = new Vector3f[(int) Math.ceil(lengthMeters / SPACING_METERS) + 2];
        for (int i = 0; i < points.length; i++) {
            points[i] = new Vector3f();
        }
    }

    /** Adds where the walker is now. */
    void add(Vector3f position) {
        if (count == 0 || points[(count - 1) % points.length].distance(position) >= SPACING_METERS) {
            points[count % points.length].set(position);
            count++;
        }
    }

    /** A point of the way so far back, measured along it from {@code now}; the oldest that is remembered if it is not that long. */
    Vector3f back(Vector3f now, double meters) {
        Vector3f from = now;
        double left = meters;
        for (int i = count - 1; i >= Math.max(0, count - points.length); i--) {
            Vector3f to = points[i % points.length];
            double length = from.distance(to);
            if (length >= left && length > 0) {
                return from.add(to.subtract(from).mult((float) (left / length)));
            }
            left -= length;
            from = to;
        }
        return from.clone();
    }
}
