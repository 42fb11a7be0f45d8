// Publishers that wait for acknowledgements: each has at most WINDOW messages unacknowledged, for SECONDS.
// journal-load daq|nats PORT PUBLISHERS WINDOW SECONDS: {"acknowledged":…,"seconds":…,"p50":…,"p99":…} (µs from a message to its ack)
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SIZE = 100, MOST = 256, ROOM = 1 << 16, SAMPLES = 1 << 20 };

typedef struct {
  int fd, kept;
  long sent, acked;
  char held[ROOM], message[SIZE + 100];
  int length;
  double *began;
} Publisher;

static Publisher publishers[MOST];
static double samples[SAMPLES];
static long taken;
static int isNats, window;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static void die(const char *why) {
  fprintf(stderr, "%s: %s\n", why, strerror(errno));
  exit(1);
}

static void writeAll(int fd, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t done = write(fd, bytes, length);
    if (done < 0 && errno == EAGAIN) poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, -1);
    else if (done < 0) die("write");
    else bytes += done, length -= done;
  }
}

static void greet(Publisher *p, int number, int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  p->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(p->fd, (void *)&address, sizeof address) < 0) die("connect");
  setsockopt(p->fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
  fcntl(p->fd, F_SETFL, O_NONBLOCK);
  p->began = calloc(window, sizeof *p->began);
  char payload[SIZE + 1] = {0}, hello[200];
  memset(payload, 'x', SIZE);
  if (isNats) {
    int n = snprintf(hello, sizeof hello, "CONNECT {\"verbose\":false}\r\nSUB R.%d 1\r\n", number);
    writeAll(p->fd, hello, n);
    p->length = sprintf(p->message, "PUB bench.%d R.%d %d\r\n%s\r\n", number, number, SIZE, payload);
  } else {
    int n = snprintf(hello, sizeof hello, "{\"broker\":{\"do\":\"publish\",\"confirm\":true}}\n");
    writeAll(p->fd, hello, n);
    p->length = sprintf(p->message, "{\"topic\":\"bench.%d\",\"fill\":\"%s\"}\n", number, payload);
  }
}

static void fill(Publisher *p, double time) {
  static char burst[1 << 18];
  int length = 0;
  while (p->sent - p->acked < window && length + p->length < (int)sizeof burst) {
    memcpy(burst + length, p->message, p->length);
    length += p->length;
    p->began[p->sent++ % window] = time;
  }
  if (length > 0) writeAll(p->fd, burst, length);
}

static void acknowledge(Publisher *p, long upTo, double time) {
  for (; p->acked < upTo; p->acked++)
    if (taken < SAMPLES) samples[taken++] = time - p->began[p->acked % window];
}

// A line that has come.
static void heard(Publisher *p, const char *line, double time) {
  if (strstr(line, "error")) fprintf(stderr, "%s\n", line), exit(1);
  const char *confirmed = strstr(line, "\"confirmed\":");
  if (isNats && !strncmp(line, "MSG ", 4)) acknowledge(p, p->acked + 1, time);
  else if (!isNats && confirmed) acknowledge(p, atol(confirmed + 12), time);
  else if (isNats && !strncmp(line, "PING", 4)) writeAll(p->fd, "PONG\r\n", 6);
}

static void hear(Publisher *p, double time) {
  ssize_t got = read(p->fd, p->held + p->kept, ROOM - 1 - p->kept);
  if (got <= 0) die("the server went away");
  p->kept += got;
  p->held[p->kept] = 0;
  char *at = p->held;
  for (char *end; (end = strchr(at, '\n')); at = end + 1) {
    *end = 0;
    heard(p, at, time);
  }
  p->kept -= at - p->held;
  memmove(p->held, at, p->kept);
}

static int byValue(const void *a, const void *b) {
  double d = *(double *)a - *(double *)b;
  return (d > 0) - (d < 0);
}

int main(int argc, char **argv) {
  if (argc != 6) return fprintf(stderr, "journal-load daq|nats PORT PUBLISHERS WINDOW SECONDS\n"), 2;
  isNats = !strcmp(argv[1], "nats");
  int count = atoi(argv[3]);
  window = atoi(argv[4]);
  double seconds = atof(argv[5]);
  struct pollfd polled[MOST];
  for (int i = 0; i < count; i++) {
    greet(publishers + i, i, atoi(argv[2]));
    polled[i] = (struct pollfd){.fd = publishers[i].fd, .events = POLLIN};
  }
  double begun = now(), time = begun;
  while ((time = now()) - begun < seconds) {
    for (int i = 0; i < count; i++) fill(publishers + i, time);
    if (poll(polled, count, 10000) <= 0) die("no acknowledgement");
    time = now();
    for (int i = 0; i < count; i++)
      if (polled[i].revents) hear(publishers + i, time);
  }
  long acknowledged = 0;
  for (int i = 0; i < count; i++) acknowledged += publishers[i].acked;
  qsort(samples, taken, sizeof *samples, byValue);
  printf("{\"acknowledged\":%ld,\"seconds\":%.6f,\"p50\":%.0f,\"p99\":%.0f}\n", acknowledged, time - begun,
         samples[taken / 2] * 1e6, samples[taken * 99 / 100] * 1e6);
}
