"""slow.py [MB/s]: reads stdin to its end, no faster than that (100)."""
import os, sys, time

rate = float(sys.argv[1]) * 1e6 if len(sys.argv) > 1 else 100e6
begin, taken = time.monotonic(), 0
while block := os.read(0, 1 << 16):
    taken += len(block)
    time.sleep(max(0, begin + taken / rate - time.monotonic()))
