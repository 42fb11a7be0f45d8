// zmq ROLE ENDPOINT SIZE AMOUNT HWM COPY: one end of a connection, with libzmq and nothing around it.
//   push, pull   AMOUNT packets
//   pub, sub     AMOUNT milliseconds at full speed; `pub+` reads ZMQ_EVENTS before each packet, because libzmq otherwise
//                looks for room in a full queue only every 3,000,000 ticks; `pubn` sends AMOUNT packets
//   ping, pong   AMOUNT round trips over PAIR
// A packet has two parts: {"seq":…} padded to 60 bytes, then SIZE bytes. COPY 0 hands those over without copying.
// A publisher sends probes until a line comes on stdin, and after its packets the number it sent until stdin ends. A
// reader says "connected" at its first message; at the end it prints what it found, times by the monotonic clock.
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

#define META 60
/* Round trips before those that count: a program that has just begun is not what is measured. */
#define WARM 2000

static void *context, *line;
static const char *endpoint;
static size_t size;
static long amount;
static int hwm, copy;
static char *data;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static void die(const char *what) {
  fprintf(stderr, "zmq: %s: %s\n", what, zmq_strerror(zmq_errno()));
  exit(1);
}

static void set(int option, int value) {
  if (zmq_setsockopt(line, option, &value, sizeof value)) die("option");
}

static void open_line(int type, int listens) {
  context = zmq_ctx_new();
  line = zmq_socket(context, type);
  set(ZMQ_SNDHWM, hwm);
  set(ZMQ_RCVHWM, hwm);
  set(ZMQ_RECONNECT_IVL, 5);
  set(ZMQ_LINGER, type == ZMQ_PUB ? 0 : -1);
  if (type == ZMQ_SUB) zmq_setsockopt(line, ZMQ_SUBSCRIBE, "", 0);
  if ((listens ? zmq_bind : zmq_connect)(line, endpoint)) die(endpoint);
}

static void keep(void *bytes, void *hint) { (void)bytes; (void)hint; }

static void send_packet(const char *field, long number, size_t length) {
  char meta[META + 1];
  zmq_msg_t part;
  int used = snprintf(meta, sizeof meta, "{\"%s\":%ld", field, number);
  memset(meta + used, ' ', META - used);
  meta[META - 1] = '}';
  if (zmq_send(line, meta, META, ZMQ_SNDMORE) < 0) die("send");
  if (copy) {
    if (zmq_send(line, data, length, 0) < 0) die("send");
    return;
  }
  zmq_msg_init_data(&part, data, length, keep, NULL);
  if (zmq_msg_send(&part, line, 0) < 0) die("send");
}

/* The number of a packet's `seq`; -1 for a probe, and *end is set by the last message. */
static long receive_packet(long *end) {
  char field[8] = "";
  long number = -1;
  zmq_msg_t part;
  for (int more = 1, first = 1; more; first = 0) {
    zmq_msg_init(&part);
    if (zmq_msg_recv(&part, line, 0) < 0) die("receive");
    more = zmq_msg_more(&part);
    if (first) {
      char meta[META + 1] = "";
      size_t length = zmq_msg_size(&part);
      memcpy(meta, zmq_msg_data(&part), length < META ? length : META);
      if (sscanf(meta, "{\"%7[a-z]\":%ld", field, &number) != 2) { fprintf(stderr, "zmq: meta %s\n", meta); exit(1); }
    } else if (!strcmp(field, "seq") && zmq_msg_size(&part) != size) {
      fprintf(stderr, "zmq: %zu bytes\n", zmq_msg_size(&part));
      exit(1);
    }
    zmq_msg_close(&part);
  }
  if (!strcmp(field, "end")) *end = number;
  return strcmp(field, "seq") ? -1 : number;
}

static void push(void) {
  open_line(ZMQ_PUSH, 1);
  for (long seq = 0; seq < amount; seq++) send_packet("seq", seq, size);
}

