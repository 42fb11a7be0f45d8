// fft SIZE <samples >decibels: complex float32 samples, Hann's window, FFTW's transform in float32, 10 log10 of the powers.
// fft SIZE memory: the same over 512 KiB of samples again and again, and says how many million a second.
#include <fftw3.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 65536 };

static int size;
static float *window;
static fftwf_complex *block, *bins;
static fftwf_plan plan;

static void transform(const float *samples, float *decibels) {
  float *in = (float *)block, *out = (float *)bins;
  for (int n = 0; n < size; n++) {
    in[2 * n] = samples[2 * n] * window[n];
    in[2 * n + 1] = samples[2 * n + 1] * window[n];
  }
  fftwf_execute(plan);
  for (int k = 0; k < size; k++) decibels[k] = out[2 * k] * out[2 * k] + out[2 * k + 1] * out[2 * k + 1] + 1e-20f;
  for (int k = 0; k < size; k++) decibels[k] = 10 * log10f(decibels[k]);
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec + now.tv_nsec * 1e-9;
}

/** The best of many short runs: other work on the machine only ever adds. */
static void measure(float *samples, float *decibels, int blocks) {
  double best = 1e9;
  for (int n = 0; n < 2 * BATCH; n++) samples[n] = rand() / (float)RAND_MAX - 0.5f;
  for (int run = 0; run < 300; run++) {
    double start = seconds();
    for (int k = 0; k < blocks; k++) transform(samples + (size_t)k * size * 2, decibels + (size_t)k * size);
    double took = seconds() - start;
    if (took < best) best = took;
  }
  printf("%.1f\n", blocks * (double)size / best / 1e6);
}

int main(int count, char **words) {
  size = atoi(words[1]);
  int blocks = BATCH / size > 0 ? BATCH / size : 1;
  size_t bytes = (size_t)blocks * size * 8;
  float *samples = fftwf_malloc(bytes), *decibels = fftwf_malloc(bytes / 2);
  window = fftwf_malloc(size * sizeof(float));
  block = fftwf_malloc(size * sizeof(fftwf_complex));
  bins = fftwf_malloc(size * sizeof(fftwf_complex));
  plan = fftwf_plan_dft_1d(size, block, bins, FFTW_FORWARD, FFTW_MEASURE);
  for (int n = 0; n < size; n++) window[n] = 0.5f - 0.5f * cosf(2 * (float)M_PI * n / size);
  if (count > 2 && strcmp(words[2], "memory") == 0) {
    measure(samples, decibels, blocks);
    return 0;
  }
  for (size_t have = 0;;) {
    ssize_t got = read(0, (char *)samples + have, bytes - have);
    if (got > 0) have += got;
    if (got > 0 && have < bytes) continue;
    size_t whole = have / 8 / size;
    for (size_t k = 0; k < whole; k++) transform(samples + k * size * 2, decibels + k * size);
    if (fwrite(decibels, 4 * size, whole, stdout) != whole) return 1;
    if (got <= 0) return fflush(stdout) != 0;
    have = 0;
  }
}
