package io.pinna.cli.photo;

import io.pinna.hrtf.PhotoLandmark;
import io.pinna.hrtf.PhotoLandmarks.Point;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Cursor;
import java.awt.Dimension;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.event.KeyEvent;
import java.awt.event.MouseAdapter;
import java.awt.event.MouseEvent;
import java.awt.event.MouseWheelEvent;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.awt.geom.RoundRectangle2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Map;
import javax.swing.AbstractAction;
import javax.swing.JComponent;
import javax.swing.KeyStroke;
import javax.swing.SwingUtilities;

/** The active photo with its points. A click marks, a drag of a point moves it, a drag of the photo pans, the wheel zooms. Swing's thread. */
final class PhotoCanvas extends JComponent {
    private static final long serialVersionUID = 1L;
    private static final double MOST_ZOOM = 40;
    /** Pixels on the screen within which a press takes hold of a point. */
    private static final int GRAB = 9;
    /** Pixels on the screen that a press may move and still be a click. */
    private static final int SLIP = 4;
    private static final int LOUPE = 168;
    private static final Color MARK = new Color(0xE5, 0x1A, 0x5E);
    private static final Color REFERENCE = new Color(0x12, 0x7B, 0xD1);
    private static final Color BACKGROUND = new Color(0x2A, 0x2E, 0x33);
    private static final List<PhotoLandmark[]> LINES = List.of(
            new PhotoLandmark[] {PhotoLandmark.REFERENCE_A, PhotoLandmark.REFERENCE_B},
            new PhotoLandmark[] {PhotoLandmark.HEAD_SIDE_A, PhotoLandmark.HEAD_SIDE_B},
            new PhotoLandmark[] {PhotoLandmark.CHIN, PhotoLandmark.HEAD_TOP},
            new PhotoLandmark[] {PhotoLandmark.SHOULDER_A, PhotoLandmark.SHOULDER_B},
            new PhotoLandmark[] {PhotoLandmark.VERTICAL_TOP, PhotoLandmark.VERTICAL_BOTTOM},
            new PhotoLandmark[] {PhotoLandmark.FOREHEAD, PhotoLandmark.HEAD_BACK},
            new PhotoLandmark[] {PhotoLandmark.EAR_TOP, PhotoLandmark.EAR_BOTTOM},
            new PhotoLandmark[] {PhotoLandmark.EAR_FRONT, PhotoLandmark.EAR_BACK},
            new PhotoLandmark[] {PhotoLandmark.NOTCH_BOTTOM, PhotoLandmark.BOWL_RIDGE},
            new PhotoLandmark[] {PhotoLandmark.BOWL_RIDGE, PhotoLandmark.BOWL_TOP},
            new PhotoLandmark[] {PhotoLandmark.BOWL_TOP, PhotoLandmark.RIM_INSIDE},
            new PhotoLandmark[] {PhotoLandmark.BOWL_FRONT, PhotoLandmark.BOWL_BACK},
            new PhotoLandmark[] {PhotoLandmark.NOTCH_FRONT, PhotoLandmark.NOTCH_BACK});

    private final transient PhotoSession session;
    private transient BufferedImage shown;
    /** Screen pixels for each pixel of the photo, and where its corner lies on the screen. */
    private double zoom = 1;
    private double left;
    private double top;
    private boolean fitted = true;
    private transient java.awt.Point pointer;
    private transient PhotoLandmark selected;

    PhotoCanvas(PhotoSession session) {
        this.session = session;
        setPreferredSize(new Dimension(860, 640));
        setFocusable(true);
        setOpaque(true);
        Mouse mouse = new Mouse();
        addMouseListener(mouse);
        addMouseMotionListener(mouse);
        addMouseWheelListener(mouse);
        session.listen(this::sessionChanged);
        key(KeyEvent.VK_PLUS, () -> zoomAbout(getWidth() / 2.0, getHeight() / 2.0, 1.25));
        key(KeyEvent.VK_EQUALS, () -> zoomAbout(getWidth() / 2.0, getHeight() / 2.0, 1.25));
        key(KeyEvent.VK_MINUS, () -> zoomAbout(getWidth() / 2.0, getHeight() / 2.0, 0.8));
        key(KeyEvent.VK_0, this::fit);
        key(KeyEvent.VK_LEFT, () -> nudge(-1, 0));
        key(KeyEvent.VK_RIGHT, () -> nudge(1, 0));
        key(KeyEvent.VK_UP, () -> nudge(0, -1));
        key(KeyEvent.VK_DOWN, () -> nudge(0, 1));
    }

    private void key(int code, Runnable action) {
        getInputMap(WHEN_FOCUSED).put(KeyStroke.getKeyStroke(code, 0), code);
        getActionMap().put(code, new AbstractAction() {
            private static final long serialVersionUID = 1L;

            @Override
            public void actionPerformed(java.awt.event.ActionEvent e) {
                action.run();
            }
        });
    }

