package io.pinna.internal.render;

import io.pinna.internal.RealTime;

/** Selection without allocation, which the sorts of the JDK do not promise. */
@RealTime
final class Select {
    private Select() {
    }

    /** The k-th largest of the first n values (Hoare's quickselect); the array is reordered. 1 ≤ k ≤ n. */
    static long largest(long[] values, int n, int k) {
        int low = 0;
        int high = n - 1;
        int wanted = n - k;
        while (low < high) {
            long pivot = values[(low + high) >>> 1];
            int i = low;
            int j = high;
            while (i <= j) {
                while (values[i] < pivot) {
                    i++;
                }
                while (values[j] > pivot) {
                    j--;
                }
                if (i <= j) {
                    long t = values[i];
                    values[i++] = values[j];
                    values[j--] = t;
                }
            }
            if (wanted <= j) {
                high = j;
            } else if (wanted >= i) {
                low = i;
            } else {
                break;
            }
        }
        return values[wanted];
    }
}
