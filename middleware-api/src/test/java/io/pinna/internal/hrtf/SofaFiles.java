package io.pinna.internal.hrtf;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableDataset;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Builds SOFA files for tests: a correct SimpleFreeFieldHRIR 1.0 set by default, any part of which can be replaced or left out. */
public final class SofaFiles {
    private final Map<String, Object> attributes = new LinkedHashMap<>();
    private final Map<String, Object> variables = new LinkedHashMap<>();
    private final Map<String, Map<String, Object>> variableAttributes = new LinkedHashMap<>();

    /** Six directions on the axes, impulses: the ear on the source's side gets 1, the other 0.5; the response of measurement m starts at sample 8 + m. */
    public static SofaFiles octahedron() {
        SofaFiles s = new SofaFiles();
        double[][] positions = {{0, 0, 1.5}, {90, 0, 1.5}, {180, 0, 1.5}, {270, 0, 1.5}, {0, 90, 1.5}, {0, -90, 1.5}};
        double[][][] ir = new double[6][2][64];
        for (int m = 0; m < 6; m++) {
            ir[m][0][8 + m] = m == 3 ? 0.5 : 1;
            ir[m][1][8 + m] = m == 1 ? 0.5 : 1;
        }
        return s.set(positions, ir, 48000);
    }

    public SofaFiles set(double[][] positions, double[][][] ir, double rateHz) {
        attribute("Conventions", "SOFA").attribute("Version", "1.0").attribute("SOFAConventions", "SimpleFreeFieldHRIR").attribute("SOFAConventionsVersion", "1.0");
        attribute("DataType", "FIR").attribute("RoomType", "free field").attribute("Title", "test set").attribute("DatabaseName", "Pinna tests").attribute("ListenerShortName", "sphere");
        attribute("License", "CC0");
        variable("Data.IR", ir);
        variable("Data.SamplingRate", new double[] {rateHz}).attribute("Data.SamplingRate", "Units", "hertz");
        variable("Data.Delay", new double[][] {{0, 0}});
        variable("SourcePosition", positions).attribute("SourcePosition", "Type", "spherical").attribute("SourcePosition", "Units", "degree, degree, metre");
        variable("ListenerPosition", new double[][] {{0, 0, 0}}).attribute("ListenerPosition", "Type", "cartesian").attribute("ListenerPosition", "Units", "metre");
        variable("ListenerView", new double[][] {{1, 0, 0}}).attribute("ListenerView", "Type", "cartesian").attribute("ListenerView", "Units", "metre");
        variable("ListenerUp", new double[][] {{0, 0, 1}});
        attribute("ListenerUp", "Type", "cartesian").attribute("ListenerUp", "Units", "metre");
        variable("ReceiverPosition", new double[][][] {{{0}, {0.09}, {0}}, {{0}, {-0.09}, {0}}}).attribute("ReceiverPosition", "Type", "cartesian");
        return attribute("ReceiverPosition", "Units", "metre");
    }

    SofaFiles attribute(String name, Object value) {
        attributes.put(name, value);
        return this;
    }

    SofaFiles attribute(String variable, String name, Object value) {
        variableAttributes.computeIfAbsent(variable, k -> new LinkedHashMap<>()).put(name, value);
        return this;
    }

    public SofaFiles variable(String name, Object value) {
        variables.put(name, value);
        return this;
    }

    SofaFiles without(String name) {
        variables.remove(name);
        attributes.remove(name);
        return this;
    }

    SofaFiles withoutAttribute(String variable, String name) {
        variableAttributes.get(variable).remove(name);
        return this;
    }

    public Path write(Path file) {
        try (WritableHdfFile hdf = HdfFile.write(file)) {
            attributes.forEach(hdf::putAttribute);
            variables.forEach((name, value) -> {
                WritableDataset set = hdf.putDataset(name, value);
                variableAttributes.getOrDefault(name, Map.of()).forEach(set::putAttribute);
            });
        }
        return file;
    }
}
