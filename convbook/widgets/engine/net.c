// The loops of a convolutional network, for WebAssembly SIMD: four numbers at a time. No library, no
// memory of its own: JavaScript lays everything out in the exported memory and says where it is.
//
// A map is (row, column, channel), its channels a multiple of 8, often with a border of zeros. So
// what lies under one row of a filter is one run of numbers, and a convolution of any size and
// stride is, for each output, `runs` dot products of `length` numbers: 3x3 is 3 runs of 3*channels,
// 1x1 is one run of `channels`, a dense layer is one filter as large as the map. A kernel travels in
// panels of eight filters: (filter / 8, run, place in the run, 8).
//
// `*_row` is the number of floats from one row to the next, `*_step` from one position to the next.
// Built by `make wasm` into plain SIMD and, with RELAXED, into relaxed SIMD (fused multiply-add), by
// itself and as a part of train.c.
typedef float v4 __attribute__((vector_size(16)));
typedef int m4 __attribute__((vector_size(16)));
typedef float u4 __attribute__((vector_size(16), aligned(4)));
#define EXPORT(name) __attribute__((export_name(#name))) void name
#define INLINE static inline __attribute__((always_inline))
#define CHANNELS for (int c = 0; c < channels; c += 4)
#define POSITIONS for (int y = 0; y < rows; y++) for (int x = 0; x < width; x++)
#define BIG __builtin_inff()

INLINE v4 load(const float *p) { return *(const u4 *)p; }
INLINE void store(float *p, v4 v) { *(u4 *)p = v; }
INLINE v4 splat(float s) { return (v4){s, s, s, s}; }
INLINE v4 largest(v4 a, v4 b) { return __builtin_wasm_pmax_f32x4(a, b); }
// What is not a number stays so.
INLINE v4 limit(v4 v, float low, float high) {
  return __builtin_wasm_pmin_f32x4(largest(v, splat(low)), splat(high));
}
#ifdef RELAXED
INLINE v4 madd(v4 a, v4 b, v4 c) { return __builtin_wasm_relaxed_madd_f32x4(a, b, c); }
#define MOST 6
#else
INLINE v4 madd(v4 a, v4 b, v4 c) { return a * b + c; }
#define MOST 4 // without a fused multiply-add, six outputs need more registers than there are
#endif

static const float none[8];

// --- convolution -------------------------------------------------------------------------------------
struct Conv {
  int runs, length, run_step, step;
  const float *kernel, *bias;
  int filters;
  float low, high;
};

// Unrolled early, so that the sums stay in registers whatever the compiler prefers.
#define EACH _Pragma("clang loop unroll(full)") for (int i = 0; i < count; i++)
// Emits nothing; it keeps the compiler from loading every number of a step first.
#define KEEP(a, b) __asm__ volatile("" : "+r"(a), "+r"(b))
// Loads a number that nobody wants, so that its line is on its way when somebody does.
#define TOUCH(p) { float touched = *(p); __asm__ volatile("" : : "r"(touched)); }

// `count` outputs (at most 6) of eight filters, held in registers. Touches as many numbers `ahead`.
INLINE void tile(const int count, const struct Conv *c, const float *in, const float *w,
                 const float *bias, const float *add, float *out, int out_step, const float *ahead) {
  v4 left[6], right[6];
  EACH left[i] = load(bias), right[i] = load(bias + 4);
  const int length = c->length, step = c->step;
  for (int run = 0; run < c->runs; run++, in += c->run_step, ahead += length) {
    const int distance = ahead - in;
    const float *p[6];
    EACH p[i] = in + i * step;
    // Not unrolled: the browser's compiler would run out of registers.
#pragma clang loop unroll(disable)
    for (int k = 0; k < length; k++, w += 8) {
      v4 a = load(w), b = load(w + 4);
      if (count > 1) TOUCH(p[0] + distance) // a lone output uses a panel once, as fast as it comes
      EACH {
        v4 x = splat(*p[i]++);
        left[i] = madd(x, a, left[i]), right[i] = madd(x, b, right[i]);
        KEEP(left[i], right[i]);
      }
    }
  }
  EACH {
    v4 a = left[i], b = right[i];
    if (add) a += load(add + i * out_step), b += load(add + i * out_step + 4);
    store(out + i * out_step, limit(a, c->low, c->high));
    store(out + i * out_step + 4, limit(b, c->low, c->high));
  }
}

