"""fft.py numpy|scipy SIZE <samples >decibels: complex float32 samples, Hann's window, 10 log10 of the transform's powers."""
import sys

import numpy as np

library, size = sys.argv[1], int(sys.argv[2])
if library == "scipy":
    from scipy.fft import fft
else:
    from numpy.fft import fft
window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)).astype(np.float32)
batch = max(1, 262144 // size) * size * 8
while True:
    data = sys.stdin.buffer.read(batch)
    blocks = len(data) // 8 // size
    if blocks == 0:
        break
    bins = fft(np.frombuffer(data, np.complex64, blocks * size).reshape(blocks, size) * window)
    power = bins.real**2 + bins.imag**2 + 1e-20
    sys.stdout.buffer.write((10 * np.log10(power)).astype(np.float32))
