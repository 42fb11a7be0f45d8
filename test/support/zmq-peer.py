# A ZeroMQ socket of pyzmq that does as it is told, line by line: the same words as zmq-peer.c understands.
#
# zmq-peer.py TYPE bind|connect ENDPOINT [plain-client=USER:PASSWORD] [plain-server=USER:PASSWORD] [hwm=N] [heartbeat=MS]
#   subscribe PREFIX | unsubscribe PREFIX     a prefix in hex, or - for the empty one
#   send COUNT FROM SIZE                      messages of {"seq":N} and SIZE bytes N mod 251
#   parts HEX HEX …                           one message of these parts, - for an empty one
#   recv COUNT MILLISECONDS                   until so many came or none within the time; a line for each, then done N
# A line for a message: the number of parts, LENGTH:CRC32 of each, the first part in hex.

import select
import sys
import zlib

import zmq
import zmq.auth.thread


def unhex(word):
    return b'' if word == '-' else bytes.fromhex(word)


def say(text):
    sys.stdout.write(text + '\n')
    sys.stdout.flush()


def main():
    kind, how, endpoint, *options = sys.argv[1:]
    context = zmq.Context()
    socket = context.socket(getattr(zmq, kind))
    socket.linger = 10_000
    authenticator = None
    for option in options:
        name, _, value = option.partition('=')
        if name == 'hwm':
            socket.hwm = int(value)
        elif name == 'heartbeat':
            socket.heartbeat_ivl = int(value)
        elif name == 'plain-client':
            socket.plain_username, socket.plain_password = (part.encode() for part in value.split(':'))
        elif name == 'plain-server':
            authenticator = zmq.auth.thread.ThreadAuthenticator(context)
            authenticator.start()
            user, password = value.split(':')
            authenticator.configure_plain(domain='*', passwords={user: password})
            socket.plain_server = True
    getattr(socket, how)(endpoint)
    say('ready')
    while line := next_line(socket):
        act(socket, *line.split())
    socket.close()
    if authenticator:
        authenticator.stop()
    context.term()


# A socket takes notice of peers that came only when it is used.
def next_line(socket):
    while not select.select([sys.stdin], [], [], 0.005)[0]:
        socket.getsockopt(zmq.EVENTS)
    return sys.stdin.readline()


def act(socket, word, *arguments):
    if word == 'subscribe':
        socket.subscribe(unhex(arguments[0]))
    elif word == 'unsubscribe':
        socket.unsubscribe(unhex(arguments[0]))
    elif word == 'parts':
        socket.send_multipart([unhex(part) for part in arguments])
    elif word == 'send':
        count, first, size = map(int, arguments)
        for seq in range(first, first + count):
            socket.send_multipart([b'{"seq":%d}' % seq, bytes([seq % 251]) * size])
    elif word == 'recv':
        receive(socket, *map(int, arguments))
    say('ok')


def receive(socket, count, patience):
    received = 0
    while received < count and socket.poll(patience):
        parts = socket.recv_multipart()
        received += 1
        sizes = ' '.join('%d:%08x' % (len(part), zlib.crc32(part)) for part in parts)
        say('%d %s %s' % (len(parts), sizes, parts[0][:256].hex() or '-'))
    say('done %d' % received)


main()
