// broker-zmq IN OUT: a forwarder of libzmq: publishers connect to the port IN of 127.0.0.1, subscribers to OUT.
// cc -O2 -o broker-zmq broker-zmq.c -lzmq
#include <stdio.h>
#include <zmq.h>

static void *bound(void *context, int type, const char *port) {
  char address[60];
  int messages = 1000000; // at the default of 1,000 nearly everything is lost
  void *socket = zmq_socket(context, type);
  zmq_setsockopt(socket, ZMQ_SNDHWM, &messages, sizeof messages);
  zmq_setsockopt(socket, ZMQ_RCVHWM, &messages, sizeof messages);
  snprintf(address, sizeof address, "tcp://127.0.0.1:%s", port);
  if (zmq_bind(socket, address)) perror(address);
  return socket;
}

int main(int argc, char **argv) {
  if (argc != 3) return fprintf(stderr, "broker-zmq IN OUT\n"), 2;
  void *context = zmq_ctx_new();
  return zmq_proxy(bound(context, ZMQ_XSUB, argv[1]), bound(context, ZMQ_XPUB, argv[2]), 0);
}
