package io.pinna.internal.personal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.pinna.ResourceException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("fault")
class PersonalModelTest {
    private static void refused(byte[] bytes, String field, String reason) {
        ResourceException e = assertThrows(ResourceException.class, () -> new PersonalModel("m.npz", bytes));
        assertTrue(e.getMessage().startsWith("m.npz: "), e.getMessage());
        assertTrue(e.field().contains(field) && e.reason().contains(reason), e.getMessage());
    }

    private static byte[] npy(String header, byte[] data) {
        byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocate(10 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN).put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.ISO_8859_1)).put((byte) 1).put((byte) 0)
                .putShort((short) text.length).put(text).put(data).array();
    }

    private static byte[] with(String name, byte[] content) {
        SmallModel m = new SmallModel();
        m.files.put(name, content);
        return m.bytes();
    }

    @Test
    void readsAModelAndIgnoresWhatItDoesNotKnow() {
        PersonalModel model = new PersonalModel("m.npz", with("body_weights.npy", new byte[] {1, 2, 3}));
        assertEquals(6, model.basisCount());
        assertEquals(10, model.sharedCount());
        assertEquals(16, model.basisHarmonics());
        assertEquals(64, model.sha256().length());
        double left = model.mean().delaySeconds(0, 1, 0);
        assertTrue(left > 400e-6 && left < 480e-6, "delay " + left);
    }

    @Test
    void refusesWhatIsNoModel() {
        refused(new byte[0], "file", "not a NumPy archive");
        refused("not a zip at all".getBytes(StandardCharsets.UTF_8), "file", "not a NumPy archive");
        byte[] whole = new SmallModel().bytes();
        refused(Arrays.copyOf(whole, 2000), "file", "damaged");
        byte[] flipped = whole.clone();
        flipped[whole.length / 3] ^= 0x55;
        assertThrows(ResourceException.class, () -> new PersonalModel("m.npz", flipped));
        SmallModel none = new SmallModel();
        none.files.remove("model.json");
        refused(none.bytes(), "model.json", "missing");
        refused(with("model.json", "{".getBytes(StandardCharsets.UTF_8)), "model.json", "JSON");
        assertTrue(assertThrows(ResourceException.class, () -> PersonalModel.load(Path.of("nowhere.npz"))).getMessage().contains("does not exist"));
    }

    @Test
    void refusesOtherFormatsAndSettings() {
        refused(new SmallModel().with(null, "format", 2).bytes(), "format", "newer version");
        refused(new SmallModel().with(null, "format", 0).bytes(), "format", "needed is 1");
        refused(new SmallModel().with("settings", "shared_scale", -1).bytes(), "shared_scale", "allowed");
        refused(new SmallModel().with("settings", "shared_ear_correlation", 1).bytes(), "shared_ear_correlation", "allowed");
    }

    @Test
    void refusesArraysThatDoNotFit() {
        SmallModel m = new SmallModel();
        m.files.remove("noise.npy");
        refused(m.bytes(), "noise", "missing");
        refused(with("noise.npy", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", new byte[8])), "noise", "[2]");
        refused(with("noise.npy", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (129,), }", new byte[8])), "noise", "8 are there");
        refused(with("noise.npy", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (999999999, 999999999), }", new byte[8])), "noise", "does not fit");
        refused(with("noise.npy", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (-129,), }", new byte[516])), "noise", "cannot be understood");
        refused(with("noise.npy", npy("{'descr': '>f4', 'fortran_order': False, 'shape': (129,), }", new byte[516])), "noise", ">f4");
        refused(with("forward.npy", npy("{'descr': '<f4', 'fortran_order': True, 'shape': (129, 129), }", new byte[4 * 129 * 129])), "forward", "Fortran");
        refused(with("length.npy", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (129,), }", new byte[516])), "length", "positive");
        byte[] nan = new byte[516];
        ByteBuffer.wrap(nan).order(ByteOrder.LITTLE_ENDIAN).putFloat(40, Float.NaN);
        refused(with("noise.npy", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (129,), }", nan)), "noise", "NaN");
        refused(with("itd_mean_us.npy", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (5,), }", new byte[20])), "itd_mean_us", "square");
        refused(with("noise.npy", Arrays.copyOf(npy("", new byte[0]), 9)), "noise", "not a NumPy array");
        byte[] longHeader = npy("{'descr': '<f4', 'fortran_order': False, 'shape': (129,), }", new byte[516]);
        longHeader[8] = (byte) 0xff;
        longHeader[9] = (byte) 0xff;
        refused(with("noise.npy", longHeader), "noise", "header");
    }
}
