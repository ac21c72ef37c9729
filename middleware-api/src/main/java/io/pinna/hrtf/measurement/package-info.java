/** x */
package io.pinna.hrtf.measurement;
