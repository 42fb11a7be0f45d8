"""sqlite.py DATABASE [BATCH]: sensor lines from stdin into SQLite with executemany.

Without BATCH all is one transaction; with it, each BATCH rows are one, in WAL mode with full synchronisation."""
import itertools, json, sqlite3, sys

base = sqlite3.connect(sys.argv[1], isolation_level=None)
durable = len(sys.argv) > 2
size = int(sys.argv[2]) if durable else 10000
if durable:
    base.execute('pragma journal_mode=wal')
    base.execute('pragma synchronous=full')
base.execute('create table log(timestamp text, id text, name text, value integer)')
records = map(json.loads, sys.stdin)
rows = ((record['timestamp'], record['id'], record['name'], record['value']) for record in records)
if not durable:
    base.execute('begin')
while batch := list(itertools.islice(rows, size)):
    if durable:
        base.execute('begin')
    base.executemany('insert into log values (?, ?, ?, ?)', batch)
    if durable:
        base.execute('commit')
if not durable:
    base.execute('commit')
base.close()