// One row of `width` outputs, all filters, `block` tiles at a time: what they read stays in the
// second-level cache, a panel in the first. Each tile touches an eighth of the next panel, which would
// have to come all at once otherwise, from far away: all the weights are more than the caches hold.
// Tiles of nearly one size, because a lone last output would wait for its own sums.
static void strip(const struct Conv *c, const float *in, int width, const float *add, float *out,
                  int out_step, int block) {
  const int taps = c->runs * c->length, tiles = (width + MOST - 1) / MOST;
  const int size = width / tiles, wider = width % tiles;
  for (int from = 0; from < tiles; from += block) {
    const int to = from + block < tiles ? from + block : tiles;
    for (int f = 0; f < c->filters; f += 8) {
      const float *w = c->kernel + f * taps, *bias = c->bias + f;
      const float *next = f + 8 < c->filters ? w + 8 * taps : w;
      int x = from * size + (from < wider ? from : wider);
#define TILE(n)                                                                                    \
  case n:                                                                                          \
    tile(n, c, in + x * c->step, w, bias, add ? add + x * out_step + f : 0, out + x * out_step + f, \
         out_step, next + t % 8 * taps), x += n;                                                   \
    break
      for (int t = from; t < to; t++) switch (size + (t < wider)) {
#if MOST == 6
        TILE(6);
        TILE(5);
#endif
        TILE(4);
        TILE(3);
        TILE(2);
        TILE(1);
        }
    }
  }
}

// So many tiles of outputs that read so many numbers each.
INLINE int fitting(int numbers) {
  return numbers * MOST < 60000 ? 60000 / numbers / MOST : 1;
}

// Rows x width outputs between `low` and `high`. `add` (or 0) lies as `out` does: a shortcut.
EXPORT(conv)(const float *in, int run_step, int step, int row_step, int runs, int length,
             const float *kernel, const float *bias, int filters, float low, float high, int rows,
             int width, const float *add, float *out, int out_step, int out_row) {
  struct Conv c = {runs, length, run_step, step, kernel, bias, filters, low, high};
  for (int y = 0; y < rows; y++)
    strip(&c, in + y * row_step, width, add ? add + y * out_row : 0, out + y * out_row, out_step,
          fitting(length));
}

// --- 3x3 filters by Winograd's F(2x2, 3x3): 16 products for four outputs instead of 36 --------------
// Panels of a 3x3 kernel to panels for each of the 16 places: (place, filter / 8, channel, 8).
EXPORT(winograd_kernel)(const float *in, int channels, int filters, float *out) {
  const int plane = channels * filters, row = 3 * channels * 8;
  for (int f = 0; f < filters; f += 8)
    for (int c = 0; c < channels; c++)
      for (int half = 0; half < 8; half += 4) {
        const float *p = in + f * 9 * channels + c * 8 + half;
        v4 h[4][3];
        for (int x = 0; x < 3; x++, p += 8 * channels) {
          v4 a = load(p), b = load(p + row), d = load(p + 2 * row);
          h[0][x] = a, h[1][x] = (a + b + d) * splat(0.5f), h[2][x] = (a - b + d) * splat(0.5f);
          h[3][x] = d;
        }
        float *to = out + (f * channels + c * 8) + half;
        for (int y = 0; y < 4; y++, to += 4 * plane) {
          v4 a = h[y][0], b = h[y][1], d = h[y][2];
          store(to, a), store(to + plane, (a + b + d) * splat(0.5f));
          store(to + 2 * plane, (a - b + d) * splat(0.5f)), store(to + 3 * plane, d);
        }
      }
}

