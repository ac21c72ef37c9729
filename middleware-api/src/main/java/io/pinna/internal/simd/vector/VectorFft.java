package io.pinna.internal.simd.vector;

import io.pinna.internal.RealTime;
import io.pinna.internal.dsp.RealFft;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link RealFft} with the Vector API. The N/2 complex points stand as R rows of V lanes, V being the length of a vector: columns are transformed first, every lane for itself; then the matrix is turned about
 * its diagonal and its columns are transformed again. So all arithmetic is between whole vectors, and lanes only mix where pairs of samples are told apart, in the transpose, and where a bin meets its mirror
 * image (four-step form; Bailey, "FFTs in external or hierarchical memory", 1990). Both transforms are Stockham's of radix 4, in natural order without bit reversal.
 *
 * <p>For N/2 of at least V² (that is 512 for vectors of 512 bits, 128 for 256 bits). One instance belongs to one thread; it allocates only in its constructor.
 */
final class VectorFft extends RealFft {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int V = SPECIES.length();
    private static final VectorShuffle<Float> HALVES = SPECIES.shuffleFromOp(i -> (i + V / 2) % V);
    /** Halves become even and odd lanes. */
    private static final VectorShuffle<Float> ZIP = SPECIES.shuffleFromOp(i -> i / 2 + (i % 2) * (V / 2));
    private static final VectorShuffle<Float> REVERSE = SPECIES.shuffleFromOp(i -> V - 1 - i);
    private static final VectorMask<Float> UPPER = lanes(V / 2);
    private static final VectorMask<Float> BIT_1 = lanes(1);

    private final int points;
    private final int rows;
    private float[] aRe;
    private float[] aIm;
    private float[] bRe;
    private float[] bIm;
    /** For each pass of a column transform three complex factors a row group. */
    private final float[][] columnTwiddle;
    private final float[][] laneTwiddle;
    /** Between the two transforms; the forward one carries the half that telling even from odd parts needs. */
    private final float[] turnRe;
    private final float[] turnIm;
    private final float[] halfTurnRe;
    private final float[] halfTurnIm;
    /** What the transpose takes for each number, from rows in their own order and in that of {@link #split}. */
    private final int[] order;
    private final int[] splitOrder;
    /** exp(−2πi·k/N). */
    private final float[] unpackRe;
    private final float[] unpackIm;

    static boolean supports(int size) {
        return V >= 4 && V <= 16 && size / 2 >= V * V;
    }

