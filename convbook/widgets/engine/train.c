// What training needs beside the loops of net.c: gradients of kernels, batch norm, optimisers.
//
// Reductions add to `out`, so that a batch is a loop over its images in JavaScript.
#include "net.c"

// `count` places of a filter's run times eight filters, over all positions of one map.
INLINE void weights_tile(const int count, const float *in, int step, int row_step,
                         const float *gradient, int g_step, int g_row, int rows, int width, float *out) {
  v4 left[6], right[6];
  EACH left[i] = right[i] = splat(0);
  for (int y = 0; y < rows; y++) {
    const float *p = in + y * row_step, *g = gradient + y * g_row;
#pragma clang loop unroll(disable)
    for (int x = 0; x < width; x++, p += step, g += g_step) {
      v4 a = load(g), b = load(g + 4);
      EACH {
        v4 v = splat(p[i]);
        left[i] = madd(v, a, left[i]), right[i] = madd(v, b, right[i]);
        KEEP(left[i], right[i]);
      }
    }
  }
  EACH {
    store(out + 8 * i, load(out + 8 * i) + left[i]);
    store(out + 8 * i + 4, load(out + 8 * i + 4) + right[i]);
  }
}

// The gradient of a kernel, in panels as the kernel is; the other arguments are those of `conv`.
EXPORT(weights)(const float *in, int run_step, int step, int row_step, int runs, int length,
                const float *gradient, int g_step, int g_row, int filters, int rows, int width,
                float *out) {
  for (int f = 0; f < filters; f += 8)
    for (int run = 0; run < runs; run++) {
      int k = 0;
#define WEIGHTS(n)                                                                                 \
  weights_tile(n, in + run * run_step + k, step, row_step, gradient + f, g_step, g_row, rows,      \
               width, out), out += 8 * n, k += n
      while (length - k >= MOST) WEIGHTS(MOST);
      while (length - k >= 2) WEIGHTS(2);
      if (k < length) WEIGHTS(1);
    }
}

// The kernel of the gradient: filters and channels change places, each filter turned by 180 degrees.
// From panels of a size x size kernel (channels in, filters out) to panels (filters in, channels out).
EXPORT(turn)(const float *in, int size, int channels, int filters, float *out) {
  const int taps = size * size;
  for (int f = 0; f < filters; f++)
    for (int t = 0; t < taps; t++)
      for (int c = 0; c < channels; c++)
        out[(c / 8 * taps * filters + (taps - 1 - t) * filters + f) * 8 + c % 8] =
            in[(f / 8 * taps * channels + t * channels + c) * 8 + f % 8];
}

// Batch norm. Adds up squares of the distances from `mean`.
EXPORT(squares)(const float *in, int in_row, int rows, int width, int channels, const float *mean,
                float scale, float *out) {
  CHANNELS {
    v4 s = splat(0), m = load(mean + c);
    POSITIONS {
      v4 d = load(in + y * in_row + x * channels + c) - m;
      s += d * d;
    }
    store(out + c, s * splat(scale) + load(out + c));
  }
}

// (in - mean) * scale * gamma + beta; `scale` is 1 / sqrt(variance + epsilon).
EXPORT(normalise)(const float *in, int in_row, int rows, int width, int channels, const float *mean,
                  const float *scale, const float *gamma, const float *beta, float low, float *out,
                  int out_row) {
  POSITIONS CHANNELS {
    v4 n = (load(in + y * in_row + x * channels + c) - load(mean + c)) * load(scale + c);
    store(out + y * out_row + x * channels + c, limit(load(gamma + c) * n + load(beta + c), low, BIG));
  }
}

// Adds what one map says of the gradients of gamma and beta.
EXPORT(normalise_sums)(const float *in, int in_row, const float *gradient, int g_row, int rows,
                       int width, int channels, const float *mean, const float *scale, float *gamma,
                       float *beta) {
  CHANNELS {
    v4 s = splat(0), t = splat(0);
    POSITIONS {
      v4 g = load(gradient + y * g_row + x * channels + c);
      s += g * (load(in + y * in_row + x * channels + c) - load(mean + c)) * load(scale + c), t += g;
    }
    store(gamma + c, load(gamma + c) + s), store(beta + c, load(beta + c) + t);
  }
}

// Back through batch norm in training: a number also moves the mean and variance it is measured by.
EXPORT(normalise_back)(const float *in, int in_row, const float *gradient, int g_row, int rows,
                       int width, int channels, const float *mean, const float *scale,
                       const float *gamma, const float *d_gamma, const float *d_beta, float share,
                       float *out, int out_row) {
  POSITIONS CHANNELS {
    v4 n = (load(in + y * in_row + x * channels + c) - load(mean + c)) * load(scale + c);
    v4 g = load(gradient + y * g_row + x * channels + c);
    g = g - load(d_beta + c) * splat(share) - load(d_gamma + c) * splat(share) * n;
    float *to = out + y * out_row + x * channels + c;
    store(to, load(to) + g * load(gamma + c) * load(scale + c));
  }
}

EXPORT(multiply)(const float *a, const float *b, int count, float *out) {
  for (int i = 0; i < count; i += 4) store(out + i, load(a + i) * load(b + i));
}

// v = momentum * v - rate * g; w += v. Weight decay adds decay * w to the gradient.
EXPORT(sgd)(float *w, const float *g, float *v, int count, float rate, float momentum, float decay) {
  for (int i = 0; i < count; i += 4) {
    v4 a = load(w + i), now = load(g + i) + splat(decay) * a;
    v4 u = load(v + i) * splat(momentum) - splat(rate) * now;
    store(v + i, u), store(w + i, a + u);
  }
}

// Algorithm 1 of Kingma and Ba (2015). part1 and part2: 1 - beta; first and second: 1 - beta to the
// power of the step. Whoever calls takes the differences, in double precision: 1 - 0.999f is off by
// 5e-5.
EXPORT(adam)(float *w, const float *g, float *m, float *v, int count, float rate, float part1,
             float part2, float epsilon, float first, float second, float decay) {
  for (int i = 0; i < count; i += 4) {
    v4 a = load(w + i), now = load(g + i) + splat(decay) * a, mean = load(m + i), square = load(v + i);
    mean += splat(part1) * (now - mean), square += splat(part2) * (now * now - square);
    v4 spread = __builtin_elementwise_sqrt(square / splat(second)) + splat(epsilon);
    store(m + i, mean), store(v + i, square), store(w + i, a - splat(rate / first) * mean / spread);
  }
}

// How fast the machine is: 12 sums that never leave their registers, 96 operations a round.
EXPORT(peak)(int rounds, float *out) {
  const int count = 12;
  v4 s[12], a = load(out), b = load(out + 4);
  EACH s[i] = load(out + 8 + 4 * i);
#pragma clang loop unroll(disable)
  for (int r = 0; r < rounds; r++) EACH s[i] = madd(s[i], a, b);
  EACH store(out + 8 + 4 * i, s[i]);
}
