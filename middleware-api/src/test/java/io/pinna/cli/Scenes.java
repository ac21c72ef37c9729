package io.pinna.cli;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** The example scenes, and scenes made of text, for the tests of this package. */
final class Scenes {
    static final String DRY = "\"acoustics\": { \"occlusion\": false, \"transmission\": false, \"airAbsorption\": false, \"doppler\": false, \"propagationDelay\": false }, \"limiter\": false";
    static final String STILL = "[ { \"position\": [0, 0, 0] } ]";

    private Scenes() {
    }

    static Path path(String name) {
        try {
            return Path.of(Scenes.class.getResource("/scenes/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    /** A scene as if it stood in the folder of the examples. Single quotes stand for double ones. */
    static SceneFile parse(String json) {
        return SceneFile.parse(path("full.json").resolveSibling("test.json"), json.replace('\'', '"'));
    }

    /** One listener at the origin and one emitter. */
    static SceneFile one(double seconds, String emitter, String rest) {
        return parse("{ 'durationSeconds': " + seconds + ", 'listeners': [ { 'name': 'ears', 'path': " + STILL + " } ], 'emitters': [ { " + emitter + " } ], " + rest + " }");
    }

    /** What the first listener hears, left and right, and what the world says at the end. */
    static float[][] render(SceneFile scene) {
        return render(scene, r -> { });
    }

    static float[][] render(SceneFile scene, Consumer<RenderReport> look) {
        try (SceneRenderer renderer = new SceneRenderer(scene, l -> SceneOutput.memory(scene.frames(), 0.1), 0.1)) {
            look.accept(renderer.renderAll(b -> { }));
            SceneOutput first = renderer.outputs().get(0);
            return new float[][] {first.left(), first.right()};
        }
    }

    static double rmsDb(float[] x, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += (double) x[i] * x[i];
        }
        return 10 * Math.log10(sum / (to - from));
    }

    static int peakAt(float[] x) {
        int at = 0;
        for (int i = 0; i < x.length; i++) {
            if (Math.abs(x[i]) > Math.abs(x[at])) {
                at = i;
            }
        }
        return at;
    }
}
