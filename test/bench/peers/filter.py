"""filter.py print|where|pick|csv: what Python's own library does with sensor lines on stdin."""
import csv, json, sys

mode, write = sys.argv[1], sys.stdout.write
if mode == 'csv':
    table = csv.DictWriter(sys.stdout, ['timestamp', 'id', 'name', 'value'], lineterminator='\n')
    table.writeheader()
    table.writerows(json.loads(line) for line in sys.stdin)
    sys.exit()
encode = json.JSONEncoder(separators=(',', ':'), ensure_ascii=False).encode
for line in sys.stdin:
    record = json.loads(line)
    if mode == 'print':
        write(encode(record) + '\n')
    elif mode == 'pick':
        write(f'{record["value"]}\n')
    elif record['value'] > 0:
        write(line)
