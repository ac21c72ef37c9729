package io.pinna.internal.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.RenderingHints;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import java.util.function.DoubleBinaryOperator;

/** A white image with what heat maps need: frames, ticks, titles, colour bars. Sizes of type and gaps follow the size of the image. One thread; {@link #close} when done. */
public final class Canvas implements AutoCloseable {
    private static final int MOST_BAR_TICKS = 6;

    private final BufferedImage image;
    private final Graphics2D g;
    private final int em;

    public Canvas(int widthPixels, int heightPixels) {
        image = new BufferedImage(widthPixels, heightPixels, BufferedImage.TYPE_INT_RGB);
        g = image.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setColor(Color.WHITE);
        g.fillRect(0, 0, widthPixels, heightPixels);
        em = fontSize(widthPixels, heightPixels);
        g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, em));
        g.setStroke(new BasicStroke(Math.max(1, em / 14f)));
        g.setColor(Color.BLACK);
    }

    /** Of ordinary text in images of this size (pixels). */
    public static int fontSize(int widthPixels, int heightPixels) {
        return (int) Math.round(Math.max(9, Math.min(widthPixels / 85.0, heightPixels / 55.0)));
    }

    public BufferedImage image() {
        return image;
    }

    public Graphics2D graphics() {
        return g;
    }

    /** Size of the type (pixels): the unit of all gaps. */
    public int em() {
        return em;
    }

    /** @param horizontal −1, 0, 1: the text ends, has its middle, starts at x; @param vertical likewise: is above, about, below y */
    public void text(String text, double x, double y, int horizontal, int vertical) {
        FontMetrics m = g.getFontMetrics();
        double left = x - (1 - horizontal) * 0.5 * m.stringWidth(text);
        double base = y + (vertical < 0 ? -m.getDescent() : vertical > 0 ? m.getAscent() : 0.5 * (m.getAscent() - m.getDescent()));
        g.drawString(text, (float) left, (float) base);
    }

    /** About a point, from bottom to top. */
    public void textUpwards(String text, double x, double y) {
        AffineTransform before = g.getTransform();
        g.rotate(-Math.PI / 2, x, y);
        text(text, x, y, 0, 0);
        g.setTransform(before);
    }

    /** Shortens with an ellipsis, in the middle, to what fits. */
    public String fit(String text, int widthPixels) {
        FontMetrics m = g.getFontMetrics();
        String s = text;
        for (int keep = text.length() - 1; keep > 4 && m.stringWidth(s) > widthPixels; keep--) {
            s = text.substring(0, keep - keep / 2) + "…" + text.substring(text.length() - keep / 2);
        }
        return s;
    }

    public void title(String text, Rectangle plot) {
        Font before = g.getFont();
        g.setFont(before.deriveFont(Font.BOLD));
        text(fit(text, plot.width + em), plot.getCenterX(), plot.y - 0.5 * em, 0, -1);
        g.setFont(before);
    }

    /**
     * Fills a rectangle with colours and draws its axes around it.
     *
     * @param value     of x and y
     * @param labelledX whether to write labels and title of the x axis; ticks are drawn anyway
     * @param labelledY likewise
     */
    public void heatMap(Rectangle plot, Axis x, Axis y, DoubleBinaryOperator value, ColorScale scale, boolean labelledX, boolean labelledY) {
        for (int row = 0; row < plot.height; row++) {
            double v = y.value(1 - (row + 0.5) / plot.height);
            for (int column = 0; column < plot.width; column++) {
                image.setRGB(plot.x + column, plot.y + row, scale.rgb(value.applyAsDouble(x.value((column + 0.5) / plot.width), v)));
            }
        }
        frame(plot, x, y, labelledX, labelledY);
    }

    /** Draws a frame about a rectangle, and its axes. */
    void frame(Rectangle plot, Axis x, Axis y, boolean labelledX, boolean labelledY) {
        g.setColor(Color.BLACK);
        g.drawRect(plot.x - 1, plot.y - 1, plot.width + 1, plot.height + 1);
        int tick = em / 3;
        for (int i = 0; i < x.ticks().size(); i++) {
            int at = plot.x + (int) Math.round(x.position(x.ticks().get(i)) * plot.width);
            g.drawLine(at, plot.y + plot.height, at, plot.y + plot.height + tick);
            if (labelledX) {
                text(x.labels().get(i), at, plot.y + plot.height + 1.5 * tick, 0, 1);
            }
        }
        int widest = 0;
        for (int i = 0; i < y.ticks().size(); i++) {
            int at = plot.y + plot.height - (int) Math.round(y.position(y.ticks().get(i)) * plot.height);
            g.drawLine(plot.x - tick, at, plot.x - 1, at);
            if (labelledY) {
                text(y.labels().get(i), plot.x - 2 * tick, at, -1, 0);
                widest = Math.max(widest, g.getFontMetrics().stringWidth(y.labels().get(i)));
            }
        }
        if (labelledX) {
            text(x.title(), plot.getCenterX(), plot.y + plot.height + 2 * tick + 1.3 * em, 0, 1);
        }
        if (labelledY) {
            textUpwards(y.title(), plot.x - 2 * tick - widest - em, plot.getCenterY());
        }
    }

    /** A colour bar of one em's width, with its ticks and title on the right; needs about 7 ems, the gap before it included. */
    public void colorBar(int x, int y, int height, ColorScale scale, String title) {
        double range = scale.highest() - scale.lowest();
        for (int row = 0; row < height; row++) {
            g.setColor(new Color(scale.rgb(scale.highest() - (row + 0.5) / height * range)));
            g.fillRect(x, y + row, em, 1);
        }
        g.setColor(Color.BLACK);
        g.drawRect(x - 1, y - 1, em + 1, height + 1);
        double step = Axis.step(range, MOST_BAR_TICKS);
        int widest = 0;
        for (double k = Math.ceil(scale.lowest() / step - 1e-6); k * step <= scale.highest() + 1e-6 * step; k++) {
            double at = y + height * (scale.highest() - k * step) / range;
            g.drawLine(x + em, (int) Math.round(at), x + em + em / 3, (int) Math.round(at));
            String label = Axis.label(k * step, step);
            text(label, x + 1.6 * em, at, 1, 0);
            widest = Math.max(widest, g.getFontMetrics().stringWidth(label));
        }
        textUpwards(title, x + 2.6 * em + widest, y + 0.5 * height);
    }

    @Override
    public void close() {
        g.dispose();
    }
}