    VectorFft(int size) {
        super(size);
        points = size / 2;
        rows = points / V;
        // One more: bin 0 is its own mirror image, at the end.
        aRe = new float[points + 1];
        aIm = new float[points + 1];
        bRe = new float[points + 1];
        bIm = new float[points + 1];
        columnTwiddle = twiddles(rows);
        laneTwiddle = twiddles(V);
        turnRe = new float[points];
        turnIm = new float[points];
        halfTurnRe = new float[points];
        halfTurnIm = new float[points];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < V; c++) {
                double angle = -2 * Math.PI * r * c / points;
                turnRe[r * V + c] = (float) (Math.cos(angle) / size);
                turnIm[r * V + c] = (float) (Math.sin(angle) / size);
                angle = -2 * Math.PI * r * column(c) / points;
                halfTurnRe[r * V + c] = (float) (0.5 * Math.cos(angle));
                halfTurnIm[r * V + c] = (float) (0.5 * Math.sin(angle));
            }
        }
        order = new int[points];
        splitOrder = new int[points];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < V; c++) {
                order[c * rows + r] = r * V + c;
                splitOrder[column(c) * rows + r] = r * V + c;
            }
        }
        unpackRe = new float[points];
        unpackIm = new float[points];
        for (int k = 0; k < points; k++) {
            unpackRe[k] = (float) Math.cos(-2 * Math.PI * k / size);
            unpackIm[k] = (float) Math.sin(-2 * Math.PI * k / size);
        }
    }

    private static VectorMask<Float> lanes(int bit) {
        boolean[] set = new boolean[V];
        for (int i = 0; i < V; i++) {
            set[i] = (i & bit) != 0;
        }
        return SPECIES.loadMask(set, 0);
    }

    private static float[][] twiddles(int length) {
        int passes = (Integer.numberOfTrailingZeros(length) + 1) / 2;
        float[][] all = new float[passes][];
        int left = length;
        for (int i = 0; i < passes; i++) {
            int groups = left / 4;
            all[i] = new float[6 * groups];
            for (int p = 0; p < groups; p++) {
                for (int j = 1; j < 4; j++) {
                    double angle = -2 * Math.PI * p * j / left;
                    all[i][6 * p + 2 * (j - 1)] = (float) Math.cos(angle);
                    all[i][6 * p + 2 * (j - 1) + 1] = (float) Math.sin(angle);
                }
            }
            left /= 4;
        }
        return all;
    }

    @Override
    @RealTime
    public void forward(float[] x, int offset, float[] re, float[] im, int spectrumOffset) {
        split(x, offset, aRe, aIm, points);
        columns(rows, 1, columnTwiddle);
        turn(aRe, aIm, halfTurnRe, halfTurnIm, points);
        transpose(aRe, aIm, bRe, bIm, splitOrder);
        swapBuffers();
        columns(V, rows / V, laneTwiddle);
        unpack(re, im, spectrumOffset);
    }

    @Override
    @RealTime
    public void inverse(float[] re, float[] im, int spectrumOffset, float[] x, int offset) {
        pack(re, im, spectrumOffset);
        // Real and imaginary parts changed places: the transform of the one is the inverse of the other.
        columns(rows, 1, columnTwiddle);
        turn(aRe, aIm, turnRe, turnIm, points);
        transpose(aRe, aIm, bRe, bIm, order);
        swapBuffers();
        columns(V, rows / V, laneTwiddle);
        join(aIm, aRe, x, offset, points);
    }

    /** Even samples to real parts and odd ones to imaginary parts, by shifts of pairs. This leaves the points of a row in the order of {@link #column}. */
    private static void split(float[] x, int offset, float[] re, float[] im, int points) {
        for (int i = 0; i < points; i += V) {
            FloatVector a = FloatVector.fromArray(SPECIES, x, offset + 2 * i);
            FloatVector b = FloatVector.fromArray(SPECIES, x, offset + 2 * i + V);
            a.blend(up(b), BIT_1).intoArray(re, i);
            down(a).blend(b, BIT_1).intoArray(im, i);
        }
    }

    /** Even lanes one lane up. */
    private static FloatVector up(FloatVector x) {
        return x.reinterpretAsLongs().lanewise(VectorOperators.LSHL, Float.SIZE).reinterpretAsFloats();
    }

    /** Odd lanes one lane down. */
    private static FloatVector down(FloatVector x) {
        return x.reinterpretAsLongs().lanewise(VectorOperators.LSHR, Float.SIZE).reinterpretAsFloats();
    }

    /** Which point of a row {@link #split} leaves in a lane. */
    private static int column(int lane) {
        return lane / 2 + lane % 2 * (V / 2);
    }

    private static void join(float[] re, float[] im, float[] x, int offset, int points) {
        for (int i = 0; i < points; i += V) {
            FloatVector a = FloatVector.fromArray(SPECIES, re, i);
            FloatVector b = FloatVector.fromArray(SPECIES, im, i).rearrange(HALVES);
            a.blend(b, UPPER).rearrange(ZIP).intoArray(x, offset + 2 * i);
            b.blend(a, UPPER).rearrange(HALVES).rearrange(ZIP).intoArray(x, offset + 2 * i + V);
        }
    }

    private void swapBuffers() {
        float[] t = aRe;
        aRe = bRe;
        bRe = t;
        t = aIm;
        aIm = bIm;
        bIm = t;
    }

    /** Transforms columns of a matrix with rows of so many vectors. */
    private void columns(int length, int vectors, float[][] twiddle) {
        int left = length;
        int done = 1;
        for (int i = 0; left > 1; i++) {
            if (left == 2) {
                last2(aRe, aIm, bRe, bIm, done * vectors * V);
                left = 1;
            } else if (left == 4) {
                last4(aRe, aIm, bRe, bIm, done * vectors * V);
                left = 1;
            } else {
                pass4(aRe, aIm, bRe, bIm, left / 4, done * vectors * V, twiddle[i]);
                left /= 4;
                done *= 4;
            }
            swapBuffers();
        }
    }

    private static void pass4(float[] xRe, float[] xIm, float[] yRe, float[] yIm, int groups, int stride, float[] twiddle) {
        int quarter = groups * stride;
        if (stride == V) {
            // One vector a group: not worth a loop within the loop.
            for (int p = 0; p < groups; p++) {
                group(xRe, xIm, yRe, yIm, V * p, quarter, 4 * V * p, V, V, twiddle, 6 * p);
            }
            return;
        }
        for (int p = 0; p < groups; p++) {
            group(xRe, xIm, yRe, yIm, stride * p, quarter, 4 * stride * p, stride, stride, twiddle, 6 * p);
        }
    }

    private static void group(float[] xRe, float[] xIm, float[] yRe, float[] yIm, int from, int quarter, int to, int stride, int count, float[] twiddle, int at) {
        FloatVector w1Re = FloatVector.broadcast(SPECIES, twiddle[at]);
        FloatVector w1Im = FloatVector.broadcast(SPECIES, twiddle[at + 1]);
        FloatVector w2Re = FloatVector.broadcast(SPECIES, twiddle[at + 2]);
        FloatVector w2Im = FloatVector.broadcast(SPECIES, twiddle[at + 3]);
        FloatVector w3Re = FloatVector.broadcast(SPECIES, twiddle[at + 4]);
        FloatVector w3Im = FloatVector.broadcast(SPECIES, twiddle[at + 5]);
        for (int q = 0; q < count; q += V) {
            int i = from + q;
            int o = to + q;
            FloatVector aRe = FloatVector.fromArray(SPECIES, xRe, i);
            FloatVector aIm = FloatVector.fromArray(SPECIES, xIm, i);
            FloatVector bRe = FloatVector.fromArray(SPECIES, xRe, i + quarter);
            FloatVector bIm = FloatVector.fromArray(SPECIES, xIm, i + quarter);
            FloatVector cRe = FloatVector.fromArray(SPECIES, xRe, i + 2 * quarter);
            FloatVector cIm = FloatVector.fromArray(SPECIES, xIm, i + 2 * quarter);
            FloatVector dRe = FloatVector.fromArray(SPECIES, xRe, i + 3 * quarter);
            FloatVector dIm = FloatVector.fromArray(SPECIES, xIm, i + 3 * quarter);
            FloatVector sRe = aRe.add(cRe);
            FloatVector sIm = aIm.add(cIm);
            FloatVector tRe = aRe.sub(cRe);
            FloatVector tIm = aIm.sub(cIm);
            FloatVector uRe = bRe.add(dRe);
            FloatVector uIm = bIm.add(dIm);
            FloatVector vRe = bRe.sub(dRe);
            FloatVector vIm = bIm.sub(dIm);
            sRe.add(uRe).intoArray(yRe, o);
            sIm.add(uIm).intoArray(yIm, o);
            FloatVector eRe = tRe.add(vIm);
            FloatVector eIm = tIm.sub(vRe);
            eRe.mul(w1Re).sub(eIm.mul(w1Im)).intoArray(yRe, o + stride);
            eRe.fma(w1Im, eIm.mul(w1Re)).intoArray(yIm, o + stride);
            FloatVector fRe = sRe.sub(uRe);
            FloatVector fIm = sIm.sub(uIm);
            fRe.mul(w2Re).sub(fIm.mul(w2Im)).intoArray(yRe, o + 2 * stride);
            fRe.fma(w2Im, fIm.mul(w2Re)).intoArray(yIm, o + 2 * stride);
            FloatVector gRe = tRe.sub(vIm);
            FloatVector gIm = tIm.add(vRe);
            gRe.mul(w3Re).sub(gIm.mul(w3Im)).intoArray(yRe, o + 3 * stride);
            gRe.fma(w3Im, gIm.mul(w3Re)).intoArray(yIm, o + 3 * stride);
        }
    }

    private static void last4(float[] xRe, float[] xIm, float[] yRe, float[] yIm, int stride) {
        for (int q = 0; q < stride; q += V) {
            FloatVector aRe = FloatVector.fromArray(SPECIES, xRe, q);
            FloatVector aIm = FloatVector.fromArray(SPECIES, xIm, q);
            FloatVector bRe = FloatVector.fromArray(SPECIES, xRe, q + stride);
            FloatVector bIm = FloatVector.fromArray(SPECIES, xIm, q + stride);
            FloatVector cRe = FloatVector.fromArray(SPECIES, xRe, q + 2 * stride);
            FloatVector cIm = FloatVector.fromArray(SPECIES, xIm, q + 2 * stride);
            FloatVector dRe = FloatVector.fromArray(SPECIES, xRe, q + 3 * stride);
            FloatVector dIm = FloatVector.fromArray(SPECIES, xIm, q + 3 * stride);
            FloatVector sRe = aRe.add(cRe);
            FloatVector sIm = aIm.add(cIm);
            FloatVector tRe = aRe.sub(cRe);
            FloatVector tIm = aIm.sub(cIm);
            FloatVector uRe = bRe.add(dRe);
            FloatVector uIm = bIm.add(dIm);
            FloatVector vRe = bRe.sub(dRe);
            FloatVector vIm = bIm.sub(dIm);
            sRe.add(uRe).intoArray(yRe, q);
            sIm.add(uIm).intoArray(yIm, q);
            tRe.add(vIm).intoArray(yRe, q + stride);
            tIm.sub(vRe).intoArray(yIm, q + stride);
            sRe.sub(uRe).intoArray(yRe, q + 2 * stride);
            sIm.sub(uIm).intoArray(yIm, q + 2 * stride);
            tRe.sub(vIm).intoArray(yRe, q + 3 * stride);
            tIm.add(vRe).intoArray(yIm, q + 3 * stride);
        }
    }

    private static void last2(float[] xRe, float[] xIm, float[] yRe, float[] yIm, int stride) {
        for (int q = 0; q < stride; q += V) {
            FloatVector aRe = FloatVector.fromArray(SPECIES, xRe, q);
            FloatVector aIm = FloatVector.fromArray(SPECIES, xIm, q);
            FloatVector bRe = FloatVector.fromArray(SPECIES, xRe, q + stride);
            FloatVector bIm = FloatVector.fromArray(SPECIES, xIm, q + stride);
            aRe.add(bRe).intoArray(yRe, q);
            aIm.add(bIm).intoArray(yIm, q);
            aRe.sub(bRe).intoArray(yRe, q + stride);
            aIm.sub(bIm).intoArray(yIm, q + stride);
        }
    }

    private static void turn(float[] re, float[] im, float[] wRe, float[] wIm, int points) {
        for (int i = 0; i < points; i += V) {
            FloatVector a = FloatVector.fromArray(SPECIES, re, i);
            FloatVector b = FloatVector.fromArray(SPECIES, im, i);
            FloatVector c = FloatVector.fromArray(SPECIES, wRe, i);
            FloatVector d = FloatVector.fromArray(SPECIES, wIm, i);
            a.mul(c).sub(b.mul(d)).intoArray(re, i);
            a.fma(d, b.mul(c)).intoArray(im, i);
        }
    }

    /** Rows of V lanes become V rows: number by number, because rearrangements of lanes cost JDK 17 more than twice as much, and later ones save little. */
    private static void transpose(float[] xRe, float[] xIm, float[] yRe, float[] yIm, int[] order) {
        for (int i = 0; i < order.length; i++) {
            int from = order[i];
            yRe[i] = xRe[from];
            yIm[i] = xIm[from];
        }
    }

    /** From the transform Z of even samples plus i times odd ones, halved: X[k] = (Z[k] + Z*[n−k]) − i·exp(−2πik/N)·(Z[k] − Z*[n−k]), two mirrored vectors at a time. */
    private void unpack(float[] re, float[] im, int to) {
        float[] zRe = aRe;
        float[] zIm = aIm;
        int n = points;
        zRe[n] = zRe[0];
        zIm[n] = zIm[0];
        for (int k = 0; k < n / 2; k += V) {
            int mirror = n - k - V + 1;
            FloatVector a = FloatVector.fromArray(SPECIES, zRe, k);
            FloatVector b = FloatVector.fromArray(SPECIES, zIm, k);
            FloatVector c = FloatVector.fromArray(SPECIES, zRe, mirror).rearrange(REVERSE);
            FloatVector d = FloatVector.fromArray(SPECIES, zIm, mirror).rearrange(REVERSE);
            FloatVector sumRe = a.add(c);
            FloatVector sumIm = b.sub(d);
            FloatVector difRe = b.add(d);
            FloatVector difIm = c.sub(a);
            FloatVector wRe = FloatVector.fromArray(SPECIES, unpackRe, k);
            FloatVector wIm = FloatVector.fromArray(SPECIES, unpackIm, k);
            FloatVector tRe = difRe.mul(wRe).sub(difIm.mul(wIm));
            FloatVector tIm = difRe.fma(wIm, difIm.mul(wRe));
            sumRe.add(tRe).intoArray(re, to + k);
            sumIm.add(tIm).intoArray(im, to + k);
            sumRe.sub(tRe).rearrange(REVERSE).intoArray(re, to + mirror);
            tIm.sub(sumIm).rearrange(REVERSE).intoArray(im, to + mirror);
        }
        re[to + n / 2] = 2 * zRe[n / 2];
        im[to + n / 2] = -2 * zIm[n / 2];
        im[to] = 0;
        im[to + n] = 0;
    }

    /** The way back, times two, real and imaginary parts exchanged. */
    private void pack(float[] re, float[] im, int from) {
        float[] zRe = aIm;
        float[] zIm = aRe;
        int n = points;
        for (int k = 0; k < n / 2; k += V) {
            int mirror = n - k - V + 1;
            FloatVector a = FloatVector.fromArray(SPECIES, re, from + k);
            FloatVector b = FloatVector.fromArray(SPECIES, im, from + k);
            FloatVector c = FloatVector.fromArray(SPECIES, re, from + mirror).rearrange(REVERSE);
            FloatVector d = FloatVector.fromArray(SPECIES, im, from + mirror).rearrange(REVERSE);
            FloatVector sumRe = a.add(c);
            FloatVector sumIm = b.sub(d);
            FloatVector difRe = a.sub(c);
            FloatVector difIm = b.add(d);
            FloatVector wRe = FloatVector.fromArray(SPECIES, unpackRe, k);
            FloatVector wIm = FloatVector.fromArray(SPECIES, unpackIm, k);
            // i · conj(w) · dif
            FloatVector tRe = difRe.mul(wIm).sub(difIm.mul(wRe));
            FloatVector tIm = difRe.fma(wRe, difIm.mul(wIm));
            sumRe.add(tRe).intoArray(zRe, k);
            sumIm.add(tIm).intoArray(zIm, k);
            sumRe.sub(tRe).rearrange(REVERSE).intoArray(zRe, mirror);
            tIm.sub(sumIm).rearrange(REVERSE).intoArray(zIm, mirror);
        }
        zRe[0] = re[from] + re[from + n];
        zIm[0] = re[from] - re[from + n];
        zRe[n / 2] = 2 * re[from + n / 2];
        zIm[n / 2] = -2 * im[from + n / 2];
    }
}
