// What a publisher and a subscriber of each kind of broker say, as bytes.
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct {
  const char *name;
  char first; // of a message as a subscriber gets it
  int same;   // a subscriber gets a message as it was published
  void (*greet)(int fd, int number, const char *role);
  void (*subscribe)(int fd, const char *topic); // NULL: all topics
  // Bytes of one message of topic t.N, and where its payload of so many bytes begins: as published, as got.
  int (*message)(char *into, int topic, int size, int *at);
  int (*got)(const char *pattern, int size, int *at);
} Protocol;

static void die(const char *what) { perror(what); exit(1); }
static void write_all(int fd, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t n = send(fd, bytes, length, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) die("send");
    bytes += n, length -= n;
  }
}
static void write_text(int fd, const char *text) { write_all(fd, text, strlen(text)); }
static void read_all(int fd, char *bytes, size_t length) {
  while (length > 0) {
    ssize_t n = read(fd, bytes, length);
    if (n <= 0) die("handshake");
    bytes += n, length -= n;
  }
}
// Reads byte by byte until the text has come.
static void expect(int fd, const char *text) {
  size_t length = strlen(text), seen = 0;
  char byte;
  while (seen < length) {
    read_all(fd, &byte, 1);
    seen = byte == text[seen] ? seen + 1 : byte == text[0];
  }
}
static int fill(char *into, int from, int size, const char *end) {
  memset(into + from, 'x', size);
  return from + size + sprintf(into + from + size, "%s", end);
}

// ---- ours
static void daq_greet(int fd, int number, const char *role) {
  if (role[0] == 'P' && getenv("CONFIRM")) write_text(fd, "{\"broker\":{\"do\":\"publish\",\"confirm\":true}}\n");
}
static void daq_subscribe(int fd, const char *topic) {
  char text[200];
  const char *policy = getenv("POLICY");
  sprintf(text, "{\"broker\":{\"do\":\"subscribe\",\"pattern\":\"%s\",\"policy\":\"%s\"}}\n", topic ? topic : "t.*", policy ? policy : "block");
  write_text(fd, text);
  expect(fd, "\n");
}
static int daq_message(char *into, int topic, int size, int *at) {
  return fill(into, *at = sprintf(into, "{\"topic\":\"t.%d\",\"value\":\"", topic), size, "\"}\n");
}

// ---- NATS
static void nats_greet(int fd, int number, const char *role) {
  write_text(fd, "CONNECT {\"verbose\":false,\"pedantic\":false}\r\nPING\r\n");
  expect(fd, "PONG\r\n");
}
static void nats_subscribe(int fd, const char *topic) {
  char text[40];
  sprintf(text, "SUB %s 1\r\nPING\r\n", topic ? topic : "t.*");
  write_text(fd, text);
  expect(fd, "PONG\r\n");
}
static int nats_message(char *into, int topic, int size, int *at) {
  return fill(into, *at = sprintf(into, "PUB t.%d %d\r\n", topic, size), size, "\r\n");
}
static int nats_got(const char *pattern, int size, int *at) {
  char text[40];
  return (*at = sprintf(text, "MSG t.0 1 %d\r\n", size)) + size + 2;
}

// ---- MQTT 3.1.1, QoS 0
static void mqtt_greet(int fd, int number, const char *role) {
  char hello[] = "\x10\x10\x00\x04MQTT\x04\x02\x00\x00\x00\x04P000";
  hello[14] = role[0], hello[15] += number / 100, hello[16] += number / 10 % 10, hello[17] += number % 10;
  write_all(fd, hello, 18);
  read_all(fd, hello, 4);
}
static void mqtt_subscribe(int fd, const char *topic) {
  char text[] = "\x82\x08\x00\x01\x00\x03t/+\x00";
  if (topic) text[8] = topic[2];
  write_all(fd, text, 10);
  read_all(fd, text, 5);
}
static int mqtt_message(char *into, int topic, int size, int *at) {
  int n = 0, rest = size + 5;
  into[n++] = '\x30';
  do into[n++] = rest % 128 | (rest > 127 ? 128 : 0); while ((rest /= 128) > 0);
  into[n++] = 0, into[n++] = 3;
  return fill(into, *at = n + sprintf(into + n, "t/%d", topic), size, "");
}

// ---- Redis
static void redis_greet(int fd, int number, const char *role) {
  if (role[0] == 'P') write_text(fd, "CLIENT REPLY OFF\r\n");
}
static void redis_subscribe(int fd, const char *topic) {
  write_text(fd, topic ? "*2\r\n$9\r\nSUBSCRIBE\r\n$3\r\n" : "*2\r\n$10\r\nPSUBSCRIBE\r\n$3\r\n");
  write_text(fd, topic ? topic : "t.*");
  write_text(fd, "\r\n");
  expect(fd, ":1\r\n");
}
static int redis_message(char *into, int topic, int size, int *at) {
  return fill(into, *at = sprintf(into, "*3\r\n$7\r\nPUBLISH\r\n$3\r\nt.%d\r\n$%d\r\n", topic, size), size, "\r\n");
}
static int redis_got(const char *pattern, int size, int *at) {
  char text[100];
  if (pattern) *at = sprintf(text, "*3\r\n$7\r\nmessage\r\n$3\r\nt.0\r\n$%d\r\n", size);
  else *at = sprintf(text, "*4\r\n$8\r\npmessage\r\n$3\r\nt.*\r\n$3\r\nt.0\r\n$%d\r\n", size);
  return *at + size + 2;
}

// ---- ZMTP 3.0, as PUB and SUB; payloads of at most 250 bytes
static void zmq_greet(int fd, int number, const char *role) {
  char bytes[256] = "\xff\0\0\0\0\0\0\0\0\x7f\x03\0NULL";
  write_all(fd, bytes, 64);
  read_all(fd, bytes, 64);
  memcpy(bytes, "\x04\x19\x05READY\x0bSocket-Type\0\0\0\x03", 24);
  memcpy(bytes + 24, role, 3);
  write_all(fd, bytes, 27);
  read_all(fd, bytes, 2);
  read_all(fd, bytes + 2, bytes[1]);
}
static void zmq_subscribe(int fd, const char *topic) {
  char text[] = "\x00\x04\x01t.0";
  text[1] = topic ? 4 : 3;
  if (topic) text[5] = topic[2];
  write_all(fd, text, topic ? 6 : 5);
}
static int zmq_message(char *into, int topic, int size, int *at) {
  into[0] = 0, into[1] = size + 3;
  return fill(into, *at = 2 + sprintf(into + 2, "t.%d", topic), size, "");
}

static const Protocol protocols[] = {
    {"daq", '{', 1, daq_greet, daq_subscribe, daq_message, 0},
    {"nats", 'M', 0, nats_greet, nats_subscribe, nats_message, nats_got},
    {"mqtt", '\x30', 1, mqtt_greet, mqtt_subscribe, mqtt_message, 0},
    {"redis", '*', 0, redis_greet, redis_subscribe, redis_message, redis_got},
    {"zmq", '\0', 1, zmq_greet, zmq_subscribe, zmq_message, 0},
};
