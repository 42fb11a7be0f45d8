"""curve-peer.py TYPE bind|connect ENDPOINT server|client|none KEY SERVER COUNT: a ZeroMQ peer by libzmq, with CURVE.

KEY is the file of its own pair, SERVER that of the server's public key. PUB and PUSH send COUNT messages of {"n":…} and
1000 n bytes, a PUB when it has a subscriber; SUB and PULL print what they got. What happens to the connection is said
as events. ZAP lets in the client of the file in the environment's ALLOWED, or with none any."""
import json, os, sys, zmq, zmq.auth
from zmq.auth.thread import ThreadAuthenticator
from zmq.utils.monitor import recv_monitor_message

kind, way, endpoint, role, key, server, count = sys.argv[1:]
context = zmq.Context()
if 'ALLOWED' in os.environ:
    authenticator = ThreadAuthenticator(context)
    authenticator.start()
    authenticator.configure_curve(domain='*', location=os.environ['ALLOWED'])
socket = context.socket({'PUB': zmq.XPUB}.get(kind) or getattr(zmq, kind))
if role != 'none':
    socket.curve_publickey, socket.curve_secretkey = zmq.auth.load_certificate(key)
if role == 'server':
    socket.curve_server = True
if role == 'client':
    socket.curve_serverkey = zmq.auth.load_certificate(server)[0]
if kind == 'SUB':
    socket.subscribe(b'')
monitor = socket.get_monitor_socket()
(socket.bind if way == 'bind' else socket.connect)(endpoint)
print('open', flush=True)


def events(until):
    while True:
        event = recv_monitor_message(monitor)
        name = zmq.Event(event['event']).name
        if name.startswith('HANDSHAKE'):
            print(name, event['value'], flush=True)
        if name in until:
            return


if count == '0':
    events(['HANDSHAKE_FAILED_AUTH', 'HANDSHAKE_FAILED_NO_DETAIL', 'HANDSHAKE_FAILED_PROTOCOL', 'DISCONNECTED'])
elif kind in ('PUB', 'PUSH'):
    if kind == 'PUB':
        socket.recv()
    for n in range(int(count)):
        socket.send_multipart([b'{"n":%d}' % n, bytes(1000 * n)])
else:
    for n in range(int(count)):
        meta, data = socket.recv_multipart()
        print(json.dumps([json.loads(meta)['n'], len(data), len(data) == data.count(b'\0')]), flush=True)
# What was sent is still on its way; what was not read is not wanted.
socket.disable_monitor()
monitor.close(0)
socket.close(10000 if kind in ('PUB', 'PUSH') and count != '0' else 0)
if 'ALLOWED' in os.environ:
    authenticator.stop()
context.term()
