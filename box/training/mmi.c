/* The lattice-free MMI objective of one utterance and its gradient; called from mmi.py, and checked in tests against
 * mmi_reference.py, which says the same in numpy without care for speed.
 *
 * Every unit (silence, phones) emits output 2u on its first frame and output 2u+1 on every further frame.
 * Denominator: all unit sequences under a bigram ("follow", "first").  Numerator: the chain of the transcript, in which
 * a silence may be passed over.  "outputs" are log scores, frames x 2*units, row-major.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define IMPOSSIBLE (-1e30)
#define NEGLIGIBLE 1e-30f /* smaller numbers would soon be subnormal, and a hundred times slower to multiply */

static int possible(double score) { return score > 0.1 * IMPOSSIBLE; }

static double log_add(double a, double b) {
    double low = a < b ? a : b, high = a < b ? b : a;
    return possible(low) ? high + log1p(exp(low - high)) : high;
}

/* Adds the posteriors of the denominator to gradient; returns its log score. Probabilities are scaled frame by frame. */
static double denominator(const float *outputs, int frames, int units, const float *follow, const float *first,
                          float *gradient) {
    size_t cells = (size_t)frames * units;
    float *entry = malloc(cells * sizeof(float)), *stay = malloc(cells * sizeof(float));
    float *forward = malloc(cells * sizeof(float)), *arriving = malloc(cells * sizeof(float));
    float *back = malloc(units * sizeof(float)), *earlier = malloc(units * sizeof(float));
    float *leaving = malloc(units * sizeof(float));
    double *scale = malloc(frames * sizeof(double)), score = 0;
    for (int t = 0; t < frames; t++) {
        const float *y = outputs + (size_t)t * 2 * units;
        float *e = entry + (size_t)t * units, *s = stay + (size_t)t * units, highest = y[0];
        float *a = forward + (size_t)t * units, *in = arriving + (size_t)t * units;
        for (int i = 1; i < 2 * units; i++) if (y[i] > highest) highest = y[i];
        for (int u = 0; u < units; u++) { e[u] = expf(y[2 * u] - highest); s[u] = expf(y[2 * u + 1] - highest); }
        if (t == 0) {
            for (int u = 0; u < units; u++) { in[u] = first[u]; a[u] = e[u] * in[u]; }
        } else {
            const float *before = a - units;
            memset(in, 0, units * sizeof(float));
            for (int p = 0; p < units; p++) {
                const float *row = follow + (size_t)p * units;
                for (int u = 0; u < units; u++) in[u] += before[p] * row[u];
            }
            for (int u = 0; u < units; u++) a[u] = s[u] * before[u] + e[u] * in[u];
        }
        double sum = 1e-30;
        for (int u = 0; u < units; u++) sum += a[u];
        scale[t] = sum;
        score += highest + log(sum);
        for (int u = 0; u < units; u++) a[u] = a[u] < NEGLIGIBLE ? 0 : a[u] / (float)sum;
    }
    for (int u = 0; u < units; u++) back[u] = 1;
    for (int t = frames - 1; t >= 0; t--) {
        const float *e = entry + (size_t)t * units, *s = stay + (size_t)t * units;
        const float *in = arriving + (size_t)t * units, *before = forward + (size_t)(t - 1) * units;
        float *g = gradient + (size_t)t * 2 * units, inverse = (float)(1 / scale[t]);
        for (int u = 0; u < units; u++) {
            g[2 * u] += e[u] * in[u] * back[u] * inverse;
            if (t) g[2 * u + 1] += s[u] * before[u] * back[u] * inverse;
            leaving[u] = e[u] * back[u];
        }
        if (!t) break;
        for (int p = 0; p < units; p++) {
            const float *row = follow + (size_t)p * units;
            float sum = 0;
            for (int u = 0; u < units; u++) sum += row[u] * leaving[u];
            float reached = (s[p] * back[p] + sum) * inverse;
            earlier[p] = reached < NEGLIGIBLE ? 0 : reached;
        }
        memcpy(back, earlier, units * sizeof(float));
    }
    free(entry); free(stay); free(forward); free(arriving); free(back); free(earlier); free(leaving); free(scale);
    return score;
}

