package io.pinna.internal.simd;

import io.pinna.InvalidValueException;
import io.pinna.internal.Check;
import io.pinna.internal.RealTime;
import java.util.ArrayList;
import java.util.List;

/**
 * The forward transforms of several real signals of N samples at once, in plain Java that the just-in-time compiler turns into vector instructions. It does so only for long loops with small bodies that read and
 * write different arrays at the same index. Therefore each signal is cut into R pieces of C = N/R samples, and row r holds piece r of all signals. A transform of length R is taken down the columns, of real numbers,
 * by sums and differences of whole rows; its R/2 + 1 results are turned by exp(−2πi·k·c/N) and transposed, so that row c holds number c of all signals and all k; and a transform of length C, of complex numbers, goes
 * down these columns. Of its results X[k + R·j], those beyond the middle are the conjugates of what is missing before it. Unlike the usual transform of N/2 complex numbers this needs no pass that
 * separates even samples from odd ones.
 *
 * <p>The numbers of a signal never meet those of another, and what is done to them is the same whatever their number: the spectrum of a signal is the same to the bit whichever others are transformed with it.
 *
 * <p>X[k] = Σ x[n]·exp(−2πi·k·n/N), as {@link io.pinna.internal.dsp.RealFft} has it. One instance belongs to one thread (it owns work arrays); it allocates only in its constructor.
 */
public final class BatchFft implements ForwardTransforms {
    private final int size;
    /** R, C and R/2 + 1. */
    private final int pieces;
    private final int pieceSamples;
    private final int kept;
    private final Program columns;
    private final Program rows;
    /** The real and the imaginary parts of result k of the columns: rows of {@link #columns}; null where they are zero. */
    private final float[][] resultRe;
    private final float[][] resultIm;
    /** Piece r of all signals. */
    private final float[][] inRow;
    /** Rows c of what the rows' transform begins with, and rows j of its results. */
    private final float[][] fromRe;
    private final float[][] fromIm;
    private final float[][] toRe;
    private final float[][] toIm;
    /** cos and −sin of 2πkc/N, [k][c]. */
    private final float[][] turnRe;
    private final float[][] turnIm;

    /**
     * @param size N, a power of two from 64 to 2^20
     * @param most signals at once
     */
    public BatchFft(int size, int most) {
        this(size, most, pieces(size));
    }

    BatchFft(int size, int most, int pieces) {
        Check.inRange(size, 64, 1 << 20, "transform size");
        Check.inRange(most, 1, 1024, "signals");
        if (Integer.bitCount(size) != 1) {
            throw new InvalidValueException("transform size is " + size + "; it must be a power of two");
        }
        this.size = size;
        this.pieces = pieces;
        pieceSamples = size / pieces;
        kept = pieces / 2 + 1;

        columns = new Program(pieces, pieceSamples * most);
        int[] in = new int[pieces];
        for (int r = 0; r < pieces; r++) {
            in[r] = r;
        }
        int[][] spectrum = columns.real(in, false);
        inRow = columns.row;
        resultRe = new float[kept][];
        resultIm = new float[kept][];
        for (int k = 0; k < kept; k++) {
            resultRe[k] = columns.row[spectrum[0][k]];
            resultIm[k] = spectrum[1][k] < 0 ? null : columns.row[spectrum[1][k]];
        }

        rows = new Program(2 * pieceSamples, kept * most);
        int[] re = new int[pieceSamples];
        int[] im = new int[pieceSamples];
        fromRe = new float[pieceSamples][];
        fromIm = new float[pieceSamples][];
        toRe = new float[pieceSamples][];
        toIm = new float[pieceSamples][];
        for (int c = 0; c < pieceSamples; c++) {
            re[c] = 2 * c;
            im[c] = 2 * c + 1;
            fromRe[c] = rows.row[re[c]];
            fromIm[c] = rows.row[im[c]];
        }
        spectrum = rows.complex(re, im);
        for (int j = 0; j < pieceSamples; j++) {
            toRe[j] = rows.row[spectrum[0][j]];
            toIm[j] = rows.row[spectrum[1][j]];
        }
        columns.finish();
        rows.finish();
        turnRe = new float[kept][pieceSamples];
        turnIm = new float[kept][pieceSamples];
        for (int k = 0; k < kept; k++) {
            for (int c = 0; c < pieceSamples; c++) {
                turnRe[k][c] = (float) Math.cos(2 * Math.PI * k * c / size);
                turnIm[k][c] = (float) -Math.sin(2 * Math.PI * k * c / size);
            }
        }
    }

