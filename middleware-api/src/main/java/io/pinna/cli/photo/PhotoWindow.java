package io.pinna.cli.photo;

import io.pinna.InvalidValueException;
import io.pinna.PinnaException;
import io.pinna.hrtf.BodyMeasurement.Ear;
import io.pinna.hrtf.BodyMeasurement;
import io.pinna.hrtf.BodyMeasurements;
import io.pinna.hrtf.PhotoLandmark;
import io.pinna.hrtf.PhotoLandmarks.Kind;
import io.pinna.hrtf.PhotoLandmarks.ReferencePlace;
import io.pinna.hrtf.PhotoLandmarks;
import io.pinna.hrtf.PhotoMeasurement;
import java.awt.BorderLayout;
import java.awt.CardLayout;
import java.awt.Color;
import java.awt.Component;
import java.awt.Dimension;
import java.awt.FlowLayout;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.Graphics;
import java.awt.GridBagConstraints;
import java.awt.GridBagLayout;
import java.awt.Insets;
import java.awt.RenderingHints;
import java.awt.event.ActionEvent;
import java.awt.event.FocusAdapter;
import java.awt.event.FocusEvent;
import java.awt.event.KeyEvent;
import java.awt.event.WindowAdapter;
import java.awt.event.WindowEvent;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.CountDownLatch;
import javax.imageio.ImageIO;
import javax.swing.AbstractAction;
import javax.swing.BorderFactory;
import javax.swing.Box;
import javax.swing.BoxLayout;
import javax.swing.ButtonGroup;
import javax.swing.Icon;
import javax.swing.JButton;
import javax.swing.JComboBox;
import javax.swing.JComponent;
import javax.swing.JFileChooser;
import javax.swing.JFrame;
import javax.swing.JLabel;
import javax.swing.JOptionPane;
import javax.swing.JPanel;
import javax.swing.JTextArea;
import javax.swing.JTextField;
import javax.swing.JToggleButton;
import javax.swing.KeyStroke;
import javax.swing.SwingConstants;
import javax.swing.SwingUtilities;
import javax.swing.UIManager;
import javax.swing.UnsupportedLookAndFeelException;
import javax.swing.WindowConstants;
import javax.swing.filechooser.FileNameExtensionFilter;
import org.slf4j.LoggerFactory;

/** The window of {@code pinna hrtf measure-photo}: photos on the left, what to click next and the measurements on the right. Swing's thread, but for {@link #run}. */
public final class PhotoWindow {
    private static final Color GOOD = new Color(0x2E, 0x9E, 0x5B);
    private static final Color BAD = new Color(0xD3, 0x2F, 0x2F);
    private static final Color MISSING = new Color(0xC4, 0xC8, 0xCE);
    private static final Color PANEL = new Color(0xF6, 0xF7, 0xF9);
    private static final Color RULE = new Color(0xD9, 0xDD, 0xE3);
    private static final Color TEXT = new Color(0x22, 0x26, 0x2B);
    private static final Color QUIET = new Color(0x5F, 0x67, 0x70);
    private static final int SIDE_WIDTH = 344;
    private static final String PHOTO = "photo";
    private static final String EMPTY = "empty";

    /** What a reference may be. */
    private enum Reference {
        CARD_LONG("Bank card, long edge", PhotoLandmarks.CARD_CENTIMETERS),
        /** ISO/IEC 7810 ID-1. */
        CARD_SHORT("Bank card, short edge", 5.398),
        OTHER("Ruler or other", Double.NaN);

        private final String text;
        private final double centimeters;

