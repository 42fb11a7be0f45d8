"""follow.py FILE COUNT SKIP COMMAND: how old rows are when a reader of the file sees them.

Runs COMMAND, which logs COUNT rows to FILE (CSV with a header, or JSON lines), waits for each change of it (inotify),
reads what is new and stamps it with the clock. The age of a row is that less its own `timestamp_ns`, or `timestamp`
where it has none. The first SKIP rows do not count. Prints percentiles in microseconds. The wake-up of this reader, some
30 us, is part of every figure."""
import ctypes, csv, json, os, select, subprocess, sys, time
from datetime import datetime

path, count, skip, command = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
MODIFY, CREATE = 2, 0x100
libc = ctypes.CDLL(None)
watch = libc.inotify_init()
libc.inotify_add_watch(watch, os.path.dirname(path).encode(), MODIFY | CREATE)
child = subprocess.Popen(['bash', '--norc', '-c', command], stdin=subprocess.DEVNULL)
seen, rest, file = [], b'', None
deadline = time.monotonic() + 60
while len(seen) <= count and time.monotonic() < deadline:
    if not select.select([watch], [], [], 1)[0] and child.poll() is not None:
        break
    os.read(watch, 65536)
    if file is None:
        if not os.path.exists(path):
            continue
        file = os.open(path, os.O_RDONLY)
    block = os.read(file, 1 << 20)
    now = time.time_ns()
    *lines, rest = (rest + block).split(b'\n')
    seen.extend((now, line) for line in lines)
    if len(seen) == count and seen[0][1].startswith(b'{'):
        break
code = child.wait()


def made(record):
    if record.get('timestamp_ns'):
        return int(record['timestamp_ns'])
    return datetime.fromisoformat(record['timestamp'].replace('Z', '+00:00')).timestamp() * 1e9


if seen[0][1].startswith(b'{'):
    records = [json.loads(line) for _, line in seen]
else:
    records = list(csv.DictReader(line.decode() for _, line in seen))
    seen = seen[1:]
ages = sorted((now - made(record)) / 1e3 for (now, _), record in list(zip(seen, records))[skip:])
if code not in (0, 3) or len(records) != count:
    sys.exit(f'{len(records)} rows of {count}, exit code {code}')
print(json.dumps({name: ages[int(len(ages) * part)] for name, part in [('p50', .5), ('p99', .99), ('max', .99999)]}))