static void pull(void) {
  long end = -1;
  open_line(ZMQ_PULL, 0);
  double first = 0;
  for (long seq = 0; seq < amount; seq++) {
    if (receive_packet(&end) != seq) { fprintf(stderr, "zmq: not packet %ld\n", seq); exit(1); }
    if (!seq) first = now();
  }
  printf("{\"received\":%ld,\"first\":%.9f,\"last\":%.9f}\n", amount, first, now());
}

/* Whether stdin has something to say within so many milliseconds: a line, or its end. */
static int told(int milliseconds) {
  struct pollfd input = {.fd = 0, .events = POLLIN};
  return poll(&input, 1, milliseconds) > 0;
}

static void publish(int events_first, int by_time) {
  char word[16];
  int events;
  size_t length = sizeof events;
  long sent = 0;
  open_line(ZMQ_PUB, 1);
  while (!told(1)) send_packet("probe", 0, 0);
  if (read(0, word, sizeof word) <= 0) die("stdin");
  double end = now() + amount / 1e3;
  while (by_time ? now() < end : sent < amount) {
    if (events_first) zmq_getsockopt(line, ZMQ_EVENTS, &events, &length);
    send_packet("seq", sent++, size);
  }
  printf("{\"sent\":%ld}\n", sent);
  fflush(stdout);
  usleep(50000);
  while (!told(5)) send_packet("end", sent, 0);
}

static void subscribe(void) {
  long end = -1, received = 0, newest = -1;
  double first = 0, last = 0;
  open_line(ZMQ_SUB, 0);
  for (int heard = 0;; heard = 1) {
    long seq = receive_packet(&end);
    if (!heard) { puts("connected"); fflush(stdout); }
    if (end >= 0) break;
    if (seq < 0) continue;
    last = now();
    if (!received++) first = last;
    if (seq <= newest) { fprintf(stderr, "zmq: %ld after %ld\n", seq, newest); exit(1); }
    newest = seq;
  }
  printf("{\"received\":%ld,\"sent\":%ld,\"newest\":%ld,\"first\":%.9f,\"last\":%.9f}\n", received, end, newest, first, last);
}

static int ascending(const void *a, const void *b) {
  double difference = *(const double *)a - *(const double *)b;
  return (difference > 0) - (difference < 0);
}

static void ping(void) {
  long end = -1;
  double *trips = calloc(amount, sizeof *trips);
  open_line(ZMQ_PAIR, 0);
  for (long trip = -WARM; trip < amount; trip++) {
    double start = now();
    send_packet("seq", 0, size);
    receive_packet(&end);
    if (trip >= 0) trips[trip] = now() - start;
  }
  qsort(trips, amount, sizeof *trips, ascending);
  printf("{\"p50\":%.2f,\"p99\":%.2f}\n", trips[amount / 2] * 1e6, trips[amount * 99 / 100] * 1e6);
}

static void pong(void) {
  long end = -1;
  open_line(ZMQ_PAIR, 1);
  for (long trip = 0; trip < amount + WARM; trip++) {
    receive_packet(&end);
    send_packet("seq", 0, size);
  }
}

int main(int count, char **words) {
  if (count != 7) return 2;
  const char *role = words[1];
  endpoint = words[2];
  size = atol(words[3]);
  amount = atol(words[4]);
  hwm = atoi(words[5]);
  copy = atoi(words[6]);
  data = calloc(1, size + 1);
  if (!strcmp(role, "push")) push();
  else if (!strcmp(role, "pull")) pull();
  else if (!strcmp(role, "pub")) publish(0, 1);
  else if (!strcmp(role, "pub+")) publish(1, 1);
  else if (!strcmp(role, "pubn")) publish(0, 0);
  else if (!strcmp(role, "sub")) subscribe();
  else if (!strcmp(role, "ping")) ping();
  else if (!strcmp(role, "pong")) pong();
  else return 2;
  zmq_close(line);
  zmq_ctx_term(context);
  return 0;
}
