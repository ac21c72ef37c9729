package io.pinna.internal.personal;

/**
 * What is expected of a person before anything is heard: the mean that {@link SphereCompletion} completes deviations from. {@link PersonalModel#mean} is that of all people; one who has told more about
 * himself has another. Immutable; any thread.
 */
public interface PriorMean {
    /**
     * @param x        direction in left-ear coordinates, a unit vector: for a right ear the direction's image in the median plane; likewise y and z
     * @param levelsDb takes the level of an ear at the bins of a {@link io.pinna.internal.hrtf.HarmonicField} from {@code at}
     */
    void levels(double x, double y, double z, double[] levelsDb, int at);

    /** The interaural delay (seconds: delay of the right ear less that of the left) in a direction of the head. */
    double delaySeconds(double x, double y, double z);
}
