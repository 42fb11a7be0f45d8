"""zmq.py ROLE ENDPOINT SIZE AMOUNT HWM COPY: as zmq.c, with pyzmq as a user of the Valkyrie library has it.

json.dumps and json.loads for the meta of each packet, a memoryview for its data. COPY 0 is copy=False."""
import json, os, select, sys, time

# This file's own name must not hide the package's.
sys.path.pop(0)
import zmq

role, endpoint = sys.argv[1:3]
size, amount, hwm, copy = (int(word) for word in sys.argv[3:7])
data, now = memoryview(bytes(size)), time.monotonic
context = zmq.Context()
WARM = 2000


def line(kind, listens):
    socket = context.socket(kind)
    socket.sndhwm = socket.rcvhwm = hwm
    socket.reconnect_ivl = 5
    socket.linger = 0 if kind == zmq.PUB else -1
    if kind == zmq.SUB:
        socket.subscribe(b'')
    (socket.bind if listens else socket.connect)(endpoint)
    return socket


def write(socket, seq):
    meta = {'seq': seq, 'name': 'camera', 'dtype': 'uint8', 'shape': [size]}
    socket.send_multipart([json.dumps(meta).encode(), data], copy=copy != 0)


def read(socket):
    meta, part = socket.recv_multipart(copy=copy != 0)
    return json.loads(meta if copy else meta.bytes), memoryview(part) if copy else part.buffer


def push():
    socket = line(zmq.PUSH, True)
    for seq in range(amount):
        write(socket, seq)


def pull():
    socket = line(zmq.PULL, False)
    for seq in range(amount):
        meta, part = read(socket)
        if meta['seq'] != seq or part.nbytes != size:
            sys.exit(f'packet {meta} with {part.nbytes} bytes instead of {seq}')
        if seq == 0:
            first = now()
    print(json.dumps({'received': amount, 'first': first, 'last': now()}))


def told(seconds):
    return len(select.select([0], [], [], seconds)[0]) > 0


def publish(by_time):
    socket, sent = line(zmq.PUB, True), 0
    while not told(0.001):
        socket.send_multipart([b'{"probe":0}', b''])
    os.read(0, 16)
    end = now() + amount / 1e3
    while now() < end if by_time else sent < amount:
        write(socket, sent)
        sent += 1
    print(json.dumps({'sent': sent}), flush=True)
    time.sleep(0.05)
    while not told(0.005):
        socket.send_multipart([b'{"end":%d}' % sent, b''])


def subscribe():
    socket = line(zmq.SUB, False)
    received, newest, first, last, heard = 0, -1, 0, 0, False
    while True:
        meta, _ = read(socket)
        if not heard:
            heard = True
            print('connected', flush=True)
        if 'end' in meta:
            break
        if 'seq' in meta:
            last = now()
            first, received, newest = first or last, received + 1, meta['seq']
    print(json.dumps({'received': received, 'sent': meta['end'], 'newest': newest, 'first': first, 'last': last}))


def ping():
    socket, trips = line(zmq.PAIR, False), []
    for _ in range(amount + WARM):
        start = now()
        write(socket, 0)
        read(socket)
        trips.append(now() - start)
    trips = sorted(trips[WARM:])
    print(json.dumps({'p50': trips[amount // 2] * 1e6, 'p99': trips[amount * 99 // 100] * 1e6}))


def pong():
    socket = line(zmq.PAIR, True)
    for _ in range(amount + WARM):
        read(socket)
        write(socket, 0)


{'push': push, 'pull': pull, 'pub': lambda: publish(True), 'pubn': lambda: publish(False), 'sub': subscribe,
 'ping': ping, 'pong': pong}[role]()
context.destroy(-1 if role in ('push', 'pong') else 0)