    private void sessionChanged() {
        if (shown != session.active().image()) {
            shown = session.active().image();
            selected = null;
            fit();
        }
        if (selected != null && !session.active().points().containsKey(selected)) {
            selected = null;
        }
        setCursor(Cursor.getPredefinedCursor(shown == null ? Cursor.DEFAULT_CURSOR : Cursor.CROSSHAIR_CURSOR));
        repaint();
    }

    /** The whole photo, as large as it goes. */
    void fit() {
        fitted = true;
        repaint();
    }

    private void applyFit() {
        if (fitted && shown != null) {
            zoom = Math.min((getWidth() - 24.0) / shown.getWidth(), (getHeight() - 24.0) / shown.getHeight());
            left = (getWidth() - zoom * shown.getWidth()) / 2;
            top = (getHeight() - zoom * shown.getHeight()) / 2;
        }
    }

    void zoomAbout(double x, double y, double factor) {
        if (shown == null) {
            return;
        }
        applyFit();
        double least = Math.min(1, Math.min((getWidth() - 24.0) / shown.getWidth(), (getHeight() - 24.0) / shown.getHeight())) / 2;
        double z = Math.max(least, Math.min(MOST_ZOOM, zoom * factor));
        left = x - (x - left) * z / zoom;
        top = y - (y - top) * z / zoom;
        zoom = z;
        fitted = false;
        repaint();
    }

    private void nudge(int dx, int dy) {
        Point p = selected == null ? null : session.active().points().get(selected);
        if (p != null) {
            session.beginMove(selected);
            session.move(selected, inside(p.x() + dx / Math.max(1, zoom), p.y() + dy / Math.max(1, zoom)));
        }
    }

    private Point toPhoto(double x, double y) {
        return inside((x - left) / zoom, (y - top) / zoom);
    }

    private Point inside(double x, double y) {
        return new Point(Math.max(0, Math.min(shown.getWidth(), x)), Math.max(0, Math.min(shown.getHeight(), y)));
    }

    /** Where a point of the photo lies in this component. */
    java.awt.Point toScreen(Point p) {
        applyFit();
        return new java.awt.Point((int) Math.round(left + zoom * p.x()), (int) Math.round(top + zoom * p.y()));
    }

    private PhotoLandmark at(java.awt.Point where) {
        PhotoLandmark best = null;
        double bestDistance = GRAB;
        for (Map.Entry<PhotoLandmark, Point> e : session.active().points().entrySet()) {
            double d = toScreen(e.getValue()).distance(where);
            if (d < bestDistance) {
                bestDistance = d;
                best = e.getKey();
            }
        }
        return best;
    }

    private final class Mouse extends MouseAdapter {
        private java.awt.Point pressed;
        private java.awt.Point last;
        private boolean moved;
        private PhotoLandmark held;

        @Override
        public void mousePressed(MouseEvent e) {
            requestFocusInWindow();
            pressed = e.getPoint();
            last = pressed;
            moved = false;
            held = shown != null && SwingUtilities.isLeftMouseButton(e) ? at(pressed) : null;
            if (held != null) {
                selected = held;
                repaint();
            }
        }

        @Override
        public void mouseDragged(MouseEvent e) {
            pointer = e.getPoint();
            if (shown == null || pressed == null) {
                return;
            }
            if (!moved && pressed.distance(e.getPoint()) > SLIP) {
                moved = true;
                if (held != null) {
                    session.beginMove(held);
                }
            }
            if (moved && held != null) {
                session.move(held, toPhoto(e.getX(), e.getY()));
            } else if (moved) {
                applyFit();
                fitted = false;
                left += e.getX() - last.x;
                top += e.getY() - last.y;
                repaint();
            }
            last = e.getPoint();
        }

        @Override
        public void mouseReleased(MouseEvent e) {
            boolean click = shown != null && pressed != null && !moved && held == null && SwingUtilities.isLeftMouseButton(e);
            boolean onPhoto = click && new Rectangle2D.Double(left, top, zoom * shown.getWidth(), zoom * shown.getHeight()).contains(e.getPoint());
            if (onPhoto) {
                selected = session.active().current();
                session.place(toPhoto(e.getX(), e.getY()));
            }
            pressed = null;
            held = null;
            repaint();
        }

        @Override
        public void mouseMoved(MouseEvent e) {
            pointer = e.getPoint();
            repaint();
        }

        @Override
        public void mouseExited(MouseEvent e) {
            pointer = null;
            repaint();
        }

        @Override
        public void mouseWheelMoved(MouseWheelEvent e) {
            zoomAbout(e.getX(), e.getY(), Math.pow(1.15, -e.getPreciseWheelRotation()));
        }
    }

