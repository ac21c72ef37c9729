package io.pinna.hrtf;

import io.pinna.InvalidValueException;
import io.pinna.ResourceException;
import io.pinna.internal.Check;
import io.pinna.internal.personal.SparseFit;
import java.nio.file.Path;
import java.util.List;

/**
 * A personal HRTF from acoustic measurements in a few directions: the rest of the sphere is completed by what people's ears have in common (a Gaussian process, whose prior was learnt from many people).
 * Any thread but the audio thread; a call blocks for about a second for 5 directions, some seconds for 100.
 *
 * <p><b>What it takes</b>: one or several SOFA files of one person, from 3 directions that are at least 10° apart. Of more than 300 the 300 that are spread best are used. Measurements of the same direction
 * (within 1°) are averaged, levels in dB; at several distances the one nearest to 1 m counts. Sources nearer than 0.5 m are left out, sources at other distances than 1 m taken as they are. Rates from
 * 44.1 kHz. Of responses longer than 5.8 ms the direct sound counts: from 1 ms before the onset of each ear to 3.5 ms after it, and a fade of 1 ms.
 *
 * <p><b>What it refuses</b>: too few directions; ears without sound; interaural delays that contradict the directions (ears or azimuths the wrong way round), or that no head has (a wrong sample rate,
 * delays left out of the file, no responses of a head at all); two measurements of one direction that contradict each other (by more than 3 dB or 60 µs); levels of which more than a third are farther
 * than 8 dB from the others.
 *
 * <p><b>What it decides, and says</b> in {@link PersonalHrtf#notes}: a set whose level differs from the model's by more than people do (4 dB, four standard deviations of people; median over directions
 * and ears of the mean level from 0.3 to 8 kHz) was made with another reference and is shifted to the model's level; a file whose level differs by more than 8 dB from that of the file with most
 * measurements is brought to that; a direction whose level differs by more than 8 dB from the others' is left out; ears whose levels differ by more than 5.5 dB beyond what is expected, in all directions
 * alike, are brought together by half of it each; one channel of inverted polarity is turned; a delay that contradicts those of the other directions is left out; directions that
 * leave a side of the head unheard are told.
 */
public final class HrtfFit {
    private HrtfFit() {
    }

    /** As {@link #fromMeasured(List, FitSettings)}, from one file. */
    public static PersonalHrtf fromMeasured(Path sparseSofa, FitSettings settings) {
        return fromMeasured(List.of(Check.notNull(sparseSofa, "sparseSofa")), settings);
    }

    /**
     * Completes a person's sphere.
     *
     * @param sparseSofas files of one person (SimpleFreeFieldHRIR, or GeneralFIR of a head)
     * @param settings    see there
     * @throws InvalidValueException if an argument is null or there is no file
     * @throws ResourceException     if a file cannot be used, for any of the reasons above, or the model cannot
     */
    public static PersonalHrtf fromMeasured(List<Path> sparseSofas, FitSettings settings) {
        Check.notNull(settings, "settings");
        Check.notNull(sparseSofas, "sparseSofas");
        if (sparseSofas.isEmpty()) {
            throw new InvalidValueException("sparseSofas is empty; give at least one file");
        }
        return SparseFit.fit(sparseSofas, settings, (done, total) -> { });
    }
}
