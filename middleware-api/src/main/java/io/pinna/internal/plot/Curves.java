package io.pinna.internal.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Curves over one axis, drawn by XChart. */
public final class Curves {
    /** Okabe and Ito, "Color universal design" (2008), the darker ones first: told apart by the colour-blind too. */
    private static final Color[] COLORS = {new Color(0x0072b2), new Color(0xd55e00), new Color(0x009e73), new Color(0xcc79a7), new Color(0xe69f00), new Color(0x56b4e9)};
    private static final float[][] DASHES = {null, {7, 4}, {2, 3}, {9, 3, 2, 3}, {12, 5}, {4, 4}};
    private static final int LEAST_TICK_SPACING_EM = 5;

    /** As many curves as can be told apart. */
    public static final int MOST = COLORS.length;

    private Curves() {
    }

    /**
     * @param xTitle   of the horizontal axis, with the tickStep
     * @param yTitle   of the vertical axis, with the tickStep
     * @param names    for the legend, at most {@link #MOST}
     * @param x        places, rising; the axis ends where they do
     * @param curves   [curve][place]; NaN leaves a gap
     */
    public static BufferedImage draw(String title, String xTitle, String yTitle, List<String> names, double[] x, double[][] curves, int widthPixels, int heightPixels) {
        int em = Canvas.fontSize(widthPixels, heightPixels);
        XYChart chart = new XYChartBuilder().width(widthPixels).height(heightPixels).title(title).xAxisTitle(xTitle).yAxisTitle(yTitle).build();
        Font plain = new Font(Font.SANS_SERIF, Font.PLAIN, em);
        var s = chart.getStyler();
        s.setChartBackgroundColor(Color.WHITE).setChartTitleFont(plain.deriveFont(Font.BOLD)).setLegendFont(plain).setLegendPosition(Styler.LegendPosition.OutsideS);
        s.setLegendLayout(Styler.LegendLayout.Horizontal).setLegendBorderColor(Color.WHITE).setChartTitleBoxVisible(false);
        s.setAntiAlias(true);
        s.setAxisTitleFont(plain).setAxisTickLabelsFont(plain).setPlotGridLinesColor(new Color(0xcccccc)).setPlotBorderColor(Color.BLACK);
        s.setPlotGridLinesStroke(new BasicStroke(1)).setYAxisTickMarkSpacingHint(LEAST_TICK_SPACING_EM * em);
        double greatest = Arrays.stream(curves).flatMapToDouble(Arrays::stream).filter(v -> !Double.isNaN(v)).map(Math::abs).max().orElse(0);
        double step = Axis.step(Math.max(greatest, Double.MIN_NORMAL), 5);
        double end = step * Math.ceil(1.02 * greatest / step);
        s.setYAxisMin(-end).setYAxisMax(end).setXAxisMin(x[0]).setXAxisMax(x[x.length - 1]).setXAxisTickMarkSpacingHint(LEAST_TICK_SPACING_EM * em).setXAxisDecimalPattern("0").setYAxisDecimalPattern("0.###");
        s.setPlotContentSize(1);
        for (int c = 0; c < curves.length; c++) {
            XYSeries series = chart.addSeries((c + 1) + " " + names.get(c), x, curves[c]);
            series.setLabel(names.get(c));
            series.setMarker(SeriesMarkers.NONE);
            series.setLineColor(COLORS[c % COLORS.length]);
            series.setLineStyle(new BasicStroke(Math.max(1.5f, em / 7f), BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, DASHES[c % DASHES.length], 0));
        }
        return BitmapEncoder.getBufferedImage(chart);
    }
}