    /** Whether it was measured to take at most three quarters of the time of {@link io.pinna.internal.dsp.RealFft} for eight signals. For one alone it takes up to about twice as long. */
    static boolean isWorthwhile(int size) {
        return size >= 256 && size <= 16384;
    }

    /** Measured to be the fastest for eight signals. */
    private static int pieces(int size) {
        if (size < 512) {
            return 16;
        }
        return size < 2048 ? 32 : 64;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    @RealTime
    public void forward(float[][] x, int[] offset, int count, float[][] re, float[][] im) {
        load(x, offset, count);
        columns.run(pieceSamples * count);
        turnAndTranspose(count);
        rows.run(kept * count);
        unload(count, re, im);
    }

    @RealTime
    private void load(float[][] x, int[] offset, int count) {
        int n = pieceSamples;
        for (int v = 0; v < count; v++) {
            float[] from = x[v];
            int o = offset[v];
            int to = v * n;
            for (int r = 0; r < pieces; r++) {
                System.arraycopy(from, o + r * n, inRow[r], to, n);
            }
        }
    }

    @RealTime
    private void turnAndTranspose(int count) {
        int n = pieceSamples;
        int h = kept;
        for (int c = 0; c < n; c += 2) {
            float[] yRe = fromRe[c];
            float[] yIm = fromIm[c];
            float[] zRe = fromRe[c + 1];
            float[] zIm = fromIm[c + 1];
            real(resultRe[0], c, n, 1, 0, 1, 0, yRe, yIm, zRe, zIm, 0, h, count);
            for (int k = 1; k < h - 1; k++) {
                turn(resultRe[k], resultIm[k], c, n, turnRe[k][c], turnIm[k][c], turnRe[k][c + 1], turnIm[k][c + 1], yRe, yIm, zRe, zIm, k, h, count);
            }
            real(resultRe[h - 1], c, n, turnRe[h - 1][c], turnIm[h - 1][c], turnRe[h - 1][c + 1], turnIm[h - 1][c + 1], yRe, yIm, zRe, zIm, h - 1, h, count);
        }
    }

    @RealTime
    private static void turn(float[] xRe, float[] xIm, int from, int fromStep, float vRe, float vIm, float wRe, float wIm, float[] yRe, float[] yIm, float[] zRe, float[] zIm, int to, int toStep, int count) {
        int i = from;
        int o = to;
        for (int p = 0; p < count; p++) {
            float a = xRe[i];
            float b = xIm[i];
            float c = xRe[i + 1];
            float d = xIm[i + 1];
            yRe[o] = a * vRe - b * vIm;
            yIm[o] = a * vIm + b * vRe;
            zRe[o] = c * wRe - d * wIm;
            zIm[o] = c * wIm + d * wRe;
            i += fromStep;
            o += toStep;
        }
    }

    /** Where imaginary parts are zero. */
    @RealTime
    private static void real(float[] x, int from, int fromStep, float vRe, float vIm, float wRe, float wIm, float[] yRe, float[] yIm, float[] zRe, float[] zIm, int to, int toStep, int count) {
        int i = from;
        int o = to;
        for (int p = 0; p < count; p++) {
            float a = x[i];
            float c = x[i + 1];
            yRe[o] = a * vRe;
            yIm[o] = a * vIm;
            zRe[o] = c * wRe;
            zIm[o] = c * wIm;
            i += fromStep;
            o += toStep;
        }
    }

    @RealTime
    private void unload(int count, float[][] re, float[][] im) {
        int half = pieceSamples / 2;
        int h = kept;
        for (int v = 0; v < count; v++) {
            float[] yRe = re[v];
            float[] yIm = im[v];
            int from = v * h;
            for (int j = 0; j < half; j++) {
                System.arraycopy(toRe[j], from, yRe, pieces * j, h);
                System.arraycopy(toIm[j], from, yIm, pieces * j, h);
                mirror(toRe[pieceSamples - 1 - j], toIm[pieceSamples - 1 - j], from, yRe, yIm, pieces * (j + 1), h - 1);
            }
            yRe[size / 2] = toRe[half][from];
            yIm[size / 2] = 0;
            yIm[0] = 0;
        }
    }

    @RealTime
    private static void mirror(float[] xRe, float[] xIm, int from, float[] yRe, float[] yIm, int to, int end) {
        for (int k = 1; k < end; k++) {
            yRe[to - k] = xRe[from + k];
            yIm[to - k] = -xIm[from + k];
        }
    }

    /** Sums and differences of whole rows, as numbers in tables: made with the names of rows, so that nothing ever moves to where its number says. */
    private static final class Program {
        /** Results go to other rows than they come from: loops that write where they read are not compiled into vector instructions by all compilers. */
        private static final int SPARE = 3;
        final float[][] row;
        /** Rows that hold nothing that is wanted. */
        private final int[] spare = new int[SPARE];
        private final List<Operation> made = new ArrayList<>();
        private Operation[] operations;

        Program(int rows, int length) {
            row = new float[rows + SPARE][length];
            for (int i = 0; i < SPARE; i++) {
                spare[i] = rows + i;
            }
        }

        /**
         * a + exp(−i·angle)·b and a − exp(−i·angle)·b.
         *
         * @param conjugate whether the conjugate of the difference is wanted
         * @return the rows of both: real part, imaginary part, real part, imaginary part
         */
        private int[] addTurned(int aRe, int aIm, int bRe, int bIm, double angle, boolean conjugate) {
            double c = Math.cos(angle);
            double s = -Math.sin(angle);
            int[] y = {spare[0], aRe, spare[1], spare[2]};
            made.add(new TurnRe(row[aRe], row[bRe], row[bIm], row[y[0]], row[y[2]], (float) c, (float) s));
            if (conjugate) {
                made.add(new TurnConjugateIm(row[aIm], row[bRe], row[bIm], row[y[1]], row[y[3]], (float) s, (float) -c));
            } else {
                made.add(new TurnIm(row[aIm], row[bRe], row[bIm], row[y[1]], row[y[3]], (float) s, (float) -c));
            }
            spare[0] = aIm;
            spare[1] = bRe;
            spare[2] = bIm;
            return y;
        }

        private static int[] everySecond(int[] x, int from) {
            int[] y = new int[x.length / 2];
            for (int i = 0; i < y.length; i++) {
                y[i] = x[from + 2 * i];
            }
            return y;
        }

        /**
         * Of real rows.
         *
         * @param negated whether the last result is wanted with the other sign
         * @return the rows of the real and of the imaginary parts of results 0 to half the length; −1 for the first's and the last's imaginary parts, which are zero
         */
        int[][] real(int[] x, boolean negated) {
            int n = x.length;
            if (n == 4) {
                // (s+u), t, (s−u) and (d−b) stand where a, b, c and d stood.
                made.add(negated ? new FourNegated(row[x[0]], row[x[1]], row[x[2]], row[x[3]]) : new Four(row[x[0]], row[x[1]], row[x[2]], row[x[3]]));
                return new int[][] {{x[0], x[1], x[2]}, {-1, x[3], -1}};
            }
            int[][] even = real(everySecond(x, 0), false);
            int[][] odd = real(everySecond(x, 1), true);
            int[] re = new int[n / 2 + 1];
            int[] im = new int[n / 2 + 1];
            im[0] = -1;
            im[n / 2] = -1;
            re[0] = even[0][0];
            re[n / 2] = odd[0][0];
            made.add(negated ? new TwoNegated(row[re[0]], row[re[n / 2]]) : new Two(row[re[0]], row[re[n / 2]]));
            for (int k = 1; k < n / 4; k++) {
                int[] y = addTurned(even[0][k], even[1][k], odd[0][k], odd[1][k], 2 * Math.PI * k / n, true);
                re[k] = y[0];
                im[k] = y[1];
                re[n / 2 - k] = y[2];
                im[n / 2 - k] = y[3];
            }
            // Turned by −i, a real row is an imaginary part with the other sign; it was made so.
            re[n / 4] = even[0][n / 4];
            im[n / 4] = odd[0][n / 4];
            return new int[][] {re, im};
        }

        /** Of complex rows: the rows of the real and of the imaginary parts of the results. */
        int[][] complex(int[] re, int[] im) {
            int n = re.length;
            if (n == 1) {
                return new int[][] {re, im};
            }
            if (n == 4) {
                // Real and imaginary parts by themselves; then a − c and d − b meet, of either the other's.
                made.add(new Four(row[re[0]], row[re[1]], row[re[2]], row[re[3]]));
                made.add(new Four(row[im[0]], row[im[1]], row[im[2]], row[im[3]]));
                made.add(new TwiceTwo(row[re[1]], row[im[3]], row[im[1]], row[re[3]]));
                return new int[][] {{re[0], im[3], re[2], re[1]}, {im[0], im[1], im[2], re[3]}};
            }
            int[][] even = complex(everySecond(re, 0), everySecond(im, 0));
            int[][] odd = complex(everySecond(re, 1), everySecond(im, 1));
            int[] yRe = new int[n];
            int[] yIm = new int[n];
            for (int k = 0; k < n / 2; k++) {
                int a = even[0][k];
                int b = even[1][k];
                int c = odd[0][k];
                int d = odd[1][k];
                yRe[k] = a;
                yIm[k] = b;
                yRe[k + n / 2] = c;
                yIm[k + n / 2] = d;
                if (k == 0) {
                    made.add(new TwiceTwo(row[a], row[c], row[b], row[d]));
                } else if (4 * k == n) {
                    // By −i: a + d and a − d are the real parts, b − c and b + c the imaginary ones.
                    made.add(new TwiceTwo(row[a], row[d], row[b], row[c]));
                    yRe[k + n / 2] = d;
                    yIm[k] = c;
                    yIm[k + n / 2] = b;
                } else {
                    int[] y = addTurned(a, b, c, d, 2 * Math.PI * k / n, false);
                    yRe[k] = y[0];
                    yIm[k] = y[1];
                    yRe[k + n / 2] = y[2];
                    yIm[k + n / 2] = y[3];
                }
            }
            return new int[][] {yRe, yIm};
        }

        void finish() {
            operations = made.toArray(new Operation[0]);
        }

        @RealTime
        void run(int n) {
            for (int i = 0; i < operations.length; i++) {
                operations[i].run(n);
            }
        }
    }

    /**
     * Of the first n numbers of some rows. That there are many kinds matters: the compiler then calls them, instead of compiling their loops into that which calls them, where it fails to use vector instructions for some.
     * It matters too how each is written, what it reads first and that none of its rows is read twice.
     */
    private abstract static class Operation {
        @RealTime
        abstract void run(int n);
    }

    /** The transform of length 4 of real rows: its results 0, 1 (real part), 2 and 1 (imaginary part) stand where a, b, c and d stood. */
    private static final class Four extends Operation {
        private final float[] a;
        private final float[] b;
        private final float[] c;
        private final float[] d;

        Four(float[] a, float[] b, float[] c, float[] d) {
            this.a = a;
            this.b = b;
            this.c = c;
            this.d = d;
        }

        @Override
        @RealTime
        void run(int n) {
            float[] a = this.a;
            float[] b = this.b;
            float[] c = this.c;
            float[] d = this.d;
            for (int i = 0; i < n; i++) {
                float s = a[i] + c[i];
                float t = a[i] - c[i];
                float u = b[i] + d[i];
                float v = d[i] - b[i];
                a[i] = s + u;
                b[i] = t;
                c[i] = s - u;
                d[i] = v;
            }
        }
    }

    /** The transform of length 4 of real rows: its results 0, 1 (real part), 2 (with the other sign) and 1 (imaginary part) stand where a, b, c and d stood. */
    private static final class FourNegated extends Operation {
        private final float[] a;
        private final float[] b;
        private final float[] c;
        private final float[] d;

        FourNegated(float[] a, float[] b, float[] c, float[] d) {
            this.a = a;
            this.b = b;
            this.c = c;
            this.d = d;
        }

        @Override
        @RealTime
        void run(int n) {
            float[] a = this.a;
            float[] b = this.b;
            float[] c = this.c;
            float[] d = this.d;
            for (int i = 0; i < n; i++) {
                float s = a[i] + c[i];
                float t = a[i] - c[i];
                float u = b[i] + d[i];
                float v = d[i] - b[i];
                a[i] = s + u;
                b[i] = t;
                c[i] = u - s;
                d[i] = v;
            }
        }
    }

    /** a + b and a − b. */
    private static final class Two extends Operation {
        private final float[] a;
        private final float[] b;

        Two(float[] a, float[] b) {
            this.a = a;
            this.b = b;
        }

        @Override
        @RealTime
        void run(int n) {
            float[] a = this.a;
            float[] b = this.b;
            for (int i = 0; i < n; i++) {
                float s = a[i] + b[i];
                float t = a[i] - b[i];
                a[i] = s;
                b[i] = t;
            }
        }
    }

    /** a + b and b − a. */
    private static final class TwoNegated extends Operation {
        private final float[] a;
        private final float[] b;

        TwoNegated(float[] a, float[] b) {
            this.a = a;
            this.b = b;
        }

        @Override
        @RealTime
        void run(int n) {
            float[] a = this.a;
            float[] b = this.b;
            for (int i = 0; i < n; i++) {
                float s = a[i] + b[i];
                float t = b[i] - a[i];
                a[i] = s;
                b[i] = t;
            }
        }
    }

    /** a + b and a − b, c + d and c − d. */
    private static final class TwiceTwo extends Operation {
        private final float[] a;
        private final float[] b;
        private final float[] c;
        private final float[] d;

        TwiceTwo(float[] a, float[] b, float[] c, float[] d) {
            this.a = a;
            this.b = b;
            this.c = c;
            this.d = d;
        }

        @Override
        @RealTime
        void run(int n) {
            float[] a = this.a;
            float[] b = this.b;
            float[] c = this.c;
            float[] d = this.d;
            for (int i = 0; i < n; i++) {
                float s = a[i] + b[i];
                float t = a[i] - b[i];
                float u = c[i] + d[i];
                float v = c[i] - d[i];
                a[i] = s;
                b[i] = t;
                c[i] = u;
                d[i] = v;
            }
        }
    }

    /** Of two numbers, the second of which is turned, the sum and the difference, in one part. */
    private abstract static class Turn extends Operation {
        final float[] a;
        final float[] b;
        final float[] c;
        final float[] sum;
        final float[] difference;
        final float p;
        final float q;

        Turn(float[] a, float[] b, float[] c, float[] sum, float[] difference, float p, float q) {
            this.a = a;
            this.b = b;
            this.c = c;
            this.sum = sum;
            this.difference = difference;
            this.p = p;
            this.q = q;
        }
    }

    /** a + (p·b − q·c) and a − (p·b − q·c): the real parts of a complex number plus and minus another that is turned. */
    private static final class TurnRe extends Turn {
        TurnRe(float[] a, float[] b, float[] c, float[] sum, float[] difference, float p, float q) {
            super(a, b, c, sum, difference, p, q);
        }

        @Override
        @RealTime
        void run(int n) {
            float[] a = this.a;
            float[] b = this.b;
            float[] c = this.c;
            float[] sum = this.sum;
            float[] difference = this.difference;
            float p = this.p;
            float q = this.q;
            for (int i = 0; i < n; i++) {
                float t = b[i] * p - c[i] * q;
                float x = a[i];
                float s = x + t;
                float u = x - t;
                sum[i] = s;
                difference[i] = u;
            }
        }
    }

    /** The same for the imaginary parts. Not the same class: of what most operations are, the compiler would compile the loop into its caller. */
    private static final class TurnIm extends Turn {
        TurnIm(float[] a, float[] b, float[] c, float[] sum, float[] difference, float p, float q) {
            super(a, b, c, sum, difference, p, q);
        }

        @Override
        @RealTime
        void run(int n) {
            float[] a = this.a;
            float[] b = this.b;
            float[] c = this.c;
            float[] sum = this.sum;
            float[] difference = this.difference;
            float p = this.p;
            float q = this.q;
            for (int i = 0; i < n; i++) {
                float t = b[i] * p - c[i] * q;
                float x = a[i];
                float s = x + t;
                float u = x - t;
                sum[i] = s;
                difference[i] = u;
            }
        }
    }

    /** a + (p·b − q·c) and (p·b − q·c) − a: the imaginary parts of the sum and of the conjugate of the difference. */
    private static final class TurnConjugateIm extends Turn {
        TurnConjugateIm(float[] a, float[] b, float[] c, float[] sum, float[] difference, float p, float q) {
            super(a, b, c, sum, difference, p, q);
        }

        @Override
        @RealTime
        void run(int n) {
            float[] a = this.a;
            float[] b = this.b;
            float[] c = this.c;
            float[] sum = this.sum;
            float[] difference = this.difference;
            float p = this.p;
            float q = this.q;
            for (int i = 0; i < n; i++) {
                float t = b[i] * p - c[i] * q;
                float x = a[i];
                float s = x + t;
                float u = t - x;
                sum[i] = s;
                difference[i] = u;
            }
        }
    }
}
