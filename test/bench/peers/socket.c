// socket ROLE PORT SIZE AMOUNT: one end of a plain TCP connection over loopback, the limit for anything on top of it.
//   push, pull   AMOUNT blocks of SIZE bytes; `pull` prints what it found as zmq.c does
//   ping, pong   AMOUNT round trips of SIZE bytes; `ping` prints their percentiles in microseconds
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* As in zmq.c. */
#define WARM 2000

static char *data;
static size_t size;
static long amount;
static int line;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static void die(const char *what) {
  perror(what);
  exit(1);
}

static void open_line(int port, int listens) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  int yes = 1, door = socket(AF_INET, SOCK_STREAM, 0);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (listens) {
    setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(door, (void *)&address, sizeof address) || listen(door, 1)) die("listen");
    if ((line = accept(door, NULL, NULL)) < 0) die("accept");
  } else {
    line = door;
    for (int tries = 0; connect(line, (void *)&address, sizeof address); tries++) {
      if (tries == 1000) die("connect");
      usleep(5000);
    }
  }
  setsockopt(line, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

static void write_block(void) {
  for (size_t at = 0; at < size;) {
    ssize_t taken = write(line, data + at, size - at);
    if (taken <= 0) die("write");
    at += taken;
  }
}

static void read_block(void) {
  for (size_t at = 0; at < size;) {
    ssize_t taken = read(line, data + at, size - at);
    if (taken <= 0) die("read");
    at += taken;
  }
}

static int ascending(const void *a, const void *b) {
  double difference = *(const double *)a - *(const double *)b;
  return (difference > 0) - (difference < 0);
}

static void ping(void) {
  double *trips = calloc(amount, sizeof *trips);
  for (long trip = -WARM; trip < amount; trip++) {
    double start = now();
    write_block();
    read_block();
    if (trip >= 0) trips[trip] = now() - start;
  }
  qsort(trips, amount, sizeof *trips, ascending);
  printf("{\"p50\":%.2f,\"p99\":%.2f}\n", trips[amount / 2] * 1e6, trips[amount * 99 / 100] * 1e6);
}

static void pull(void) {
  read_block();
  double first = now();
  for (long block = 1; block < amount; block++) read_block();
  printf("{\"received\":%ld,\"first\":%.9f,\"last\":%.9f}\n", amount, first, now());
}

int main(int count, char **words) {
  if (count != 5) return 2;
  const char *role = words[1];
  size = atol(words[3]);
  amount = atol(words[4]);
  data = calloc(1, size);
  open_line(atoi(words[2]), !strcmp(role, "push") || !strcmp(role, "pong"));
  if (!strcmp(role, "push")) for (long block = 0; block < amount; block++) write_block();
  else if (!strcmp(role, "pull")) pull();
  else if (!strcmp(role, "ping")) ping();
  else if (!strcmp(role, "pong")) for (long trip = 0; trip < amount + WARM; trip++) { read_block(); write_block(); }
  else return 2;
  return 0;
}