// `in` is the corner of the border. seen: 16 * (tiles * channels + 16) floats; sums: with filters.
EXPORT(winograd)(const float *in, int in_row, int channels, int height, int width,
                 const float *kernel, const float *bias, int filters, float low, float high,
                 const float *add, float *out, int out_row, float *seen, float *sums) {
  const int columns = width / 2, tiles = height / 2 * columns;
  // 16 numbers to spare: planes a power of two apart would share the lines of the cache.
  const int seen_step = tiles * channels + 16, sums_step = tiles * filters + 16;
  for (int t = 0; t < tiles; t++) {
    const float *corner = in + t / columns * 2 * in_row + t % columns * 2 * channels;
    CHANNELS {
      v4 d[4][4];
      for (int x = 0; x < 4; x++) {
        const float *p = corner + x * channels + c;
        v4 r0 = load(p), r1 = load(p + in_row), r2 = load(p + 2 * in_row), r3 = load(p + 3 * in_row);
        d[0][x] = r0 - r2, d[1][x] = r1 + r2, d[2][x] = r2 - r1, d[3][x] = r1 - r3;
      }
      float *to = seen + t * channels + c;
      for (int y = 0; y < 4; y++, to += 4 * seen_step) {
        store(to, d[y][0] - d[y][2]), store(to + seen_step, d[y][1] + d[y][2]);
        store(to + 2 * seen_step, d[y][2] - d[y][1]), store(to + 3 * seen_step, d[y][1] - d[y][3]);
      }
    }
  }
  for (int place = 0; place < 16; place++)
    for (int f = 0; f < filters; f += 8) {
      struct Conv c = {1, channels, 0, channels, kernel + (place * filters + f) * channels, none, 8,
                       -BIG, BIG};
      strip(&c, seen + place * seen_step, tiles, 0, sums + place * sums_step + f, filters, tiles);
    }
  for (int t = 0; t < tiles; t++) {
    const int at = t / columns * 2 * out_row + t % columns * 2 * filters;
    for (int f = 0; f < filters; f += 4) {
      v4 h[2][4], b = load(bias + f);
      for (int x = 0; x < 4; x++) {
        const float *p = sums + x * sums_step + t * filters + f;
        const int step = 4 * sums_step;
        v4 r0 = load(p), r1 = load(p + step), r2 = load(p + 2 * step), r3 = load(p + 3 * step);
        h[0][x] = r0 + r1 + r2, h[1][x] = r1 - r2 - r3;
      }
      for (int y = 0; y < 2; y++) {
        v4 l = b + h[y][0] + h[y][1] + h[y][2], r = b + h[y][1] - h[y][2] - h[y][3];
        const int to = at + y * out_row + f;
        if (add) l += load(add + to), r += load(add + to + filters);
        store(out + to, limit(l, low, high)), store(out + to + filters, limit(r, low, high));
      }
    }
  }
}

// --- depthwise: a filter a channel; the kernel is (tap, channel) -------------------------------------
// The map needs no border: what lies outside it is left out. It may lie in a ring of `ring` rows, of
// which the last ones are there: row y at y % ring.
struct Depthwise {
  const float *in;
  int in_row, ring, height, in_width, size, stride, pad;
  const float *kernel, *bias;
  int channels, width;
  float low, high;
};
// A row of the map, or zeros that one never gets past.
INLINE void find(const struct Depthwise *d, int y, const float **row, int *step) {
  const int inside = y >= 0 && y < d->height;
  *row = inside ? d->in + y % d->ring * d->in_row : none;
  *step = inside ? d->channels : 0;
}

#define ROWS(n) _Pragma("clang loop unroll(full)") for (int r = 0; r < n; r++)
#define TAPS                                                                                       \
  const int channels = d->channels;                                                                \
  v4 k[9], b = load(d->bias + c);                                                                  \
  for (int i = 0; i < 9; i++) k[i] = load(d->kernel + i * channels + c);

