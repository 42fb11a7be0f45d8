# The seed's dataflow in Python: devices put into a queue, a broker takes from it and delivers to the endpoint of the topic.
# WAY (sequential, threads) LOAD (none, sleep, compute, udp) COUNT DEVICES INTERVAL_US; prints JSON.

import collections
import json
import queue
import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

way, load = sys.argv[1:3]
count, devices, interval_us = map(int, sys.argv[3:6])
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)


def compute():
    total = 0
    for i in range(2000):
        total = (total + (i ^ (total >> 3))) & 0x7FFFFFFF
    return total


LOADS = {
    'none': lambda: None,
    'sleep': lambda: time.sleep(0.00005),
    'compute': compute,
    'udp': lambda: udp.sendto(b'Very Long Message 4 Test', ('127.0.0.1', 9999)),
}
work = LOADS[load]


class Endpoint:
    def __init__(self):
        self.ages = []
        self.done = threading.Event()

    def deliver(self, message):
        work()
        self.ages.append(time.perf_counter_ns() - message[0])
        if len(self.ages) == count:
            self.done.set()


class Broker:
    def __init__(self):
        self.topics = {}

    def subscribe(self, endpoint, topic):
        self.topics.setdefault(topic, []).append(endpoint)

    def publish(self, message, topic):
        for endpoint in self.topics.get(topic, []):
            self.deliver(endpoint, message)

    def deliver(self, endpoint, message):
        endpoint.deliver(message)


def message(due):
    return (time.perf_counter_ns() if due is None else due, b'x' * 100)


def produce(put, number):
    for index in range(number):
        if interval_us:
            due = begin + (index + 1) * interval_us * 1000
            time.sleep(max(0, (due - time.perf_counter_ns()) / 1e9))
        work()
        put((message(None), 'device.cpm'))


endpoint, broker = Endpoint(), Broker()
broker.subscribe(endpoint, 'device.cpm')
begin = time.perf_counter_ns()
if way == 'sequential':
    waiting = collections.deque()

    def put(item):
        waiting.append(item)
        while waiting:
            broker.publish(*waiting.popleft())

    produce(put, count)
else:
    waiting = queue.Queue(1000)
    pool = ThreadPoolExecutor(1)
    broker.deliver = lambda endpoint, message: pool.submit(endpoint.deliver, message)

    def pull():
        while True:
            item = waiting.get()
            if item is None:
                return
            broker.publish(*item)

    threads = [threading.Thread(target=produce, args=(waiting.put, count // devices)) for _ in range(devices)]
    threads.append(threading.Thread(target=pull))
    for thread in threads:
        thread.start()
    endpoint.done.wait()
    waiting.put(None)
seconds = (time.perf_counter_ns() - begin) / 1e9
ages = sorted(endpoint.ages)
print(json.dumps({'rate': count / seconds, 'p50': ages[len(ages) // 2] / 1e3, 'p99': ages[len(ages) * 99 // 100] / 1e3}))
