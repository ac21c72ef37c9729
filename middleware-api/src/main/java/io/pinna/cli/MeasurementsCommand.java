package io.pinna.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.pinna.hrtf.BodyMeasurement;
import io.pinna.hrtf.BodyMeasurement.Ear;
import io.pinna.hrtf.BodyMeasurements;
import io.pinna.hrtf.CompletedMeasurements;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code pinna hrtf measurements}: checks a file of body measurements and shows what is imputed. */
@Command(name = "measurements", mixinStandardHelpOptions = true, versionProvider = Pinna.VersionProvider.class,
        description = {"Checks body measurements and shows what is made of them: given values, and imputed ones with their uncertainty. Implausible ones are refused.",
            "The form is that of 'pinna hrtf measurements-template'; files with the columns of CIPIC and HUTUBS do as well."})
final class MeasurementsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "A CSV file of measurements.")
    private Path file;

    @Option(names = "--row", paramLabel = "ID", description = "Which person, by the column id (or SubjectID), in a file of several.")
    private String row;

    @Option(names = "--json", description = "As JSON.")
    private boolean json;

    @Override
    public Integer call() throws JsonProcessingException {
        CompletedMeasurements completed = BodyMeasurements.read(file, row).complete();
        spec.commandLine().getOut().println(json ? new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(document(completed)) : completed.describe());
        return Pinna.OK;
    }

    private Map<String, Object> document(CompletedMeasurements completed) {
        List<Object> list = new ArrayList<>();
        for (BodyMeasurement m : BodyMeasurement.values()) {
            for (Ear ear : m.isOfEar() ? Ear.values() : new Ear[] {Ear.LEFT}) {
                Map<String, Object> entry = new LinkedHashMap<>();
                entry.put("name", (m.isOfEar() ? ear.word() + "_" : "") + m.columnName());
                entry.put("symbol", m.symbol());
                entry.put("unit", m.unit());
                entry.put("value", completed.value(m, ear));
                entry.put("imputed", completed.isImputed(m, ear));
                entry.put("standardDeviation", completed.standardDeviation(m, ear));
                list.add(entry);
            }
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("file", file.toString());
        document.put("measured", completed.measuredCount());
        document.put("measurements", list);
        document.put("notes", completed.notes());
        return document;
    }
}