// `count` rows (1 or 2) of outputs of 3x3 at stride 1, with or without zeros around the map: each
// number of the map is loaded once and given to all the outputs it is under.
INLINE void depthwise_columns(const int count, const struct Depthwise *d, int y, float *out, int out_row) {
  const int first = 2 - d->pad; // the column with which the first output is complete
  const float *row[4];
  int step[4];
  ROWS(count + 2) find(d, y - d->pad + r, row + r, step + r);
  for (int c = 0; c < d->channels; c += 4) {
    TAPS
    const float *p[4];
    v4 now[2], next[2];
    ROWS(count + 2) p[r] = row[r] + (step[r] ? c : 0);
    ROWS(count) now[r] = next[r] = b;
    float *o = out + c - first * channels;
#pragma clang loop unroll(disable)
    for (int x = 0; x < d->in_width; x++, o += channels) {
      v4 sum[2];
      ROWS(count) sum[r] = now[r], now[r] = next[r], next[r] = b;
      ROWS(count + 2) {
        v4 v = load(p[r]);
        p[r] += step[r];
        EACH {
          const int t = 3 * (r - i);
          if (t < 0 || t > 6) continue;
          sum[i] = madd(v, k[t + 2], sum[i]), now[i] = madd(v, k[t + 1], now[i]);
          next[i] = madd(v, k[t], next[i]);
        }
      }
      if (x >= first) ROWS(count) store(o + r * out_row, limit(sum[r], d->low, d->high));
    }
    if (d->pad) ROWS(count) store(o + r * out_row, limit(now[r], d->low, d->high));
  }
}

// A row of outputs of 3x3 at stride 2, with or without zeros before the map.
INLINE void depthwise_strides(const struct Depthwise *d, int y, float *out) {
  const float *row[3];
  int step[3];
  ROWS(3) find(d, 2 * y - d->pad + r, row + r, step + r);
  for (int c = 0; c < d->channels; c += 4) {
    TAPS
    const float *p[3];
    v4 next = b;
    ROWS(3) {
      p[r] = row[r] + (step[r] ? c : 0);
      if (!d->pad) next = madd(load(p[r]), k[3 * r], next), p[r] += step[r];
    }
    float *o = out + c;
#pragma clang loop unroll(disable)
    for (int x = 0, right = 2 - d->pad; x < d->width; x++, right += 2, o += channels) {
      v4 sum = next;
      next = b;
      ROWS(3) sum = madd(load(p[r]), k[3 * r + 1], sum), p[r] += step[r];
      if (right < d->in_width) ROWS(3) {
        v4 v = load(p[r]);
        p[r] += step[r];
        sum = madd(v, k[3 * r + 2], sum), next = madd(v, k[3 * r], next);
      }
      store(o, limit(sum, d->low, d->high));
    }
  }
}

static void depthwise_any(const struct Depthwise *d, int y, float *out) {
  const int channels = d->channels;
  for (int x = 0; x < d->width; x++, out += channels) {
    CHANNELS store(out + c, load(d->bias + c));
    for (int i = 0, step; i < d->size * d->size; i++) {
      const int at = x * d->stride - d->pad + i % d->size;
      const float *row, *k = d->kernel + i * channels;
      find(d, y * d->stride - d->pad + i / d->size, &row, &step);
      if (step && at >= 0 && at < d->in_width)
        CHANNELS store(out + c, madd(load(row + at * channels + c), load(k + c), load(out + c)));
    }
    CHANNELS store(out + c, limit(load(out + c), d->low, d->high));
  }
}

// Rows `from` to `to` of the outputs; `out` is where the first of them goes.
EXPORT(depthwise)(const float *in, int in_row, int ring, int height, int in_width, int size, int stride,
                  int pad, const float *kernel, const float *bias, int channels, int from, int to,
                  int width, float low, float high, float *out, int out_row) {
  const struct Depthwise d = {in, in_row, ring, height, in_width, size, stride, pad,
                              kernel, bias, channels, width, low, high};
  const int columns = size == 3 && stride == 1 && pad < 2 && width == in_width - 2 + 2 * pad;
  const int strides = size == 3 && stride == 2 && pad < 2 && 2 * width - pad <= in_width;
  for (int y = from, count; y < to; y += count, out += count * out_row) {
    count = columns && y + 1 < to ? 2 : 1;
    if (count == 2) depthwise_columns(2, &d, y, out, out_row);
    else if (columns) depthwise_columns(1, &d, y, out, out_row);
    else if (strides) depthwise_strides(&d, y, out);
    else depthwise_any(&d, y, out);
  }
}

