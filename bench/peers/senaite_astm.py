# Seconds senaite.astm needs to check and decode the line traffic on its input (ENQ, frames, EOT), its best of three.
# Exit code 1 when it is not installed. It is not on PyPI: pip install git+https://github.com/senaite/senaite.astm (GPL-2.0, only
# ever run beside us, never part of the product).
import sys
import time

try:
    from senaite.astm.codec import decode
    from senaite.astm.utils import validate_checksum
except ImportError:
    sys.exit(1)

wire = sys.stdin.buffer.read()
frames = [b"\x02" + part.split(b"\x04")[0] for part in wire.split(b"\x02")[1:]]
best = float("inf")
for _ in range(3):
    started = time.perf_counter()
    for frame in frames:
        frame = frame.split(b"\x05")[0]
        validate_checksum(frame)
        decode(frame)
    best = min(best, time.perf_counter() - started)
print(best)
