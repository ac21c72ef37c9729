package io.pinna.internal.plot;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;

/**
 * The whole sphere in an ellipse, areas true (Hammer, Petermanns Mitteilungen 38, 1892; Snyder, Map Projections, USGS 1987, p. 232), as a listener sees it who looks ahead: the front in the middle, left on the left, behind at both ends.
 * With azimuth φ (counter-clockwise) and elevation θ:
 *
 * <pre>
 *   x = −2√2·cos θ·sin(φ/2) / √(1 + cos θ·cos(φ/2)),   y = √2·sin θ / √(1 + cos θ·cos(φ/2))
 * </pre>
 */
public final class Hammer {
    private static final double ROOT_2 = Math.sqrt(2);

    private final Rectangle plot;

    /** @param area the map is the largest of width to height 2 : 1 in its middle */
    public Hammer(Rectangle area) {
        int width = Math.min(area.width, 2 * area.height);
        plot = new Rectangle(area.x + (area.width - width) / 2, area.y + (area.height - width / 2) / 2, width, width / 2);
    }

    /** The rectangle about the ellipse. */
    public Rectangle plot() {
        return new Rectangle(plot);
    }

    /** Pixel coordinates {x, y} of a direction. */
    public double[] pixel(double azimuthDegrees, double elevationDegrees) {
        double half = Math.toRadians(azimuthDegrees) / 2;
        double elevation = Math.toRadians(elevationDegrees);
        double z = Math.sqrt(1 + Math.cos(elevation) * Math.cos(half));
        double x = -2 * ROOT_2 * Math.cos(elevation) * Math.sin(half) / z;
        double y = ROOT_2 * Math.sin(elevation) / z;
        return new double[] {plot.x + plot.width * (0.5 + x / (4 * ROOT_2)), plot.y + plot.height * (0.5 - y / (2 * ROOT_2))};
    }

    /** Unit vector (x front, y left, z up) of a place on the map, or null outside of the ellipse. */
    double[] direction(double px, double py) {
        double x = ((px - plot.x) / plot.width - 0.5) * 4 * ROOT_2;
        double y = (0.5 - (py - plot.y) / plot.height) * 2 * ROOT_2;
        if (x * x / 8 + y * y / 2 > 1) {
            return null;
        }
        double z = Math.sqrt(1 - x * x / 16 - y * y / 4);
        double azimuth = -2 * Math.atan2(z * x, 2 * (2 * z * z - 1));
        double sine = Math.max(-1, Math.min(1, z * y));
        double cosine = Math.sqrt(1 - sine * sine);
        return new double[] {cosine * Math.cos(azimuth), cosine * Math.sin(azimuth), sine};
    }

    /** For every pixel of {@link #plot}, row by row: the cell that it belongs to, −1 for none, −2 outside of the ellipse. */
    public int[] cells(SphereCells cells) {
        int[] map = new int[plot.width * plot.height];
        for (int row = 0; row < plot.height; row++) {
            for (int column = 0; column < plot.width; column++) {
                double[] d = direction(plot.x + column + 0.5, plot.y + row + 0.5);
                map[row * plot.width + column] = d == null ? -2 : cells.cell(d[0], d[1], d[2]);
            }
        }
        return map;
    }

    /**
     * @param cells  as by {@link #cells} of a map of this size
     * @param values one for each direction
     */
    public void draw(Canvas canvas, int[] cells, double[] values, ColorScale scale) {
        for (int i = 0; i < cells.length; i++) {
            if (cells[i] > -2) {
                canvas.image().setRGB(plot.x + i % plot.width, plot.y + i / plot.width, scale.rgb(cells[i] < 0 ? Double.NaN : values[cells[i]]));
            }
        }
        Graphics2D g = canvas.graphics();
        g.setColor(new Color(255, 255, 255, 110));
        for (int azimuth = -150; azimuth <= 150; azimuth += 30) {
            Path2D line = new Path2D.Double();
            for (int elevation = -90; elevation <= 90; elevation += 3) {
                to(line, azimuth, elevation);
            }
            g.draw(line);
        }
        for (int elevation = -60; elevation <= 60; elevation += 30) {
            Path2D line = new Path2D.Double();
            for (int azimuth = -180; azimuth <= 180; azimuth += 3) {
                to(line, azimuth, elevation);
            }
            g.draw(line);
        }
        g.setColor(Color.BLACK);
        g.draw(new Ellipse2D.Double(plot.x, plot.y, plot.width, plot.height));
    }

    private void to(Path2D line, double azimuth, double elevation) {
        double[] p = pixel(azimuth, elevation);
        if (line.getCurrentPoint() == null) {
            line.moveTo(p[0], p[1]);
        } else {
            line.lineTo(p[0], p[1]);
        }
    }

    /** Azimuths along the lower edge's height, elevations at the left end. */
    public void labels(Canvas canvas) {
        Graphics2D g = canvas.graphics();
        g.setColor(Color.BLACK);
        for (int elevation = -60; elevation <= 60; elevation += 30) {
            double[] p = pixel(180, elevation);
            canvas.text((elevation + "°").replace('-', '−'), p[0] - 0.4 * canvas.em(), p[1], -1, elevation > 0 ? -1 : elevation < 0 ? 1 : 0);
        }
        // Above the middle line, on a light ground that makes them readable on every colour.
        int[] azimuths = {150, 90, 0, -90, -150};
        String[] names = {"behind", "left 90°", "front 0°", "right −90°", "behind"};
        for (int i = 0; i < azimuths.length; i++) {
            double[] p = pixel(azimuths[i], 0);
            int width = g.getFontMetrics().stringWidth(names[i]) + canvas.em() / 2;
            g.setColor(new Color(255, 255, 255, 170));
            g.fillRect((int) p[0] - width / 2, (int) (p[1] - 0.6 * canvas.em()), width, (int) (1.2 * canvas.em()));
            g.setColor(Color.BLACK);
            canvas.text(names[i], p[0], p[1], 0, 0);
        }
    }
}
