package io.pinna.hrtf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.InvalidValueException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class HrtfProfileTest {
    @Test
    @Tag("unit")
    void theEndingOfANameSaysWhatItIs() {
        assertEquals(HrtfProfile.sofa(Path.of("a.SOFA")), HrtfProfile.file(Path.of("a.SOFA")));
        assertEquals(HrtfProfile.personal(Path.of("x", "me.pinna")), HrtfProfile.file(Path.of("x", "me.pinna")));
        assertEquals(HrtfProfile.measurements(Path.of("me.csv")), HrtfProfile.file(Path.of("me.csv")));
        assertEquals(HrtfProfile.onnx(Path.of("head.Onnx")), HrtfProfile.file(Path.of("head.Onnx")));
        InvalidValueException e = assertThrows(InvalidValueException.class, () -> HrtfProfile.file(Path.of("me.wav")));
        assertTrue(e.getMessage().contains("me.wav") && e.getMessage().contains(".pinna") && e.getMessage().contains(".onnx"), e.getMessage());
        assertThrows(InvalidValueException.class, () -> HrtfProfile.file(null));
        assertThrows(InvalidValueException.class, () -> HrtfProfile.field(null));
        assertThrows(InvalidValueException.class, () -> HrtfProfile.onnx(null));
    }
}
