# The samples of VRT packets from stdin to stdout, as a Python program would take them out.
import struct
import sys

import numpy

source = sys.stdin.buffer
sink = sys.stdout.buffer
while True:
    head = source.read(4)
    if len(head) < 4:
        break
    (word,) = struct.unpack('>I', head)
    kind = word >> 28
    size = (word & 0xFFFF) * 4 - 4
    body = source.read(size)
    if len(body) < size:
        break
    if kind == 1:
        stream, seconds, picoseconds = struct.unpack('>IIQ', body[:16])
        (trailer,) = struct.unpack('>I', body[-4:])
        samples = numpy.frombuffer(body, dtype='>i2', offset=16, count=(size - 20) // 2)
        sink.write(samples.tobytes())
