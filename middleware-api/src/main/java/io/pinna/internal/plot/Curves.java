package io.pinna.internal.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.Shape;
import java.awt.Stroke;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.util.List;

/** Curves over one axis, with grid and legend. */
public final class Curves {
    /** Okabe and Ito, "Color universal design" (2008), the darker ones first: told apart by the colour-blind too; dashes tell them apart in grey. */
    private static final Color[] COLORS = {new Color(0x0072b2), new Color(0xd55e00), new Color(0x009e73), new Color(0xcc79a7), new Color(0xe69f00), new Color(0x56b4e9)};
    /** In widths of the line. */
    private static final float[][] DASHES = {null, {5, 2.5f}, {1.5f, 2}, {6, 2, 1.5f, 2}, {9, 3}, {3, 3}};
    private static final Color GRID = new Color(0xd0d0d0);
    private static final double SAMPLE_EM = 3;

    /** As many curves as can be told apart. */
    public static final int MOST = COLORS.length;

    private Curves() {
    }

    /**
     * @param plot   where the curves are; axes stand left of it and below
     * @param x      places, rising, in the range of {@code xAxis}
     * @param curves [curve][place], at most {@link #MOST}; NaN leaves a gap
     */
    public static void draw(Canvas canvas, Rectangle plot, Axis xAxis, Axis yAxis, double[] x, double[][] curves) {
        Graphics2D g = canvas.graphics();
        g.setColor(GRID);
        for (double tick : xAxis.ticks()) {
            double at = plot.x + xAxis.position(tick) * plot.width;
            g.draw(new Line2D.Double(at, plot.y, at, plot.y + plot.height));
        }
        for (double tick : yAxis.ticks()) {
            double at = plot.y + (1 - yAxis.position(tick)) * plot.height;
            g.draw(new Line2D.Double(plot.x, at, plot.x + plot.width, at));
        }
        Shape clip = g.getClip();
        Stroke stroke = g.getStroke();
        g.setClip(plot);
        for (int c = 0; c < curves.length; c++) {
            pen(canvas, c);
            Path2D path = new Path2D.Double();
            boolean on = false;
            for (int i = 0; i < x.length; i++) {
                double px = plot.x + xAxis.position(x[i]) * plot.width;
                double py = plot.y + (1 - yAxis.position(curves[c][i])) * plot.height;
                if (Double.isNaN(py)) {
                    on = false;
                } else if (on) {
                    path.lineTo(px, py);
                } else {
                    path.moveTo(px, py);
                    on = true;
                }
            }
            g.draw(path);
        }
        g.setClip(clip);
        g.setStroke(stroke);
        canvas.frame(plot, xAxis, yAxis, true, true);
    }

    private static void pen(Canvas canvas, int c) {
        float width = Math.max(1.5f, canvas.em() / 7f);
        float[] dash = DASHES[c] == null ? null : DASHES[c].clone();
        for (int i = 0; dash != null && i < dash.length; i++) {
            dash[i] *= width;
        }
        canvas.graphics().setColor(COLORS[c]);
        canvas.graphics().setStroke(new BasicStroke(width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, dash, 0));
    }

    /** A column of samples and names from (x, y) down, 1.5 ems each. */
    public static void legend(Canvas canvas, int x, int y, List<String> names, int widthPixels) {
        Graphics2D g = canvas.graphics();
        Stroke stroke = g.getStroke();
        double sample = SAMPLE_EM * canvas.em();
        for (int c = 0; c < names.size(); c++) {
            double at = y + (1.5 * c + 0.75) * canvas.em();
            pen(canvas, c);
            g.draw(new Line2D.Double(x, at, x + sample, at));
            g.setStroke(stroke);
            g.setColor(Color.BLACK);
            canvas.text(canvas.fit(names.get(c), (int) (widthPixels - sample - canvas.em())), x + sample + 0.5 * canvas.em(), at, 1, 0);
        }
    }
}