// --- pooling and single numbers ----------------------------------------------------------------------
EXPORT(pool)(const float *in, int in_row, int size, int stride, int rows, int width, int channels,
             float *out, int out_row) {
  POSITIONS CHANNELS {
    const float *p = in + y * stride * in_row + x * stride * channels + c;
    v4 most = load(p);
    for (int i = 1; i < size * size; i++)
      most = largest(most, load(p + i / size * in_row + i % size * channels));
    store(out + y * out_row + x * channels + c, most);
  }
}

// Adds the sum over all positions to `out` (channels), times `scale`.
EXPORT(sums)(const float *in, int in_row, int rows, int width, int channels, float scale, float *out) {
  CHANNELS {
    v4 s = splat(0);
    POSITIONS s += load(in + y * in_row + x * channels + c);
    store(out + c, madd(s, splat(scale), load(out + c)));
  }
}

EXPORT(add)(const float *a, const float *b, float low, float high, int count, float *out) {
  for (int i = 0; i < count; i += 4) store(out + i, limit(load(a + i) + load(b + i), low, high));
}

// --- backwards ---------------------------------------------------------------------------------------
// The gradient passes where the value lay between the limits. Whole maps: borders stay 0.
EXPORT(gate)(const float *gradient, const float *value, float high, int count, float *out) {
  for (int i = 0; i < count; i += 4) {
    v4 v = load(value + i);
    store(out + i, (v4)((v > splat(0)) & (v < splat(high)) & (m4)load(gradient + i)));
  }
}

// Adds `scale` times one position's channels to every position: back through a mean.
EXPORT(spread)(const float *gradient, float scale, int rows, int width, int channels, float *out,
               int out_row) {
  POSITIONS CHANNELS {
    float *to = out + y * out_row + x * channels + c;
    store(to, madd(load(gradient + c), splat(scale), load(to)));
  }
}

// Back through the maximum: to the first of the largest. Adds to `out`, which lies as `value` does.
EXPORT(unpool)(const float *value, int value_row, int size, int stride, const float *gradient,
               int row, int rows, int width, int channels, float *out, int out_row) {
  POSITIONS CHANNELS {
    const float *p = value + y * stride * value_row + x * stride * channels + c;
    float *to = out + y * stride * out_row + x * stride * channels + c;
    v4 most = load(p);
    for (int i = 1; i < size * size; i++)
      most = largest(most, load(p + i / size * value_row + i % size * channels));
    m4 left = (m4)load(gradient + y * row + x * channels + c);
    for (int i = 0; i < size * size; i++) {
      m4 here = load(p + i / size * value_row + i % size * channels) == most;
      float *q = to + i / size * out_row + i % size * channels;
      store(q, load(q) + (v4)(here & left));
      left &= ~here;
    }
  }
}

// Positions to where a stride takes them, or from one border to another.
EXPORT(copy)(const float *in, int in_row, int rows, int width, int channels, float *out,
             int out_step, int out_row) {
  POSITIONS CHANNELS store(out + y * out_row + x * out_step + c, load(in + y * in_row + x * channels + c));
}

// Grad-CAM: a weighted sum over the channels, cut off at 0.
EXPORT(cam)(const float *in, int in_row, int rows, int width, int channels, const float *weights,
            float *out) {
  POSITIONS {
    v4 s = splat(0);
    CHANNELS s = madd(load(in + y * in_row + x * channels + c), load(weights + c), s);
    const float sum = s[0] + s[1] + s[2] + s[3];
    out[y * width + x] = sum > 0 ? sum : 0;
  }
}
