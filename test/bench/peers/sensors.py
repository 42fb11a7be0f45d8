"""sensors.py socket|pipe FILE COUNT [RATE]: the first systems in Python's own library, as a yardstick.

Five sensor processes send COUNT messages each as JSON, at full speed or RATE a second; at most five are on their way at
once. A thread a sensor parses them in the logger, which appends a CSV row under a lock. With RATE each row is flushed
to the file, as log-sink does. Prints messages a second, from the first message made to the last row written."""
import csv, json, multiprocessing, random, socket, sys, threading, time, uuid
from datetime import datetime, timezone

link, path, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
rate = float(sys.argv[4]) if len(sys.argv) > 4 else 0
SENSORS = 5


def sense(name, send, network):
    begin = time.monotonic()
    for number in range(count):
        if rate:
            time.sleep(max(0, begin + number / rate - time.monotonic()))
        made = time.time_ns()
        text = json.dumps({'timestamp': datetime.fromtimestamp(made / 1e9, timezone.utc).isoformat(), 'id': str(uuid.uuid4()),
                           'name': name, 'value': random.randint(-100, 100), 'timestamp_ns': str(made)})
        with network:
            send(text)


def over_socket(name, address, network):
    with socket.create_connection(address) as line:
        sense(name, lambda text: line.sendall(text.encode() + b'\n'), network)


def over_pipe(name, end, network):
    sense(name, end.send, network)


network, lock, marks = multiprocessing.BoundedSemaphore(5), threading.Lock(), []
receivers, senders = [], []
server = socket.create_server(('127.0.0.1', 0))
for number in range(SENSORS):
    name = f'sensor-{number + 1}'
    if link == 'socket':
        process = multiprocessing.Process(target=over_socket, args=(name, server.getsockname(), network))
    else:
        near, far = multiprocessing.Pipe(False)
        receivers.append(near.recv)
        process = multiprocessing.Process(target=over_pipe, args=(name, far, network))
    process.start()
    senders.append(process)
if link == 'socket':
    receivers = [server.accept()[0].makefile('r').readline for _ in senders]

with open(path, 'w', newline='') as file:
    table = csv.writer(file, lineterminator='\n')
    table.writerow(['timestamp', 'id', 'name', 'value', 'timestamp_ns'])

    def log(receive):
        for _ in range(count):
            record = json.loads(receive())
            with lock:
                table.writerow([record['timestamp'], record['id'], record['name'], record['value'], record['timestamp_ns']])
                if rate:
                    file.flush()
                marks.append((int(record['timestamp_ns']), time.time_ns()))

    loggers = [threading.Thread(target=log, args=(receive,)) for receive in receivers]
    for thread in loggers:
        thread.start()
    for worker in loggers + senders:
        worker.join()
print(len(marks) / (max(done for _, done in marks) - min(made for made, _ in marks)) * 1e9)
