// broker-load NAME=VALUE…: load for a broker on 127.0.0.1, the same for every kind; see `settings` for the names.
// Each publisher sends messages, numbered in their payloads, to one of ten topics, and each subscriber takes all of them; with
// own=1 each publisher uses one topic after the other, and each subscriber takes one topic. With a rate, the payload has the
// time at which it was sent, and what is due goes out in one write; else it goes as fast as the socket takes it.
// Prints one line of JSON. Environment: POLICY, of the subscribers of ours (default block); CONFIRM, its publishers want
// confirmations and count to the last.
// cc -O2 -D_GNU_SOURCE -o broker-load broker-load.c -lpthread
#include "broker-protocols.h"
#include <pthread.h>
#include <time.h>

enum { MOST = 256, BURST = 65536, STAMP = 24, SAMPLES = 1 << 20, LETTERS = 16 };
static struct { const char *name; double value; } settings[] = {
    {"port", 0},        {"publishers", 1},
    {"subscribers", 1}, {"seconds", 1},  // a publisher stops after so many
    {"count", 1e9},                      // or after so many messages
    {"size", 100},                       // bytes of a payload
    {"rate", 0},                         // messages a second and publisher; 0: no limit
    {"stall", 0},                        // milliseconds for which no subscriber reads once publishing has begun
    {"frozen", 0},                       // subscribers that do not read before all others are done
    {"own", 0},         {"patience", 2}, // seconds without a message after which no more are waited for
    {"subscriber_port", 0},
};
enum { PORT, PUBLISHERS, SUBSCRIBERS, SECONDS, COUNT, SIZE, RATE, STALL, FROZEN, OWN, PATIENCE, SUBSCRIBER_PORT };
#define SET(name) settings[name].value

typedef struct {
  int fd, number, unread;
  pthread_t thread;
  long sent, got, told, disordered;
  double last; // when the last one came
  long next[MOST]; // number of each publisher
  float *ages;
} Client;

static const Protocol *protocol;
static Client pub[MOST], sub[MOST];
static double start;
static volatile int go, sending, reading;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}
static int dial(int port, int number, const char *role) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
  if (connect(fd, (struct sockaddr *)&address, sizeof address)) die("connect");
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  protocol->greet(fd, number, role);
  return fd;
}

static void number_it(char *at, long n) {
  for (int digit = 9; digit >= 0; digit--, n /= 10) at[digit] = '0' + n % 10;
}
static long number_of(const char *at) {
  long n = 0;
  for (int digit = 0; digit < 10; digit++) n = n * 10 + at[digit] - '0';
  return n;
}
static void *publish(void *data) {
  Client *c = data;
  int at, length, own = SET(OWN), topics = own ? SET(SUBSCRIBERS) : 1, each;
  char *burst = malloc(BURST + 65536), stamp[STAMP + 1];
  length = protocol->message(burst, 0, SET(SIZE), &at);
  each = BURST / length;
  for (int i = 0; i < each; i++) protocol->message(burst + i * length, (own ? i % topics : c->number) % 10, SET(SIZE), &at);
  each -= each % topics;
  while (!go) usleep(100);
  double end = start + SET(SECONDS), rate = SET(RATE), time = start;
  long most = SET(COUNT);
  for (; time < end && c->sent < most; time = now()) {
    long due = most - c->sent;
    if (rate > 0) {
      double next = start + c->sent / rate;
      struct timespec t = {(time_t)next, (long)((next - (time_t)next) * 1e9)};
      clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, 0);
      long late = (now() - start) * rate + 1 - c->sent;
      if (late < due) due = late < 1 ? 1 : late;
      sprintf(stamp, "%0*.9f", STAMP, now());
    }
    if (due > each) due = each;
    for (int i = 0; i < due; i++) {
      char *payload = burst + i * length + at;
      payload[0] = 'a' + c->number / LETTERS, payload[1] = 'a' + c->number % LETTERS;
      number_it(payload + 2, c->sent++);
      if (rate > 0) memcpy(payload + 12, stamp, STAMP);
    }
    write_all(c->fd, burst, (size_t)length * due);
  }
  if (protocol == protocols && getenv("CONFIRM")) {
    char text[60];
    sprintf(text, "\"confirmed\":%ld}", c->sent);
    expect(c->fd, text);
  }
  __sync_fetch_and_sub(&sending, 1);
  return 0;
}