/* Subtracts the posteriors of the numerator from gradient; returns its log score, IMPOSSIBLE if the chain does not fit
 * into the frames (the gradient is then left as it was). The chain begins and ends with a silence that may be absent. */
static double numerator(const float *outputs, int frames, int width, const int *chain, int length, float *gradient) {
    size_t cells = (size_t)frames * length;
    double *forward = malloc(cells * sizeof(double)), *back = malloc(cells * sizeof(double));
    for (size_t i = 0; i < cells; i++) forward[i] = back[i] = IMPOSSIBLE;
    for (int s = 0; s < 2 && s < length; s++) forward[s] = outputs[2 * chain[s]];
    for (int t = 1; t < frames; t++) {
        const float *y = outputs + (size_t)t * width;
        const double *before = forward + (size_t)(t - 1) * length;
        double *now = forward + (size_t)t * length;
        for (int s = 0; s < length; s++) {
            double enter = s > 0 ? before[s - 1] : IMPOSSIBLE;
            if (s > 1 && chain[s - 1] == 0) enter = log_add(enter, before[s - 2]);
            double here = possible(before[s]) ? before[s] + y[2 * chain[s] + 1] : IMPOSSIBLE;
            if (possible(enter)) here = log_add(here, enter + y[2 * chain[s]]);
            now[s] = here;
        }
    }
    double *last = forward + (size_t)(frames - 1) * length;
    double score = length > 1 ? log_add(last[length - 1], last[length - 2]) : last[length - 1];
    if (possible(score)) {
        double *end = back + (size_t)(frames - 1) * length;
        end[length - 1] = 0;
        if (length > 1) end[length - 2] = 0;
        for (int t = frames - 1; t > 0; t--) {
            const float *y = outputs + (size_t)t * width;
            const double *before = forward + (size_t)(t - 1) * length, *now = back + (size_t)t * length;
            double *earlier = back + (size_t)(t - 1) * length;
            float *g = gradient + (size_t)t * width;
            for (int s = 0; s < length; s++) {
                if (!possible(now[s])) continue;
                double stay = y[2 * chain[s] + 1] + now[s], enter = y[2 * chain[s]] + now[s];
                if (possible(before[s])) {
                    g[2 * chain[s] + 1] -= (float)exp(before[s] + stay - score);
                    earlier[s] = log_add(earlier[s], stay);
                }
                for (int hop = 1; hop <= 2 && hop <= s; hop++) {
                    if ((hop == 2 && chain[s - 1] != 0) || !possible(before[s - hop])) continue;
                    g[2 * chain[s]] -= (float)exp(before[s - hop] + enter - score);
                    earlier[s - hop] = log_add(earlier[s - hop], enter);
                }
            }
        }
        for (int s = 0; s < 2 && s < length; s++)
            if (possible(back[s])) gradient[2 * chain[s]] -= (float)exp(forward[s] + back[s] - score);
    }
    free(forward); free(back);
    return score;
}

/* Denominator minus numerator; "gradient" (frames x 2*units) is set to its derivative. *fits is 0, and the gradient zero,
 * where the transcript cannot be said in so few frames. */
double mmi(const float *outputs, int frames, int units, const int *chain, int length, const float *follow,
           const float *first, float *gradient, int *fits) {
    size_t bytes = (size_t)frames * 2 * units * sizeof(float);
    memset(gradient, 0, bytes);
    double wanted = numerator(outputs, frames, 2 * units, chain, length, gradient);
    *fits = possible(wanted);
    if (!*fits) return 0;
    return denominator(outputs, frames, units, follow, first, gradient) - wanted;
}