        Reference(String text, double centimeters) {
            this.text = text;
            this.centimeters = centimeters;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    private final PhotoSession session = new PhotoSession();
    private final JFrame frame = new JFrame("Pinna: body measurements from photos");
    private final PhotoCanvas canvas = new PhotoCanvas(session);
    private final JPanel stage = new JPanel(new CardLayout());
    private final JLabel emptyTitle = new JLabel("", SwingConstants.CENTER);
    private final JTextArea emptyText = text(14f, QUIET);
    private final Map<Kind, JToggleButton> tabs = new EnumMap<>(Kind.class);
    private final Drawing drawing = new Drawing();
    private final JLabel progress = new JLabel(" ");
    private final JLabel title = new JLabel(" ");
    private final JTextArea instruction = text(13f, TEXT);
    private final JButton back = new JButton("Back");
    private final JButton undo = new JButton("Undo");
    private final JButton skip = new JButton("Skip");
    private final JComboBox<Reference> reference = new JComboBox<>(Reference.values());
    private final JTextField referenceLength = new JTextField(5);
    private final JComboBox<String> place = new JComboBox<>();
    private final JTextField distance = new JTextField(5);
    private final Map<BodyMeasurement, JLabel> names = new EnumMap<>(BodyMeasurement.class);
    private final Map<BodyMeasurement, JLabel> values = new EnumMap<>(BodyMeasurement.class);
    private final JTextArea message = text(12f, QUIET);
    private final JButton save = new JButton("Save measurements…");
    private final Map<String, BufferedImage> drawings = new HashMap<>();
    private final Path output;
    private final CountDownLatch closed = new CountDownLatch(1);
    private boolean wroteMeasurements;
    /** While the controls are being filled from the session, their events mean nothing. */
    private boolean filling;

    /** @param output where to save the measurements, null to ask */
    PhotoWindow(Path output) {
        this.output = output;
        frame.setLayout(new BorderLayout());
        frame.add(top(), BorderLayout.NORTH);
        frame.add(stage(), BorderLayout.CENTER);
        frame.add(side(), BorderLayout.EAST);
        frame.add(settings(), BorderLayout.SOUTH);
        frame.setMinimumSize(new Dimension(1000, 680));
        frame.setSize(1280, 800);
        frame.setDefaultCloseOperation(WindowConstants.DO_NOTHING_ON_CLOSE);
        frame.addWindowListener(new WindowAdapter() {
            @Override
            public void windowClosing(WindowEvent e) {
                close();
            }
        });
        shortcut("undo", KeyStroke.getKeyStroke(KeyEvent.VK_Z, frame.getToolkit().getMenuShortcutKeyMaskEx()), session::undo);
        session.listen(this::show);
        show();
    }

    /**
     * Opens the window and waits until it is closed. Not on Swing's thread.
     *
     * @param photos    to open, by what they show
     * @param landmarks to load, or null
     * @param output    where to save the measurements, or null to ask
     * @return false if the measurements should have gone to a file and were not saved
     * @throws PinnaException if a photo or the landmarks cannot be read
     */
    public static boolean run(Map<Kind, Path> photos, Path landmarks, Path output) throws InterruptedException {
        LandmarkFile file = landmarks == null ? null : LandmarkFile.read(landmarks);
        Map<Kind, BufferedImage> images = new EnumMap<>(Kind.class);
        photos.forEach((kind, path) -> images.put(kind, PhotoReader.read(path)));
        PhotoWindow[] window = new PhotoWindow[1];
        try {
            SwingUtilities.invokeAndWait(() -> {
                lookAndFeel();
                window[0] = new PhotoWindow(output);
                if (file != null) {
                    window[0].load(file);
                }
                images.forEach((kind, image) -> window[0].session.open(kind, photos.get(kind), image));
                if (images.containsKey(Kind.FRONT)) {
                    window[0].session.activate(Kind.FRONT);
                }
                window[0].frame.setLocationByPlatform(true);
                window[0].frame.setVisible(true);
            });
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof PinnaException known) {
                throw known;
            }
            throw new PinnaException("the window could not be opened: " + e.getCause(), e);
        }
        window[0].closed.await();
        return output == null || window[0].wroteMeasurements;
    }

    /** The system's own on Windows and macOS; elsewhere Nimbus, because GTK's is not part of every Java. */
    static void lookAndFeel() {
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        try {
            if (system.contains("windows") || system.contains("mac")) {
                UIManager.setLookAndFeel(UIManager.getSystemLookAndFeelClassName());
            } else {
                UIManager.put("control", PANEL);
                UIManager.put("nimbusBase", new Color(0x3B, 0x6E, 0xA5));
                UIManager.put("nimbusBlueGrey", new Color(0xC6, 0xCE, 0xD8));
                UIManager.put("nimbusFocus", new Color(0x7F, 0xB0, 0xE6));
                UIManager.put("defaultFont", new Font(Font.SANS_SERIF, Font.PLAIN, 13));
                UIManager.setLookAndFeel("javax.swing.plaf.nimbus.NimbusLookAndFeel");
            }
        } catch (ReflectiveOperationException | UnsupportedLookAndFeelException e) {
            LoggerFactory.getLogger(PhotoWindow.class).info("no look and feel of choice: {}", e.toString());
        }
    }