static long wanted(void) {
  long sent = 0;
  for (int k = 0; k < SET(PUBLISHERS); k++) sent += pub[k].sent;
  return SET(OWN) ? sent / (long)SET(SUBSCRIBERS) : sent;
}
static void take(Client *c, const char *message, int at) {
  long n = number_of(message + at + 2), *next = &c->next[((message[at] - 'a') * LETTERS + message[at + 1] - 'a') & (MOST - 1)];
  if (n < *next) c->disordered++;
  *next = n + 1;
  if (c->ages && c->got < SAMPLES) c->ages[c->got] = c->last - strtod(strndupa(message + at + 12, STAMP), 0);
  c->got++;
}
// What is no message, as far as it is whole: a gap record counts what it tells of.
static size_t skip(Client *c, const char *text, size_t have) {
  const char *end = memchr(text, '\n', have);
  if (!end) return 0;
  if (!strncmp(text, "{\"gap\":{\"lost\":", 15)) c->told += atol(text + 15);
  else if (text[0] != 'P') fprintf(stderr, "%.*s\n", (int)(end - text), text);
  return end + 1 - text;
}
static void *receive(void *data) {
  Client *c = data;
  int at, length;
  char *buffer = malloc(1 << 18), topic[8], first = protocol->first;
  sprintf(topic, "t.%d", c->number % 10);
  length = protocol->same ? protocol->message(buffer, 0, SET(SIZE), &at) : protocol->got(SET(OWN) ? topic : 0, SET(SIZE), &at);
  while (!go) usleep(1000);
  usleep(1000 * SET(STALL));
  while (c->unread && reading > 0) usleep(1000);
  double since = now();
  for (size_t have = 0; sending > 0 || c->got + c->told < wanted();) {
    ssize_t n = recv(c->fd, buffer + have, (1 << 18) - have, 0);
    if (n == 0) break;
    if (n < 0) {
      if (sending > 0) since = now();
      if (now() - since > SET(PATIENCE)) break;
      continue;
    }
    have += n;
    since = c->last = now();
    size_t used = 0, step;
    for (; have > used; used += step) {
      char *message = buffer + used;
      int is_message = message[0] == first && !(first == '{' && have - used > 2 && (message[2] == 'g' || message[2] == 'b'));
      step = is_message ? (have - used < (size_t)length ? 0 : length) : skip(c, message, have - used);
      if (step == 0) break;
      if (is_message) take(c, message, at);
    }
    memmove(buffer, buffer + used, have -= used);
  }
  if (!c->unread) __sync_fetch_and_sub(&reading, 1);
  return 0;
}

static int ascending(const void *a, const void *b) {
  float d = *(const float *)a - *(const float *)b;
  return (d > 0) - (d < 0);
}
static void print_ages(void) {
  long n = 0, k, subscribers = SET(SUBSCRIBERS);
  float *all = malloc(sizeof(float) * SAMPLES * subscribers);
  for (k = 0; k < subscribers; k++) {
    long some = sub[k].unread ? 0 : sub[k].got < SAMPLES ? sub[k].got : SAMPLES;
    memcpy(all + n, sub[k].ages, sizeof(float) * some);
    n += some;
  }
  qsort(all, n, sizeof(float), ascending);
  if (n > 0) printf(",\"p50\":%.0f,\"p99\":%.0f", all[n / 2] * 1e6, all[n * 99 / 100] * 1e6);
}

static void connect_all(void) {
  char topic[8];
  struct timeval patience = {0, 50000};
  int port = SET(PORT), subscriber_port = SET(SUBSCRIBER_PORT) > 0 ? SET(SUBSCRIBER_PORT) : port;
  for (int k = 0; k < SET(SUBSCRIBERS); k++) {
    Client *c = &sub[k];
    c->fd = dial(subscriber_port, c->number = k, "SUB");
    sprintf(topic, "t.%d", k % 10);
    protocol->subscribe(c->fd, SET(OWN) ? topic : 0);
    setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (SET(RATE) > 0) c->ages = malloc(sizeof(float) * SAMPLES);
    c->unread = k < SET(FROZEN);
    reading += !c->unread;
    pthread_create(&c->thread, 0, receive, c);
  }
  for (int k = 0; k < SET(PUBLISHERS); k++) {
    pub[k].fd = dial(port, pub[k].number = k, "PUB");
    sending++;
    pthread_create(&pub[k].thread, 0, publish, &pub[k]);
  }
}

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    char *value = strchr(argv[i], '=');
    size_t known = 0, all = sizeof settings / sizeof *settings;
    if (value) *value++ = 0;
    while (known < all && strcmp(argv[i], settings[known].name)) known++;
    if (known < all && value) settings[known].value = atof(value);
    else if (value && !strcmp(argv[i], "protocol")) {
      for (protocol = protocols; strcmp(protocol->name, value); protocol++)
        if (protocol->first == 0) return fprintf(stderr, "protocol: daq nats mqtt redis zmq\n"), 2;
    } else return fprintf(stderr, "%s: expected protocol or one of the settings\n", argv[i]), 2;
  }
  if (!protocol) return fprintf(stderr, "protocol: daq nats mqtt redis zmq\n"), 2;
  connect_all();
  usleep(200000);
  start = now(), go = 1;
  long sent = 0, got = 0, told = 0, disordered = 0;
  double end = start;
  for (int k = 0; k < SET(PUBLISHERS); k++) pthread_join(pub[k].thread, 0), sent += pub[k].sent;
  double sent_at = now();
  for (int k = 0; k < SET(SUBSCRIBERS); k++) {
    pthread_join(sub[k].thread, 0);
    got += sub[k].got, told += sub[k].told, disordered += sub[k].disordered;
    if (sub[k].last > end) end = sub[k].last;
  }
  if (SET(SUBSCRIBERS) == 0) end = sent_at;
  long want = wanted() * (long)SET(SUBSCRIBERS);
  printf("{\"sent\":%ld,\"sent_rate\":%.0f,\"got\":%ld,\"rate\":%.0f,\"lost\":%ld,\"told\":%ld,\"disordered\":%ld", sent,
         sent / (sent_at - start), got, got / (end - start), want - got, told, disordered);
  if (SET(RATE) > 0) print_ages();
  printf("}\n");
  return 0;
}
