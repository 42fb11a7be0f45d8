// A ZeroMQ socket of libzmq that does as it is told, line by line: the words are those of zmq-peer.py.
// Of the options it knows plain-client, hwm and heartbeat.

#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

static uint32_t crc_of(const unsigned char *bytes, size_t length) {
  static uint32_t table[256];
  if (!table[1])
    for (uint32_t i = 0; i < 256; i++) {
      table[i] = i;
      for (int bit = 0; bit < 8; bit++) table[i] = table[i] & 1 ? 0xedb88320u ^ (table[i] >> 1) : table[i] >> 1;
    }
  uint32_t crc = 0xffffffffu;
  for (size_t i = 0; i < length; i++) crc = table[(crc ^ bytes[i]) & 255] ^ (crc >> 8);
  return crc ^ 0xffffffffu;
}

static size_t unhex(const char *word, unsigned char *bytes) {
  if (strcmp(word, "-") == 0) return 0;
  size_t length = strlen(word) / 2;
  for (size_t i = 0; i < length; i++) {
    unsigned value = 0;
    sscanf(word + 2 * i, "%2x", &value);
    bytes[i] = (unsigned char)value;
  }
  return length;
}

static void fail(const char *what) {
  fprintf(stderr, "%s: %s\n", what, zmq_strerror(zmq_errno()));
  exit(1);
}

static int type_named(const char *name) {
  const char *names[] = {"PUB", "SUB", "XPUB", "XSUB", "PUSH", "PULL"};
  const int types[] = {ZMQ_PUB, ZMQ_SUB, ZMQ_XPUB, ZMQ_XSUB, ZMQ_PUSH, ZMQ_PULL};
  for (int i = 0; i < 6; i++)
    if (strcmp(names[i], name) == 0) return types[i];
  fail(name);
  return -1;
}

static void set_option(void *socket, char *option) {
  char *value = strchr(option, '=');
  if (!value) return;
  *value++ = 0;
  int number = atoi(value);
  if (strcmp(option, "hwm") == 0) {
    zmq_setsockopt(socket, ZMQ_SNDHWM, &number, sizeof number);
    zmq_setsockopt(socket, ZMQ_RCVHWM, &number, sizeof number);
  } else if (strcmp(option, "heartbeat") == 0) {
    zmq_setsockopt(socket, ZMQ_HEARTBEAT_IVL, &number, sizeof number);
  } else if (strcmp(option, "plain-client") == 0) {
    char *password = strchr(value, ':');
    if (!password) return;
    *password++ = 0;
    zmq_setsockopt(socket, ZMQ_PLAIN_USERNAME, value, strlen(value));
    zmq_setsockopt(socket, ZMQ_PLAIN_PASSWORD, password, strlen(password));
  }
}

static void send_numbered(void *socket, int count, int first, size_t size) {
  char *data = malloc(size + 1);
  for (int seq = first; seq < first + count; seq++) {
    char meta[32];
    int length = snprintf(meta, sizeof meta, "{\"seq\":%d}", seq);
    memset(data, seq % 251, size);
    if (zmq_send(socket, meta, length, ZMQ_SNDMORE) < 0 || zmq_send(socket, data, size, 0) < 0) fail("send");
  }
  free(data);
}

static void send_parts(void *socket, char *words) {
  char *save = NULL, *word = strtok_r(words, " \n", &save);
  while (word) {
    char *next = strtok_r(NULL, " \n", &save);
    unsigned char *bytes = malloc(strlen(word) + 1);
    size_t length = unhex(word, bytes);
    if (zmq_send(socket, bytes, length, next ? ZMQ_SNDMORE : 0) < 0) fail("send");
    free(bytes);
    word = next;
  }
}

/** Gives 0 when nothing came in time. */
static int receive_one(void *socket, int patience) {
  char first[600] = "-", sizes[4096] = "";
  int parts = 0, more = 1;
  size_t used = 0;
  zmq_pollitem_t item = {socket, 0, ZMQ_POLLIN, 0};
  if (zmq_poll(&item, 1, patience) <= 0) return 0;
  while (more) {
    zmq_msg_t part;
    zmq_msg_init(&part);
    if (zmq_msg_recv(&part, socket, 0) < 0) fail("recv");
    const unsigned char *bytes = zmq_msg_data(&part);
    size_t length = zmq_msg_size(&part);
    if (parts++ == 0)
      for (size_t i = 0; i < length && i < 256; i++) sprintf(first + 2 * i, "%02x", bytes[i]);
    if (used < sizeof sizes - 64)
      used += snprintf(sizes + used, 64, " %zu:%08x", length, crc_of(bytes, length));
    more = zmq_msg_more(&part);
    zmq_msg_close(&part);
  }
  printf("%d%s %s\n", parts, sizes, first);
  return 1;
}

static void act(void *socket, char *line) {
  unsigned char prefix[4096];
  char word[4096];
  int count, first, patience, received = 0;
  size_t size;
  if (sscanf(line, "subscribe %4095s", word) == 1) zmq_setsockopt(socket, ZMQ_SUBSCRIBE, prefix, unhex(word, prefix));
  if (sscanf(line, "unsubscribe %4095s", word) == 1) zmq_setsockopt(socket, ZMQ_UNSUBSCRIBE, prefix, unhex(word, prefix));
  if (sscanf(line, "send %d %d %zu", &count, &first, &size) == 3) send_numbered(socket, count, first, size);
  if (strncmp(line, "parts ", 6) == 0) send_parts(socket, line + 6);
  if (sscanf(line, "recv %d %d", &count, &patience) == 2) {
    while (received < count && receive_one(socket, patience)) received++;
    printf("done %d\n", received);
  }
  printf("ok\n");
  fflush(stdout);
}

/** A socket takes notice of peers that came only when it is used. */
static void wait_for_line(void *socket) {
  struct pollfd input = {0, POLLIN, 0};
  int events;
  size_t size = sizeof events;
  while (poll(&input, 1, 5) == 0) zmq_getsockopt(socket, ZMQ_EVENTS, &events, &size);
}

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  void *context = zmq_ctx_new();
  void *socket = zmq_socket(context, type_named(argv[1]));
  int linger = 10000;
  zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger);
  for (int i = 4; i < argc; i++) set_option(socket, argv[i]);
  int bound = strcmp(argv[2], "bind") == 0 ? zmq_bind(socket, argv[3]) : zmq_connect(socket, argv[3]);
  if (bound < 0) fail(argv[3]);
  printf("ready\n");
  fflush(stdout);
  char *line = NULL;
  size_t room = 0;
  do {
    wait_for_line(socket);
    if (getline(&line, &room, stdin) <= 0) break;
    act(socket, line);
  } while (1);
  free(line);
  zmq_close(socket);
  zmq_ctx_term(context);
  return 0;
}