    JFrame frame() {
        return frame;
    }

    PhotoSession session() {
        return session;
    }

    PhotoCanvas canvas() {
        return canvas;
    }

    private void shortcut(String name, KeyStroke stroke, Runnable action) {
        frame.getRootPane().getInputMap(JComponent.WHEN_IN_FOCUSED_WINDOW).put(stroke, name);
        frame.getRootPane().getActionMap().put(name, new AbstractAction() {
            private static final long serialVersionUID = 1L;

            @Override
            public void actionPerformed(ActionEvent e) {
                action.run();
            }
        });
    }

    // --- Building ---

    private static JTextArea text(float size, Color colour) {
        JTextArea t = new JTextArea();
        t.setEditable(false);
        t.setFocusable(false);
        t.setLineWrap(true);
        t.setWrapStyleWord(true);
        t.setOpaque(false);
        t.setBackground(new Color(0, 0, 0, 0));
        t.setBorder(BorderFactory.createEmptyBorder());
        t.setForeground(colour);
        t.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13).deriveFont(size));
        return t;
    }

    private JComponent top() {
        JPanel bar = new JPanel(new BorderLayout());
        bar.setBorder(BorderFactory.createCompoundBorder(BorderFactory.createMatteBorder(0, 0, 1, 0, RULE), BorderFactory.createEmptyBorder(8, 12, 8, 12)));
        JPanel left = new JPanel(new FlowLayout(FlowLayout.LEFT, 6, 0));
        ButtonGroup group = new ButtonGroup();
        for (Kind kind : Kind.values()) {
            JToggleButton tab = new JToggleButton();
            tab.setFont(tab.getFont().deriveFont(Font.BOLD));
            tab.addActionListener(e -> session.activate(kind));
            tabs.put(kind, tab);
            group.add(tab);
            left.add(tab);
        }
        JPanel right = new JPanel(new FlowLayout(FlowLayout.RIGHT, 6, 0));
        right.add(button("Open photo…", () -> choosePhoto(session.active().kind())));
        right.add(button("Load points…", this::chooseLandmarks));
        right.add(button("Save points…", this::saveLandmarks));
        bar.add(left, BorderLayout.WEST);
        bar.add(right, BorderLayout.EAST);
        return bar;
    }

    private static JButton button(String text, Runnable action) {
        JButton b = new JButton(text);
        b.addActionListener(e -> action.run());
        return b;
    }

    private JComponent stage() {
        JPanel empty = new JPanel(new GridBagLayout());
        empty.setBackground(new Color(0xEC, 0xEF, 0xF3));
        JPanel inner = new JPanel();
        inner.setOpaque(false);
        inner.setLayout(new BoxLayout(inner, BoxLayout.Y_AXIS));
        emptyTitle.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 22));
        emptyTitle.setForeground(TEXT);
        emptyTitle.setAlignmentX(Component.CENTER_ALIGNMENT);
        emptyText.setAlignmentX(Component.CENTER_ALIGNMENT);
        emptyText.setMaximumSize(new Dimension(460, 200));
        emptyText.setSize(new Dimension(460, 150));
        emptyText.setColumns(40);
        JButton open = button("Open photo…", () -> choosePhoto(session.active().kind()));
        open.setFont(open.getFont().deriveFont(Font.BOLD, 15f));
        open.setAlignmentX(Component.CENTER_ALIGNMENT);
        inner.add(emptyTitle);
        inner.add(Box.createVerticalStrut(14));
        inner.add(emptyText);
        inner.add(Box.createVerticalStrut(18));
        inner.add(open);
        empty.add(inner);
        stage.add(empty, EMPTY);
        stage.add(canvas, PHOTO);
        return stage;
    }

    /** In one line below everything: what the reference is, and where the camera was. */
    private JComponent settings() {
        JPanel bar = new JPanel(new FlowLayout(FlowLayout.LEFT, 6, 0));
        bar.setBorder(BorderFactory.createCompoundBorder(BorderFactory.createMatteBorder(1, 0, 0, 0, RULE), BorderFactory.createEmptyBorder(7, 8, 7, 8)));
        bar.add(new JLabel("Reference held up"));
        bar.add(reference);
        bar.add(referenceLength);
        bar.add(new JLabel("cm,"));
        bar.add(place);
        bar.add(Box.createHorizontalStrut(18));
        JLabel far = new JLabel("Distance from camera to reference");
        bar.add(far);
        bar.add(distance);
        bar.add(new JLabel("cm (if you know it)"));
        reference.setToolTipText("What you hold beside or against the head, square to the camera.");
        referenceLength.setToolTipText("Length between the two points you click, 0.5 to 200 cm.");
        place.setToolTipText("Where it is held. What lies further from the camera looks smaller, and is corrected for it.");
        String tip = "From the lens to the reference, 20 to 2000 cm. Leave it empty if you do not know it; then perspective is not corrected.";
        distance.setToolTipText(tip);
        far.setToolTipText(tip);
        reference.addActionListener(e -> {
            Reference r = (Reference) reference.getSelectedItem();
            if (!filling && r != null && !Double.isNaN(r.centimeters)) {
                referenceLength.setText(number(r.centimeters));
                takeSettings();
            } else if (!filling) {
                referenceLength.requestFocusInWindow();
                referenceLength.selectAll();
            }
        });
        place.addActionListener(e -> takeSettings());
        for (JTextField field : new JTextField[] {referenceLength, distance}) {
            field.addActionListener(e -> takeSettings());
            field.addFocusListener(new FocusAdapter() {
                @Override
                public void focusLost(FocusEvent e) {
                    takeSettings();
                }
            });
        }
        return bar;
    }

    private JComponent side() {
        JPanel side = new JPanel();
        side.setLayout(new BoxLayout(side, BoxLayout.Y_AXIS));
        side.setBorder(BorderFactory.createCompoundBorder(BorderFactory.createMatteBorder(0, 1, 0, 0, RULE), BorderFactory.createEmptyBorder(10, 12, 10, 12)));
        side.setPreferredSize(new Dimension(SIDE_WIDTH, 0));

        JPanel guide = new JPanel(new BorderLayout(0, 6));
        guide.add(drawing, BorderLayout.CENTER);
        JPanel words = new JPanel(new BorderLayout(0, 2));
        progress.setForeground(QUIET);
        progress.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12));
        title.setFont(new Font(Font.SANS_SERIF, Font.BOLD, 16));
        title.setForeground(TEXT);
        words.add(progress, BorderLayout.NORTH);
        words.add(title, BorderLayout.CENTER);
        instruction.setRows(4);
        words.add(instruction, BorderLayout.SOUTH);
        JPanel below = new JPanel(new BorderLayout(0, 6));
        below.add(words, BorderLayout.CENTER);
        guide.add(below, BorderLayout.SOUTH);
        JPanel steps = new JPanel();
        steps.setLayout(new BoxLayout(steps, BoxLayout.X_AXIS));
        back.addActionListener(e -> session.back());
        back.setToolTipText("Mark the point before this one again.");
        undo.addActionListener(e -> session.undo());
        undo.setToolTipText("Take the last mark or move back (Ctrl+Z).");
        skip.addActionListener(e -> skipOrGoOn());
        steps.add(back);
        steps.add(Box.createHorizontalStrut(8));
        steps.add(undo);
        steps.add(Box.createHorizontalStrut(8));
        steps.add(skip);
        below.add(steps, BorderLayout.SOUTH);
        side.add(guide);
        side.add(Box.createVerticalStrut(8));

        JPanel table = new JPanel(new GridBagLayout());
        table.setBorder(BorderFactory.createCompoundBorder(BorderFactory.createMatteBorder(1, 0, 0, 0, RULE), BorderFactory.createEmptyBorder(6, 0, 0, 0)));
        GridBagConstraints at = new GridBagConstraints();
        at.anchor = GridBagConstraints.WEST;
        at.insets = new Insets(0, 0, 0, 0);
        at.gridy = 0;
        for (BodyMeasurement m : BodyMeasurement.values()) {
            JLabel name = new JLabel();
            name.setIconTextGap(7);
            name.setText(m.plainName().substring(0, 1).toUpperCase(Locale.ROOT) + m.plainName().substring(1));
            JLabel value = new JLabel("", SwingConstants.RIGHT);
            String tip = "<html><b>" + m.term() + " (" + m.symbol() + ")</b><br>" + m.definition() + "<br>plausible: " + number(m.lowest()) + " to " + number(m.highest()) + " " + m.unit() + "</html>";
            name.setToolTipText(tip);
            value.setToolTipText(tip);
            at.gridx = 0;
            at.weightx = 1;
            at.ipady = 3;
            at.fill = GridBagConstraints.HORIZONTAL;
            table.add(name, at);
            at.gridx = 1;
            at.weightx = 0;
            table.add(value, at);
            at.gridy++;
            names.put(m, name);
            values.put(m, value);
        }
        table.setMaximumSize(new Dimension(Integer.MAX_VALUE, table.getPreferredSize().height + 20));
        side.add(table);
        side.add(Box.createVerticalStrut(6));
        JPanel foot = new JPanel(new BorderLayout(0, 6));
        message.setRows(3);
        foot.add(message, BorderLayout.CENTER);
        save.setFont(save.getFont().deriveFont(Font.BOLD, 14f));
        save.addActionListener(e -> saveMeasurements());
        foot.add(save, BorderLayout.SOUTH);
        foot.setMaximumSize(new Dimension(Integer.MAX_VALUE, foot.getPreferredSize().height));
        foot.setMinimumSize(foot.getPreferredSize());
        side.add(foot);
        for (Component c : side.getComponents()) {
            ((JComponent) c).setAlignmentX(Component.LEFT_ALIGNMENT);
        }
        return side;
    }

    /** A filled circle: how a measurement stands. */
    private record Dot(Color colour, boolean filled) implements Icon {
        @Override
        public void paintIcon(Component c, Graphics graphics, int x, int y) {
            Graphics2D g = (Graphics2D) graphics.create();
            g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            g.setColor(colour);
            if (filled) {
                g.fillOval(x, y, 10, 10);
            } else {
                g.drawOval(x, y, 9, 9);
            }
            g.dispose();
        }

        @Override
        public int getIconWidth() {
            return 10;
        }

        @Override
        public int getIconHeight() {
            return 10;
        }
    }

    // --- Showing ---

    private static String name(Kind kind) {
        return switch (kind) {
            case FRONT -> "Front photo";
            case LEFT -> "Left side";
            case RIGHT -> "Right side";
        };
    }

    private static String number(double value) {
        String s = String.format(Locale.ROOT, "%.3f", value);
        return s.replaceAll("\\.?0+$", "");
    }

    private void show() {
        PhotoSession.View v = session.active();
        filling = true;
        for (Kind kind : Kind.values()) {
            PhotoSession.View w = session.view(kind);
            JToggleButton tab = tabs.get(kind);
            boolean untouched = w.image() == null && w.points().isEmpty();
            tab.setText(name(kind) + (!untouched ? "  " + w.marked() + "/" + w.wanted() : kind == Kind.RIGHT ? " (optional)" : ""));
            tab.setIcon(new Dot(w.marked() == w.wanted() ? GOOD : MISSING, w.marked() > 0));
            tab.setSelected(kind == v.kind());
        }
        ((CardLayout) stage.getLayout()).show(stage, v.image() == null ? EMPTY : PHOTO);
        emptyTitle.setText(name(v.kind()));
        emptyText.setText(v.kind() == Kind.FRONT
                ? "A photo of your face and shoulders, from 1.5 m away or more, the camera level and at the height of your eyes. Arms hang, hair is flat or tied back. Hold a bank card or a ruler "
                        + "against your forehead, square to the camera."
                : "A photo of the " + v.kind().word() + " side of your head, from 1.5 m away or more, the camera level and at the height of your ear, the ear in full view. Hold a bank card or a ruler on "
                        + "your head at the ear, square to the camera. " + (v.kind() == Kind.RIGHT ? "With both sides each ear gets its own measurements; one side will do." : "The face looks to the left."));
        if (!referenceLength.hasFocus()) {
            referenceLength.setText(number(v.referenceCm()));
        }
        Reference shown = Reference.OTHER;
        for (Reference r : Reference.values()) {
            shown = r.centimeters == v.referenceCm() ? r : shown;
        }
        reference.setSelectedItem(shown);
        place.removeAllItems();
        for (ReferencePlace p : ReferencePlace.values()) {
            if (p.fits(v.kind())) {
                place.addItem(place(p));
            }
        }
        place.setSelectedItem(place(v.place()));
        if (!distance.hasFocus()) {
            distance.setText(v.distanceCm().isPresent() ? number(v.distanceCm().getAsDouble()) : "");
        }
        filling = false;
        guide(v);
        outcome();
    }

    private static String place(ReferencePlace p) {
        return switch (p) {
            case FOREHEAD -> "at the forehead";
            case EAR -> "beside the ear";
            case MIDLINE -> "over the nose";
        };
    }

    private void guide(PhotoSession.View v) {
        PhotoLandmark l = v.current();
        back.setEnabled(v.currentIndex() > 0);
        undo.setEnabled(session.canUndo());
        Kind next = nextKind();
        if (l == null) {
            progress.setText(name(v.kind()));
            title.setText(v.marked() == v.wanted() ? "All points are marked" : v.marked() + " of " + v.wanted() + " points are marked");
            instruction.setText("Drag a point to correct it; the arrow keys move it in small steps." + (next == null ? " Then save the measurements." : " Then go on with the photo of the " + (next == Kind.FRONT ? "front." : next.word() + " side.")));
            drawing.show(drawing(v, v.landmarks().get(v.landmarks().size() - 1)), v.kind() == Kind.RIGHT);
            skip.setText(next == null ? "Save…" : "Go on");
        } else {
            progress.setText(name(v.kind()) + ": point " + (v.currentIndex() + 1) + " of " + v.landmarks().size() + (l.isOptional() ? " (optional)" : ""));
            title.setText(l.title());
            instruction.setText(l.instruction());
            drawing.show(drawing(v, l), v.kind() == Kind.RIGHT);
            skip.setText("Skip");
        }
        skip.setEnabled(v.image() != null || l == null);
        skip.setToolTipText(l == null ? null : "Go on without this point; its measurement stays missing.");
    }

    /** What to mark after this photo: the next of front and left side that is not finished. */
    private Kind nextKind() {
        for (Kind kind : new Kind[] {Kind.FRONT, Kind.LEFT}) {
            boolean other = kind == Kind.LEFT && session.view(Kind.RIGHT).marked() > 0;
            if (kind != session.active().kind() && session.view(kind).current() != null && !other) {
                return kind;
            }
        }
        return null;
    }

    private void skipOrGoOn() {
        if (session.active().current() != null) {
            session.skip();
        } else if (nextKind() != null) {
            session.activate(nextKind());
        } else {
            saveMeasurements();
        }
    }

    private BufferedImage drawing(PhotoSession.View v, PhotoLandmark l) {
        return drawings.computeIfAbsent(l.fieldName() + v.kind().view(), k -> {
            try {
                return ImageIO.read(new ByteArrayInputStream(l.drawing(v.kind().view())));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** A drawing as large as its place allows, on white. Only its height gives way when the window is small. */
    private static final class Drawing extends JComponent {
        private static final long serialVersionUID = 1L;

        private transient BufferedImage image;
        private boolean mirrored;

        Drawing() {
            setPreferredSize(new Dimension(SIDE_WIDTH - 26, 176));
            setMinimumSize(new Dimension(100, 100));
            setBorder(BorderFactory.createLineBorder(RULE));
        }

        void show(BufferedImage value, boolean inTheMirror) {
            image = value;
            mirrored = inTheMirror;
            repaint();
        }

        @Override
        protected void paintComponent(Graphics graphics) {
            Graphics2D g = (Graphics2D) graphics.create();
            g.setColor(Color.WHITE);
            g.fillRect(0, 0, getWidth(), getHeight());
            if (image != null) {
                g.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
                g.setRenderingHint(RenderingHints.KEY_RENDERING, RenderingHints.VALUE_RENDER_QUALITY);
                double scale = Math.min((getWidth() - 4.0) / image.getWidth(), (getHeight() - 4.0) / image.getHeight());
                int w = (int) Math.round(scale * image.getWidth());
                int h = (int) Math.round(scale * image.getHeight());
                int x = (getWidth() - w) / 2;
                int y = (getHeight() - h) / 2;
                g.drawImage(image, mirrored ? x + w : x, y, mirrored ? -w : w, h, this);
            }
            g.dispose();
        }
    }

    private void outcome() {
        PhotoSession.Outcome outcome = session.measure();
        PhotoMeasurement measured = outcome.measurement();
        boolean any = false;
        String implausible = null;
        for (BodyMeasurement m : BodyMeasurement.values()) {
            StringBuilder s = new StringBuilder();
            boolean plausible = true;
            for (Ear ear : m.isOfEar() ? Ear.values() : new Ear[] {Ear.LEFT}) {
                OptionalDouble value = measured == null ? OptionalDouble.empty() : measured.value(m, ear);
                if (value.isPresent()) {
                    String mark = m.isOfEar() ? ear == Ear.LEFT ? "L " : "R " : "";
                    s.append(s.length() == 0 ? "" : "  ").append(mark).append(String.format(Locale.ROOT, m.isAngle() ? "%.1f" : "%.2f", value.getAsDouble()));
                    plausible &= m.isPlausible(value.getAsDouble());
                }
            }
            boolean there = s.length() > 0;
            if (!plausible && implausible == null) {
                implausible = names.get(m).getText() + " is not plausible: " + number(m.lowest()) + " to " + number(m.highest()) + " " + m.unit() + " is. Check its points"
                        + (m.isAngle() ? " and that the photo is upright." : ", the reference and its length.");
            }
            any |= there;
            values.get(m).setText(there ? s.append(m.isAngle() ? " °" : " cm").toString() : "–");
            values.get(m).setForeground(!there ? QUIET : plausible ? TEXT : BAD);
            names.get(m).setIcon(new Dot(!there ? MISSING : plausible ? GOOD : BAD, there));
        }
        boolean faulty = outcome.problem() != null && (any || measured == null);
        message.setForeground(faulty ? BAD : QUIET);
        if (faulty) {
            message.setText(implausible != null ? implausible : sentence(outcome.problem()));
        } else if (!any) {
            message.setText("Measurements appear here as soon as their points are marked. Missing ones are filled in later from the others.");
        } else {
            message.setText(measured.notes().isEmpty() ? "Everything marked is plausible. Missing measurements are filled in later from the others." : String.join(" ", measured.notes()));
        }
        message.setToolTipText(faulty || measured == null || measured.notes().isEmpty() ? null : "<html><p style='width:300px'>" + String.join("<br>", measured.notes()) + "</p></html>");
        save.setEnabled(any && outcome.problem() == null);
    }

    private static String sentence(String problem) {
        return problem.substring(0, 1).toUpperCase(Locale.ROOT) + problem.substring(1) + ".";
    }

    // --- Doing ---

    private void takeSettings() {
        if (filling) {
            return;
        }
        PhotoSession.View v = session.active();
        try {
            double length = value(referenceLength, "length of the reference");
            OptionalDouble far = distance.getText().isBlank() ? OptionalDouble.empty() : OptionalDouble.of(value(distance, "camera distance"));
            ReferencePlace chosen = v.place();
            for (ReferencePlace p : ReferencePlace.values()) {
                chosen = p.fits(v.kind()) && place(p).equals(place.getSelectedItem()) ? p : chosen;
            }
            if (length != v.referenceCm() || chosen != v.place() || !far.equals(v.distanceCm())) {
                session.settings(length, chosen, far);
            }
        } catch (InvalidValueException e) {
            // Beside the field rather than in a dialog, which would steal the focus that is just moving.
            message.setForeground(BAD);
            message.setText(sentence(e.getMessage()));
        }
    }

    private static double value(JTextField field, String name) {
        try {
            return Double.parseDouble(field.getText().strip().replace(',', '.'));
        } catch (NumberFormatException e) {
            throw new InvalidValueException(name + " is \"" + field.getText() + "\"; give a number of centimetres");
        }
    }

    private JFileChooser chooser(String what, String... extensions) {
        JFileChooser c = new JFileChooser(folder());
        c.setFileFilter(new FileNameExtensionFilter(what, extensions));
        return c;
    }

    private File folder() {
        for (Kind kind : Kind.values()) {
            Path file = session.view(kind).file();
            if (file != null && file.toAbsolutePath().getParent() != null) {
                return file.toAbsolutePath().getParent().toFile();
            }
        }
        return new File("").getAbsoluteFile();
    }

    private void choosePhoto(Kind kind) {
        JFileChooser c = chooser("Pictures (PNG, JPEG)", "png", "jpg", "jpeg");
        if (c.showOpenDialog(frame) == JFileChooser.APPROVE_OPTION) {
            attempt(() -> openPhoto(kind, c.getSelectedFile().toPath()));
        }
    }

    void openPhoto(Kind kind, Path file) {
        session.open(kind, file, PhotoReader.read(file));
    }

    private void chooseLandmarks() {
        JFileChooser c = chooser("Points (JSON)", "json");
        boolean overwrites = session.isUnsaved() && JOptionPane.showConfirmDialog(frame, "The points that are marked now will be replaced.", "Load points", JOptionPane.OK_CANCEL_OPTION) != JOptionPane.OK_OPTION;
        if (!overwrites && c.showOpenDialog(frame) == JFileChooser.APPROVE_OPTION) {
            attempt(() -> load(LandmarkFile.read(c.getSelectedFile().toPath())));
        }
    }

    /** Takes over landmarks and the photos that they name. */
    void load(LandmarkFile file) {
        Map<Kind, BufferedImage> images = new EnumMap<>(Kind.class);
        for (LandmarkFile.Photo p : file.photos()) {
            if (p.file() != null) {
                images.put(p.landmarks().kind(), PhotoReader.read(p.file()));
            }
        }
        session.load(file, images);
    }

    private void saveLandmarks() {
        JFileChooser c = chooser("Points (JSON)", "json");
        c.setSelectedFile(new File(folder(), "landmarks.json"));
        if (c.showSaveDialog(frame) == JFileChooser.APPROVE_OPTION && mayWrite(c.getSelectedFile())) {
            attempt(() -> {
                session.file().write(c.getSelectedFile().toPath());
                session.saved();
            });
        }
    }

    private void saveMeasurements() {
        if (session.measure().problem() != null) {
            return;
        }
        Path file = output;
        if (file == null) {
            JFileChooser c = chooser("Measurements (CSV)", "csv");
            c.setSelectedFile(new File(folder(), "me.csv"));
            if (c.showSaveDialog(frame) != JFileChooser.APPROVE_OPTION || !mayWrite(c.getSelectedFile())) {
                return;
            }
            file = c.getSelectedFile().toPath();
        }
        Path to = file;
        attempt(() -> writeMeasurements(to));
    }

    void writeMeasurements(Path file) {
        BodyMeasurements checked = session.measure().measurement().measurements();
        checked.write(file);
        wroteMeasurements = true;
        session.saved();
        message.setForeground(GOOD);
        message.setText(checked.count() + " values saved to " + file.toAbsolutePath() + ".");
    }

    private boolean mayWrite(File file) {
        return !Files.exists(file.toPath())
                || JOptionPane.showConfirmDialog(frame, file.getName() + " is there already. Replace it?", "Save", JOptionPane.OK_CANCEL_OPTION) == JOptionPane.OK_OPTION;
    }

    private void attempt(Runnable action) {
        try {
            action.run();
        } catch (PinnaException e) {
            JTextArea t = text(13f, TEXT);
            t.setText(e.getMessage());
            t.setSize(new Dimension(460, 10));
            JOptionPane.showMessageDialog(frame, t, "That did not work", JOptionPane.ERROR_MESSAGE);
        }
    }

    private void close() {
        if (session.isUnsaved() && !session.file().photos().isEmpty()) {
            List<String> choices = List.of("Close", "Cancel");
            int answer = JOptionPane.showOptionDialog(frame, "The points and measurements are not saved. Close all the same?", "Close", JOptionPane.DEFAULT_OPTION, JOptionPane.QUESTION_MESSAGE, null,
                    choices.toArray(), choices.get(1));
            if (answer != 0) {
                return;
            }
        }
        frame.dispose();
        closed.countDown();
    }
}
