// broker-load PROTOCOL PORT PUBLISHERS SUBSCRIBERS COUNT SIZE [RATE]: load for a broker on 127.0.0.1, the same for every kind.
// Publisher k sends COUNT messages of SIZE bytes to the topic t.k, every subscriber takes t.* (MQTT: t/+). With RATE, so many
// messages a second and publisher, each with the time it was sent at; else as fast as the socket takes them.
// PROTOCOL: daq | nats | mqtt | redis. Environment: STALL_MS, subscribers do not read for so long once publishing has begun;
// POLICY, of daq's subscribers (default block); CONFIRM=1, daq's publishers ask for confirmations and count to the last.
// Prints "messages_per_second N", "lost N", and with RATE "p50_us N", "p99_us N".
// cc -O2 -D_GNU_SOURCE -o broker-load broker-load.c -lpthread
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 256, BURST = 65536, PAYLOAD_TIME = 24 };
typedef struct {
  int fd, number;
  pthread_t thread;
  long got;          // subscribers: messages so far
  double last;       // when the last one came
  float *latencies;
} Client;

static const char *protocol;
static int port, publishers, subscribers, size;
static long count;
static double rate, start;
static volatile int go, sending;
static Client pub[MOST], sub[MOST];

static int is(const char *name) { return strcmp(protocol, name) == 0; }
static void die(const char *what) { perror(what); exit(1); }
static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}
static void write_all(int fd, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t n = send(fd, bytes, length, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) die("send");
    bytes += n;
    length -= n;
  }
}
static void write_text(int fd, const char *text) { write_all(fd, text, strlen(text)); }

// Reads byte by byte until the text has come.
static void expect(int fd, const char *text) {
  size_t length = strlen(text), seen = 0;
  char byte;
  while (seen < length) {
    if (read(fd, &byte, 1) != 1) die("handshake");
    seen = byte == text[seen] ? seen + 1 : byte == text[0];
  }
}
static void skip(int fd, int bytes) {
  char byte;
  while (bytes-- > 0) if (read(fd, &byte, 1) != 1) die("handshake");
}

static int dial(int number) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
  if (connect(fd, (struct sockaddr *)&address, sizeof address)) die("connect");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (is("nats")) {
    write_text(fd, "CONNECT {\"verbose\":false,\"pedantic\":false}\r\nPING\r\n");
    expect(fd, "PONG\r\n");
  } else if (is("mqtt")) {
    char hello[] = "\x10\x10\x00\x04MQTT\x04\x02\x00\x00\x00\x04L000";
    hello[15] = '0' + number / 100, hello[16] = '0' + number / 10 % 10, hello[17] = '0' + number % 10;
    write_all(fd, hello, 18);
    skip(fd, 4);
  }
  return fd;
}

static void subscribe(Client *c) {
  char text[200];
  const char *policy = getenv("POLICY");
  if (is("daq")) {
    sprintf(text, "{\"broker\":{\"do\":\"subscribe\",\"pattern\":\"t.*\",\"policy\":\"%s\"}}\n", policy ? policy : "block");
    write_text(c->fd, text);
    expect(c->fd, "\n");
  } else if (is("nats")) {
    write_text(c->fd, "SUB t.* 1\r\nPING\r\n");
    expect(c->fd, "PONG\r\n");
  } else if (is("redis")) {
    write_text(c->fd, "*2\r\n$10\r\nPSUBSCRIBE\r\n$3\r\nt.*\r\n");
    expect(c->fd, ":1\r\n");
  } else {
    write_all(c->fd, "\x82\x08\x00\x01\x00\x03t/+\x00", 10);
    skip(c->fd, 5);
  }
}

// One message of publisher `k` as it is sent; `at` is where its payload begins.
static int message(char *into, int k, int *at) {
  int n, topic = k % 10;
  if (is("daq")) n = sprintf(into, "{\"topic\":\"t.%d\",\"value\":\"", topic);
  else if (is("nats")) n = sprintf(into, "PUB t.%d %d\r\n", topic, size);
  else if (is("redis")) n = sprintf(into, "*3\r\n$7\r\nPUBLISH\r\n$3\r\nt.%d\r\n$%d\r\n", topic, size);
  else {
    int rest = size + 5;
    n = 0;
    into[n++] = '\x30';
    do into[n++] = rest % 128 | (rest > 127 ? 128 : 0); while ((rest /= 128) > 0);
    n += sprintf(into + n, "%c%ct/%d", 0, 3, topic) - 0;
  }
  *at = n;
  // Of a line, the whole of it is the message: what the other kinds say outside of the payload is inside of it.
  int payload = is("daq") ? size - n - 3 : size;
  memset(into + n, 'x', payload);
  n += payload;
  if (is("daq")) n += sprintf(into + n, "\"}\n");
  else if (!is("mqtt")) n += sprintf(into + n, "\r\n");
  return n;
}

// Bytes of a message as a subscriber gets it, and where its payload begins.
static int received(int *at) {
  char text[65536];
  if (is("daq") || is("mqtt")) return message(text, 0, at);
  int n = is("nats") ? sprintf(text, "MSG t.0 1 %d\r\n", size)
                     : sprintf(text, "*4\r\n$8\r\npmessage\r\n$3\r\nt.*\r\n$3\r\nt.0\r\n$%d\r\n", size);
  *at = n;
  return n + size + 2;
}

