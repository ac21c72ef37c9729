package io.pinna.cli.photo;

import io.pinna.hrtf.PhotoLandmark;
import io.pinna.hrtf.PhotoLandmarks;
import io.pinna.hrtf.PhotoLandmarks.Kind;
import io.pinna.hrtf.PhotoLandmarks.Point;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.RadialGradientPaint;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.RoundRectangle2D;
import java.awt.image.BufferedImage;

/** Paints a face or the side of a head so that its features lie where given landmarks say, for tests of the window. */
final class SyntheticPhoto {
    private static final Color SKIN = new Color(0xDE, 0xB0, 0x92);
    private static final Color DARK = new Color(0x8E, 0x5F, 0x49);
    private static final Color HAIR = new Color(0x3F, 0x2E, 0x27);

    private final PhotoLandmarks marks;
    private final Graphics2D g;

    private SyntheticPhoto(PhotoLandmarks marks, Graphics2D g) {
        this.marks = marks;
        this.g = g;
    }

    static BufferedImage of(PhotoLandmarks marks, int width, int height) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setPaint(new GradientPaint(0, 0, new Color(0xC9, 0xD3, 0xD8), width, height, new Color(0x8E, 0x9C, 0xA5)));
        g.fillRect(0, 0, width, height);
        SyntheticPhoto photo = new SyntheticPhoto(marks, g);
        if (marks.kind() == Kind.FRONT) {
            photo.front(height);
        } else {
            photo.side(width, height);
        }
        photo.card();
        g.dispose();
        return image;
    }

    private Point p(PhotoLandmark l) {
        return marks.points().get(l);
    }

    private void front(int height) {
        Point a = p(PhotoLandmark.HEAD_SIDE_A);
        Point b = p(PhotoLandmark.HEAD_SIDE_B);
        Point top = p(PhotoLandmark.HEAD_TOP);
        Point chin = p(PhotoLandmark.CHIN);
        Point sa = p(PhotoLandmark.SHOULDER_A);
        Point sb = p(PhotoLandmark.SHOULDER_B);
        double left = Math.min(a.x(), b.x());
        double w = Math.abs(a.x() - b.x());
        double h = chin.y() - top.y();
        double middle = left + w / 2;
        double sl = Math.min(sa.x(), sb.x());
        double sr = Math.max(sa.x(), sb.x());
        g.setColor(SKIN.darker());
        g.fill(new RoundRectangle2D.Double(middle - 0.33 * w, chin.y() - 0.2 * h, 0.66 * w, 0.5 * h, 0.2 * w, 0.2 * w));
        Path2D shirt = new Path2D.Double();
        shirt.moveTo(sl, height);
        shirt.lineTo(sl, sa.y());
        shirt.curveTo(sl, chin.y() + 0.28 * h, middle - 0.6 * w, chin.y() + 0.24 * h, middle - 0.36 * w, chin.y() + 0.16 * h);
        shirt.quadTo(middle, chin.y() + 0.42 * h, middle + 0.36 * w, chin.y() + 0.16 * h);
        shirt.curveTo(middle + 0.6 * w, chin.y() + 0.24 * h, sr, chin.y() + 0.28 * h, sr, sa.y());
        shirt.lineTo(sr, height);
        shirt.closePath();
        g.setPaint(new GradientPaint((float) sl, 0, new Color(0x2F, 0x55, 0x73), (float) sr, 0, new Color(0x21, 0x3C, 0x52)));
        g.fill(shirt);
        for (int s = -1; s <= 1; s += 2) {
            g.setColor(SKIN.darker());
            g.fill(new Ellipse2D.Double(middle + s * 0.53 * w - 0.07 * w, a.y() - 0.02 * h, 0.14 * w, 0.28 * h));
        }
        // Widest at the landmarks, then down to the chin.
        Path2D face = new Path2D.Double();
        face.moveTo(middle, top.y());
        face.curveTo(left + 0.1 * w, top.y(), left, top.y() + 0.2 * h, left, a.y());
        face.curveTo(left, a.y() + 0.36 * h, middle - 0.3 * w, chin.y(), middle, chin.y());
        face.curveTo(middle + 0.3 * w, chin.y(), left + w, a.y() + 0.36 * h, left + w, a.y());
        face.curveTo(left + w, top.y() + 0.2 * h, left + 0.9 * w, top.y(), middle, top.y());
        g.setPaint(new RadialGradientPaint((float) (middle - 0.12 * w), (float) (top.y() + 0.5 * h), (float) (0.75 * h), new float[] {0f, 1f}, new Color[] {new Color(0xEC, 0xC6, 0xAC), SKIN.darker()}));
        g.fill(face);
        g.setColor(HAIR);
        Path2D hair = new Path2D.Double();
        hair.moveTo(left - 0.015 * w, a.y() - 0.02 * h);
        hair.curveTo(left - 0.02 * w, top.y() - 0.02 * h, left + 0.2 * w, top.y() - 0.05 * h, middle, top.y() - 0.05 * h);
        hair.curveTo(left + 0.8 * w, top.y() - 0.05 * h, left + 1.02 * w, top.y() - 0.02 * h, left + 1.015 * w, a.y() - 0.02 * h);
        hair.curveTo(left + 0.9 * w, top.y() + 0.16 * h, left + 0.1 * w, top.y() + 0.16 * h, left - 0.015 * w, a.y() - 0.02 * h);
        g.fill(hair);
        double eyes = top.y() + 0.5 * h;
        for (int s = -1; s <= 1; s += 2) {
            double x = middle + s * 0.21 * w;
            g.setColor(Color.WHITE);
            g.fill(new Ellipse2D.Double(x - 0.08 * w, eyes - 0.025 * h, 0.16 * w, 0.05 * h));
            g.setColor(new Color(0x3B, 0x52, 0x63));
            g.fill(new Ellipse2D.Double(x - 0.024 * h, eyes - 0.024 * h, 0.048 * h, 0.048 * h));
            g.setColor(HAIR);
            g.setStroke(new BasicStroke((float) (0.02 * h), BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
            g.draw(new Line2D.Double(x - 0.09 * w, eyes - 0.07 * h, x + 0.09 * w, eyes - 0.075 * h));
        }
        g.setColor(DARK);
        g.setStroke(new BasicStroke((float) (0.009 * h), BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        Path2D nose = new Path2D.Double();
        nose.moveTo(middle - 0.04 * w, eyes + 0.05 * h);
        nose.lineTo(middle - 0.09 * w, eyes + 0.2 * h);
        nose.quadTo(middle, eyes + 0.24 * h, middle + 0.09 * w, eyes + 0.2 * h);
        g.draw(nose);
        g.setColor(new Color(0xA8, 0x5A, 0x55));
        g.fill(new Ellipse2D.Double(middle - 0.15 * w, eyes + 0.29 * h, 0.3 * w, 0.045 * h));
    }

    private void side(int width, int height) {
        boolean mirrored = marks.kind() == Kind.RIGHT;
        AffineTransform before = g.getTransform();
        Point forehead = p(PhotoLandmark.FOREHEAD);
        Point back = p(PhotoLandmark.HEAD_BACK);
        double w = Math.abs(back.x() - forehead.x());
        double direction = mirrored ? -1 : 1;
        // From here on x runs from the forehead (0) to the back of the head (w), y down from the forehead.
        g.transform(new AffineTransform(direction, 0, 0, 1, forehead.x(), forehead.y()));
        g.setColor(SKIN.darker());
        Path2D neck = new Path2D.Double();
        neck.moveTo(0.3 * w, 0.5 * w);
        neck.lineTo(0.28 * w, 1.1 * w);
        neck.lineTo(0.86 * w, 1.1 * w);
        neck.quadTo(0.8 * w, 0.7 * w, 0.88 * w, 0.3 * w);
        neck.closePath();
        g.fill(neck);
        g.setColor(new Color(0x2F, 0x55, 0x73));
        Path2D shirt = new Path2D.Double();
        shirt.moveTo(-0.5 * w, 2.4 * w);
        shirt.curveTo(-0.3 * w, 1.2 * w, 0.1 * w, 0.98 * w, 0.26 * w, 0.95 * w);
        shirt.quadTo(0.6 * w, 1.06 * w, 0.85 * w, 0.86 * w);
        shirt.curveTo(1.2 * w, 1.0 * w, 1.3 * w, 1.4 * w, 1.35 * w, 2.4 * w);
        shirt.closePath();
        g.fill(shirt);
        Path2D face = new Path2D.Double();
        face.moveTo(0, 0);
        face.curveTo(0, -0.3 * w, 0.25 * w, -0.42 * w, 0.55 * w, -0.42 * w);
        face.curveTo(0.85 * w, -0.42 * w, w, -0.2 * w, w, 0);
        face.curveTo(w, 0.25 * w, 0.85 * w, 0.42 * w, 0.62 * w, 0.5 * w);
        face.lineTo(0.2 * w, 0.68 * w);
        face.quadTo(0.0, 0.72 * w, 0.0, 0.6 * w);
        face.quadTo(0.04 * w, 0.52 * w, -0.03 * w, 0.44 * w);
        face.quadTo(0.0, 0.4 * w, -0.02 * w, 0.36 * w);
        face.lineTo(-0.1 * w, 0.3 * w);
        face.quadTo(-0.02 * w, 0.16 * w, 0.02 * w, 0.1 * w);
        face.closePath();
        g.setPaint(new RadialGradientPaint((float) (0.3 * w), (float) (0.15 * w), (float) w, new float[] {0f, 1f}, new Color[] {new Color(0xEC, 0xC6, 0xAC), SKIN.darker()}));
        g.fill(face);
        g.setColor(HAIR);
        Path2D hair = new Path2D.Double();
        hair.moveTo(0.02 * w, -0.16 * w);
        hair.curveTo(0.12 * w, -0.42 * w, 0.4 * w, -0.47 * w, 0.58 * w, -0.46 * w);
        hair.curveTo(0.9 * w, -0.45 * w, 1.04 * w, -0.2 * w, 1.02 * w, 0.02 * w);
        hair.curveTo(1.0 * w, 0.25 * w, 0.9 * w, 0.42 * w, 0.8 * w, 0.45 * w);
        hair.curveTo(0.72 * w, 0.2 * w, 0.72 * w, -0.1 * w, 0.45 * w, -0.02 * w);
        hair.curveTo(0.3 * w, -0.3 * w, 0.15 * w, -0.2 * w, 0.02 * w, -0.16 * w);
        g.fill(hair);
        g.setColor(Color.WHITE);
        g.fill(new Ellipse2D.Double(0.06 * w, 0.08 * w, 0.08 * w, 0.035 * w));
        g.setColor(new Color(0x3B, 0x52, 0x63));
        g.fill(new Ellipse2D.Double(0.065 * w, 0.08 * w, 0.03 * w, 0.035 * w));
        g.setTransform(before);
        ear();
        if (p(PhotoLandmark.VERTICAL_TOP) != null) {
            g.setColor(new Color(0xF2, 0xEE, 0xE4));
            g.fill(new RoundRectangle2D.Double(p(PhotoLandmark.VERTICAL_TOP).x(), 0, mirrored ? -140 : 140, height, 0, 0));
            g.setColor(new Color(0x9A, 0x94, 0x88));
            g.setStroke(new BasicStroke(5f));
            g.draw(new Line2D.Double(p(PhotoLandmark.VERTICAL_TOP).x(), 0, p(PhotoLandmark.VERTICAL_BOTTOM).x(), height));
        }
    }

    /** In the ear's own axes: from the lobe up, and from front to back. */
    private void ear() {
        Point top = p(PhotoLandmark.EAR_TOP);
        Point bottom = p(PhotoLandmark.EAR_BOTTOM);
        Point f = p(PhotoLandmark.EAR_FRONT);
        double h = top.distance(bottom);
        double ux = (top.x() - bottom.x()) / h;
        double uy = (top.y() - bottom.y()) / h;
        double s = marks.kind() == Kind.LEFT ? 1 : -1;
        double bx = -uy * s;
        double by = ux * s;
        AffineTransform before = g.getTransform();
        g.transform(new AffineTransform(bx, by, ux, uy, bottom.x(), bottom.y()));
        double front = (f.x() - bottom.x()) * bx + (f.y() - bottom.y()) * by;
        Point b = p(PhotoLandmark.EAR_BACK);
        double back = (b.x() - bottom.x()) * bx + (b.y() - bottom.y()) * by;
        Path2D outer = new Path2D.Double();
        outer.moveTo(0, 0);
        outer.curveTo(front, 0, front * 1.1, 0.3 * h, front, 0.6 * h);
        outer.curveTo(front, 0.9 * h, front * 0.3, h, 0.1 * back, h);
        outer.curveTo(back * 0.8, h, back, 0.8 * h, back, 0.6 * h);
        outer.curveTo(back, 0.3 * h, 0.5 * back, 0, 0, 0);
        g.setColor(new Color(0xE4, 0xB4, 0x99));
        g.fill(outer);
        g.setColor(DARK);
        g.setStroke(new BasicStroke((float) (0.018 * h)));
        g.draw(outer);
        Path2D rim = new Path2D.Double();
        rim.moveTo(front * 0.6, 0.62 * h);
        rim.curveTo(front * 0.6, 0.86 * h, front * 0.2, 0.92 * h, 0.12 * back, 0.92 * h);
        rim.curveTo(back * 0.7, 0.92 * h, back * 0.86, 0.76 * h, back * 0.86, 0.58 * h);
        rim.curveTo(back * 0.86, 0.45 * h, back * 0.75, 0.4 * h, back * 0.7, 0.34 * h);
        g.draw(rim);
        Path2D bowl = new Path2D.Double();
        bowl.moveTo(0.3 * 0.1 * back, 0.22 * h);
        bowl.curveTo(0.3 * back, 0.24 * h, 0.72 * back, 0.36 * h, 0.7 * back, 0.5 * h);
        bowl.curveTo(0.7 * back, 0.62 * h, 0.3 * back, 0.64 * h, 0.06 * back, 0.62 * h);
        bowl.curveTo(-0.1 * back, 0.55 * h, 0.05 * back, 0.45 * h, 0, 0.36 * h);
        bowl.quadTo(-0.06 * back, 0.28 * h, 0.03 * back, 0.22 * h);
        g.setColor(new Color(0xB7, 0x83, 0x69));
        g.fill(bowl);
        g.setColor(new Color(0xE4, 0xB4, 0x99));
        g.setStroke(new BasicStroke((float) (0.035 * h), BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        g.draw(new Line2D.Double(-0.05 * back, 0.56 * h, 0.35 * back, 0.5 * h));
        g.setColor(new Color(0x5A, 0x38, 0x2B));
        g.fill(new Ellipse2D.Double(0.03 * back, 0.36 * h, 0.16 * back, 0.09 * h));
        g.setTransform(before);
    }

    /** With its long lower edge from one reference point to the other. */
    private void card() {
        Point a = p(PhotoLandmark.REFERENCE_A);
        Point b = p(PhotoLandmark.REFERENCE_B);
        double w = Math.abs(b.x() - a.x());
        double left = Math.min(a.x(), b.x());
        double h = w * 5.398 / 8.56;
        g.setPaint(new GradientPaint((float) left, (float) (a.y() - h), new Color(0xF4, 0xB9, 0x42), (float) (left + w), (float) a.y(), new Color(0xE0, 0x7B, 0x2E)));
        g.fill(new RoundRectangle2D.Double(left, a.y() - h, w, h, 0.07 * w, 0.07 * w));
        g.setColor(new Color(0x2B, 0x2B, 0x2B));
        g.fill(new RoundRectangle2D.Double(left, a.y() - 0.85 * h, w, 0.2 * h, 0, 0));
    }
}
