package io.pinna;

import io.pinna.acoustics.AcousticsSettings;
import io.pinna.acoustics.AirAbsorption;
import io.pinna.acoustics.Bands;
import io.pinna.acoustics.DistanceModel;
import io.pinna.effect.ReverbSettings;
import io.pinna.internal.acoustics.DiffractionShape;
import io.pinna.internal.render.PathSlots;
import io.pinna.internal.render.SourceExtent;
import io.pinna.internal.snapshot.PropagationFrame;
import io.pinna.internal.snapshot.SceneFrame;
import io.pinna.unit.Decibels;
import io.pinna.unit.Vector3;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The ways by which a listener hears an emitter, from what the acoustics thread has answered, with the levels that the renderer approaches. Owner's thread; allocates, since it is asked for reports only. */
final class Arrivals {
    static final double SILENT_DB = -200;
    /** Cosine of the angle within which a reflection leaves the emitter towards a place: 0.8°. */
    private static final double SAME_DIRECTION = 0.9999;
    private static final double LN_TO_DB = 20 / Math.log(10);

    private final Emitter emitter;
    private final Listener listener;
    private final double[] airDbPerMeter;
    private final double straightMeters;
    private final List<WorldReport.ArrivalReport> all = new ArrayList<>();

    private Arrivals(Emitter emitter, Listener listener, double[] airDbPerMeter) {
        this.emitter = emitter;
        this.listener = listener;
        this.airDbPerMeter = airDbPerMeter;
        straightMeters = emitter.pose.position().minus(listener.pose.position()).length();
    }

    /** @return loudest first */
    static List<WorldReport.ArrivalReport> of(Emitter emitter, Listener listener, PropagationFrame p, int pair, double[] airDbPerMeter) {
        Arrivals arrivals = new Arrivals(emitter, listener, airDbPerMeter);
        arrivals.addStraight(p, pair);
        int first = p.firstWay(pair);
        for (int k = 0; first >= 0 && k < PathSlots.DIFFRACTED; k++) {
            if (p.ways().id[first + k] != 0) {
                arrivals.addDiffracted(p.ways(), first + k);
            }
        }
        int set = p.setOf(listener.slot, emitter.slot, emitter.generation);
        int mirrored = set < 0 ? 0 : p.firstReflection(listener.slot, set);
        for (int r = 0; set >= 0 && r < p.setCount(listener.slot, set); r++) {
            if (p.mirrored().id[mirrored + r] != 0) {
                arrivals.addReflected(p.mirrored(), mirrored + r);
            }
        }
        arrivals.all.sort(Comparator.comparingDouble(WorldReport.ArrivalReport::loudestDb).reversed());
        return arrivals.all;
    }

    /** The level of an emitter's late reverberation: what the renderer sends to it, times what the acoustics thread found that it makes of the direct sound at 1 m. */
    static Bands reverbDb(Emitter emitter, ReverbSettings settings, PropagationFrame p, int pair, boolean known) {
        // A measured response has its own level, which is not known per band.
        boolean told = known && settings.kind() == ReverbSettings.Kind.GEOMETRY;
        DistanceModel distance = emitter.distance;
        double strength = Decibels.toLinear(settings.wetGainDb()) * emitter.gainLinear * distance.referenceMeters() * distance.gainLinear(distance.referenceMeters());
        double[] decibels = new double[Bands.COUNT];
        for (int b = 0; b < Bands.COUNT; b++) {
            decibels[b] = told ? decibels(strength * p.reverbGain(pair, b)) : SILENT_DB;
        }
        return Bands.of(decibels);
    }

    private void addStraight(PropagationFrame p, int pair) {
        double[] gains = new double[Bands.COUNT];
        for (int b = 0; b < Bands.COUNT; b++) {
            gains[b] = p.bandGain(pair, b);
        }
        Vector3 place = emitter.pose.position();
        Vector3 towards = listener.pose.position().minus(place);
        double cosine = straightMeters < SceneFrame.NO_DIRECTION_METERS ? 1 : towards.dot(emitter.axis) / straightMeters;
        // To whoever is near or in a source of some size, its level is that at its surface, and less of it comes from a side.
        double extent = SourceExtent.extentMeters(emitter.radiusMeters);
        double sided = 1 - SourceExtent.spread(straightMeters, extent);
        double[] decibels = levels(gains, p.slope(pair), p.curve(pair), cosine, sided, SourceExtent.levelMeters(straightMeters, extent), straightMeters);
        add(WorldReport.ArrivalKind.DIRECT, "straight", place, straightMeters, decibels, List.of());
    }