static void *publish(void *data) {
  Client *c = data;
  int at, length;
  char *burst = malloc(BURST + 65536);
  length = message(burst, c->number, &at);
  while (!go) usleep(100);
  if (rate > 0) {
    for (long i = 0; i < count; i++) {
      double due = start + i / rate;
      struct timespec t = {(time_t)due, (long)((due - (time_t)due) * 1e9)};
      char stamp[PAYLOAD_TIME + 1];
      clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, 0);
      sprintf(stamp, "%0*.9f", PAYLOAD_TIME, now());
      memcpy(burst + at, stamp, PAYLOAD_TIME);
      write_all(c->fd, burst, length);
    }
  } else {
    int each = BURST / length;
    for (int i = 1; i < each; i++) memcpy(burst + i * length, burst, length);
    for (long left = count; left > 0; left -= each) write_all(c->fd, burst, (size_t)length * (left < each ? left : each));
  }
  if (is("daq") && getenv("CONFIRM")) {
    char text[40];
    sprintf(text, "\"confirmed\":%ld}", count);
    expect(c->fd, text);
  }
  __sync_fetch_and_sub(&sending, 1);
  return 0;
}

static void *receive(void *data) {
  Client *c = data;
  int at, length = received(&at), idle = 0;
  long want = count * publishers;
  size_t have = 0, room = 1 << 18;
  char *buffer = malloc(room), first = is("nats") ? 'M' : is("redis") ? '*' : is("mqtt") ? '\x30' : '{';
  if (getenv("STALL_MS")) {
    while (!go) usleep(1000);
    usleep(1000 * atoi(getenv("STALL_MS")));
  }
  while (c->got < want) {
    ssize_t n = recv(c->fd, buffer + have, room - have, 0);
    if (n == 0) break;
    if (n < 0) {
      if (sending == 0 && ++idle > 4) break;
      continue;
    }
    idle = 0;
    have += n;
    c->last = now();
    size_t used = 0;
    while (have - used > 0) {
      char *message = buffer + used;
      if (message[0] == first && !(is("daq") && have - used > 3 && (message[2] == 'g' || message[2] == 'b'))) {
        if (have - used < (size_t)length) break;
        if (rate > 0) c->latencies[c->got] = c->last - strtod(strndupa(message + at, PAYLOAD_TIME), 0);
        c->got++;
        used += length;
      } else {
        char *end = memchr(message, '\n', have - used);
        if (!end) break;
        if (message[0] != 'P') fprintf(stderr, "%.*s\n", (int)(end - message), message);
        used = end + 1 - buffer;
      }
    }
    memmove(buffer, buffer + used, have -= used);
  }
  return 0;
}

static int ascending(const void *a, const void *b) {
  float d = *(const float *)a - *(const float *)b;
  return (d > 0) - (d < 0);
}

int main(int argc, char **argv) {
  if (argc < 7) return fprintf(stderr, "broker-load PROTOCOL PORT PUBLISHERS SUBSCRIBERS COUNT SIZE [RATE]\n"), 2;
  protocol = argv[1], port = atoi(argv[2]), publishers = atoi(argv[3]), subscribers = atoi(argv[4]);
  count = atol(argv[5]), size = atoi(argv[6]), rate = argc > 7 ? atof(argv[7]) : 0;
  sending = publishers;
  struct timeval patience = {0, 250000};
  for (int k = 0; k < subscribers; k++) {
    Client *c = &sub[k];
    c->fd = dial(c->number = k);
    subscribe(c);
    setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    c->latencies = malloc(sizeof(float) * (rate > 0 ? count * publishers : 1));
    pthread_create(&c->thread, 0, receive, c);
  }
  for (int k = 0; k < publishers; k++) {
    Client *c = &pub[k];
    c->number = k;
    c->fd = dial(k + MOST);
    if (is("redis")) write_text(c->fd, "CLIENT REPLY OFF\r\n");
    if (is("daq") && getenv("CONFIRM")) write_text(c->fd, "{\"broker\":{\"do\":\"publish\",\"confirm\":true}}\n");
    pthread_create(&c->thread, 0, publish, c);
  }
  usleep(200000);
  start = now(), go = 1;
  long got = 0, want = count * publishers * subscribers, n = 0;
  double end = start;
  for (int k = 0; k < publishers; k++) pthread_join(pub[k].thread, 0);
  double sent = now();
  for (int k = 0; k < subscribers; k++) {
    pthread_join(sub[k].thread, 0);
    got += sub[k].got;
    if (sub[k].last > end) end = sub[k].last;
  }
  if (subscribers == 0) end = sent;
  printf("messages_per_second %.0f\nlost %ld\nsent_per_second %.0f\n", got / (end - start), want - got, count * publishers / (sent - start));
  if (rate > 0 && got > 0) {
    float *all = malloc(sizeof(float) * got);
    for (int k = 0; k < subscribers; k++) {
      memcpy(all + n, sub[k].latencies, sizeof(float) * sub[k].got);
      n += sub[k].got;
    }
    qsort(all, got, sizeof(float), ascending);
    printf("p50_us %.0f\np99_us %.0f\n", all[got / 2] * 1e6, all[got * 99 / 100] * 1e6);
  }
  return 0;
}