    @Override
    protected void paintComponent(Graphics graphics) {
        Graphics2D g = (Graphics2D) graphics.create();
        g.setColor(BACKGROUND);
        g.fillRect(0, 0, getWidth(), getHeight());
        if (shown != null) {
            applyFit();
            g.setRenderingHint(RenderingHints.KEY_INTERPOLATION, zoom > 3 ? RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR : RenderingHints.VALUE_INTERPOLATION_BILINEAR);
            g.drawImage(shown, new AffineTransform(zoom, 0, 0, zoom, left, top), null);
            g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            lines(g);
            points(g);
            loupe(g);
            hint(g);
        }
        g.dispose();
    }

    private static Color colour(PhotoLandmark l) {
        return switch (l) {
            case REFERENCE_A, REFERENCE_B, VERTICAL_TOP, VERTICAL_BOTTOM -> REFERENCE;
            default -> MARK;
        };
    }

    private void lines(Graphics2D g) {
        Map<PhotoLandmark, Point> points = session.active().points();
        for (PhotoLandmark[] pair : LINES) {
            Point a = points.get(pair[0]);
            Point b = points.get(pair[1]);
            if (a != null && b != null) {
                Line2D line = new Line2D.Double(toScreen(a), toScreen(b));
                g.setStroke(new BasicStroke(3.4f));
                g.setColor(new Color(255, 255, 255, 130));
                g.draw(line);
                g.setStroke(new BasicStroke(1.6f));
                g.setColor(colour(pair[0]));
                g.draw(line);
            }
        }
    }

    private void points(Graphics2D g) {
        PhotoLandmark near = pointer == null ? null : at(pointer);
        session.active().points().forEach((l, p) -> {
            java.awt.Point s = toScreen(p);
            double r = l == near || l == selected ? 6.5 : 4.5;
            Shape ring = new Ellipse2D.Double(s.x - r, s.y - r, 2 * r, 2 * r);
            g.setStroke(new BasicStroke(4f));
            g.setColor(Color.WHITE);
            g.draw(ring);
            g.setStroke(new BasicStroke(2f));
            g.setColor(colour(l));
            g.draw(ring);
            g.fill(new Ellipse2D.Double(s.x - 1.2, s.y - 1.2, 2.4, 2.4));
        });
        if (near != null) {
            java.awt.Point s = toScreen(session.active().points().get(near));
            g.setFont(getFont().deriveFont(Font.BOLD, 13f));
            FontMetrics metrics = g.getFontMetrics();
            int width = metrics.stringWidth(near.title());
            int x = Math.max(6, Math.min(getWidth() - width - 18, s.x + 12));
            int y = Math.max(6, s.y - 32);
            g.setColor(new Color(20, 22, 26, 215));
            g.fill(new RoundRectangle2D.Double(x, y, width + 14, 23, 9, 9));
            g.setColor(Color.WHITE);
            g.drawString(near.title(), x + 7, y + 16);
        }
    }

    /** How to get about, until the first points show that it is known. */
    private void hint(Graphics2D g) {
        if (session.active().points().size() > 3) {
            return;
        }
        String text = "Click: mark     Wheel: zoom     Drag: move the photo or a point     0: whole photo";
        g.setFont(getFont().deriveFont(12f));
        int width = g.getFontMetrics().stringWidth(text);
        g.setColor(new Color(20, 22, 26, 190));
        g.fill(new RoundRectangle2D.Double((getWidth() - width) / 2.0 - 12, 10, width + 24, 26, 12, 12));
        g.setColor(Color.WHITE);
        g.drawString(text, (getWidth() - width) / 2, 27);
    }

    /** A magnified view of what is under the pointer, in the corner that it is farthest from. */
    private void loupe(Graphics2D g) {
        boolean over = pointer != null && new Rectangle2D.Double(left, top, zoom * shown.getWidth(), zoom * shown.getHeight()).contains(pointer);
        if (!over || zoom > 6 || getWidth() < 3 * LOUPE || getHeight() < 2 * LOUPE) {
            return;
        }
        double magnified = Math.max(4 * zoom, 2);
        int x = pointer.x > getWidth() / 2 ? 14 : getWidth() - LOUPE - 14;
        int y = getHeight() - LOUPE - 14;
        double px = (pointer.x - left) / zoom;
        double py = (pointer.y - top) / zoom;
        Shape before = g.getClip();
        Shape circle = new Ellipse2D.Double(x, y, LOUPE, LOUPE);
        g.clip(circle);
        g.setColor(BACKGROUND);
        g.fill(circle);
        g.drawImage(shown, new AffineTransform(magnified, 0, 0, magnified, x + LOUPE / 2.0 - magnified * px, y + LOUPE / 2.0 - magnified * py), null);
        g.setColor(MARK);
        g.setStroke(new BasicStroke(1.3f));
        double c = LOUPE / 2.0;
        for (int s = -1; s <= 1; s += 2) {
            g.draw(new Line2D.Double(x + c + 5 * s, y + c, x + c + 26 * s, y + c));
            g.draw(new Line2D.Double(x + c, y + c + 5 * s, x + c, y + c + 26 * s));
        }
        g.setClip(before);
        g.setStroke(new BasicStroke(3f));
        g.setColor(Color.WHITE);
        g.draw(circle);
    }
}