    private void addDiffracted(PropagationFrame.Ways ways, int at) {
        Vector3 place = place(ways, at);
        Vector3 here = listener.pose.position();
        Vector3 way = place.minus(here);
        double length = way.length();
        String what = String.format(Locale.ROOT, "%s at %.1f m", ways.label[at], ways.firstMeters[at]);
        List<Vector3> bends = new ArrayList<>();
        if (length >= SceneFrame.NO_DIRECTION_METERS) {
            bends.add(here.plus(way.times(Math.min(1, ways.firstMeters[at] / length))));
        }
        Vector3 last = emitter.pose.position().plus(departure(ways, at).times(ways.lastMeters[at]));
        if (bends.isEmpty() || last.minus(bends.get(0)).length() > 0.01 * length) {
            bends.add(last);
        }
        add(WorldReport.ArrivalKind.DIFFRACTED, what, place, length, levels(ways, at, length), bends);
    }

    private void addReflected(PropagationFrame.Ways ways, int at) {
        Vector3 place = place(ways, at);
        double length = place.minus(listener.pose.position()).length();
        String what = String.format(Locale.ROOT, "%s %.0f ms later", ways.label[at] == null ? "reflection" : ways.label[at], 1000 * delaySeconds(length));
        add(WorldReport.ArrivalKind.REFLECTED, what, place, length, levels(ways, at, length), mirrorPoint(place, departure(ways, at)));
    }

    /** Where a sound is reflected if that is by one surface: it mirrors emitter and image, so that it stands upright in the middle between them. */
    private List<Vector3> mirrorPoint(Vector3 image, Vector3 departure) {
        Vector3 source = emitter.pose.position();
        Vector3 here = listener.pose.position();
        Vector3 normal = image.minus(source);
        Vector3 ray = image.minus(here);
        double along = ray.dot(normal);
        if (along <= 0) {
            return List.of();
        }
        double part = source.plus(normal.times(0.5)).minus(here).dot(normal) / along;
        Vector3 point = here.plus(ray.times(part));
        Vector3 leaves = point.minus(source);
        boolean byOneSurface = part > 0 && part < 1 && leaves.dot(departure) > SAME_DIRECTION * leaves.length();
        return byOneSurface ? List.of(point) : List.of();
    }

    private double[] levels(PropagationFrame.Ways ways, int at, double length) {
        double[] gains = new double[Bands.COUNT];
        for (int b = 0; b < Bands.COUNT; b++) {
            gains[b] = ways.gain[Bands.COUNT * at + b];
        }
        return levels(gains, ways.slope[at], ways.curve[at], departure(ways, at).dot(emitter.axis), 1, length, length);
    }

    /** As the renderer has them: gain, distance model, directivity towards where the sound leaves, air, obstacles, and the curve of diffraction at each band's frequency. */
    private double[] levels(double[] gains, double slope, double curve, double cosine, double sided, double levelMeters, double length) {
        double source = emitter.gainLinear * emitter.distance.gainLinear(levelMeters);
        double[] decibels = new double[Bands.COUNT];
        for (int b = 0; b < Bands.COUNT; b++) {
            double directed = Math.pow(emitter.directivity.gainLinear(b, cosine), sided);
            double bend = LN_TO_DB * DiffractionShape.logGain(0, slope, curve, AirAbsorption.bandFrequencyHz(b));
            decibels[b] = Math.max(SILENT_DB, decibels(source * directed * gains[b]) - airDbPerMeter[b] * length + bend);
        }
        return decibels;
    }

    private void add(WorldReport.ArrivalKind kind, String what, Vector3 place, double length, double[] decibels, List<Vector3> bends) {
        Vector3 local = listener.pose.toLocal(place);
        all.add(new WorldReport.ArrivalReport(kind, what, Math.atan2(-local.x(), -local.z()), Math.atan2(local.y(), Math.hypot(local.x(), local.z())), length, delaySeconds(length), Bands.of(decibels), place, bends));
    }

    private double delaySeconds(double length) {
        return Math.max(0, length - straightMeters) / AcousticsSettings.SPEED_OF_SOUND;
    }

    private static Vector3 place(PropagationFrame.Ways ways, int at) {
        return new Vector3(ways.place[3 * at], ways.place[3 * at + 1], ways.place[3 * at + 2]);
    }

    private static Vector3 departure(PropagationFrame.Ways ways, int at) {
        return new Vector3(ways.departure[3 * at], ways.departure[3 * at + 1], ways.departure[3 * at + 2]);
    }

    private static double decibels(double gainLinear) {
        return Math.max(SILENT_DB, Decibels.fromLinear(gainLinear));
    }
}
