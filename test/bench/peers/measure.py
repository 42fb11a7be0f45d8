"""Runs a command and prints what it cost, as one JSON object.

measure.py wall COMMAND              a shell command to its end
measure.py first STDIN WATCH ARG...  a program to its first byte on stdout, or (WATCH) to the second line of a file;
                                     it gets the text STDIN at once and no end of file
measure.py pipe COUNT PERIOD COMMAND a shell pipeline that gets COUNT records, one each PERIOD seconds

`cpu` is that of all descendants, `rss` the largest of one of them, `others` the cores that anybody else used."""
import json, os, resource, signal, subprocess, sys, threading, time

# Without --norc, bash reads .bashrc where stdin is a socket, as Node's pipes are, and SHLVL is 1: 100 ms on some machines.
SHELL = ['bash', '--norc', '-o', 'pipefail', '-c']


def busy():
    with open('/proc/stat') as stat:
        fields = [int(word) for word in stat.readline().split()[1:9]]
    return (sum(fields[:3]) + sum(fields[5:])) / os.sysconf('SC_CLK_TCK')


def children():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def wall(command):
    before, start = busy(), time.perf_counter()
    code = subprocess.call([*SHELL, command], stdin=subprocess.DEVNULL)
    seconds, after = time.perf_counter() - start, busy()
    cpu, rss = children()
    others = max(0, after - before - cpu) / seconds
    return {'code': code, 'wall': seconds, 'cpu': cpu, 'rss': rss, 'others': others}


def lines_in(path):
    try:
        with open(path, 'rb') as file:
            return file.read(65536).count(b'\n')
    except FileNotFoundError:
        return 0


def first(text, watch, *words):
    start = time.perf_counter()
    child = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True, bufsize=0)
    if text:
        child.stdin.write(text.encode())
    if watch:
        while lines_in(watch) < 2 and child.poll() is None:
            time.sleep(0.0003)
        found = lines_in(watch) >= 2
    else:
        found = len(os.read(child.stdout.fileno(), 65536)) > 0
    seconds = time.perf_counter() - start
    os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    return {'code': 0 if found else 1, 'wall': seconds}


def pipe(count, period, command):
    sent = []
    child = subprocess.Popen([*SHELL, command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)

    def feed():
        for number in range(int(count)):
            if number:
                time.sleep(float(period))
            sent.append(time.perf_counter())
            child.stdin.write(b'{"n":%d}\n' % number)
        time.sleep(float(period))
        child.stdin.close()
    feeder = threading.Thread(target=feed)
    feeder.start()
    delays, seen = [], b''
    while block := os.read(child.stdout.fileno(), 65536):
        now, seen = time.perf_counter(), seen + block
        while len(delays) < seen.count(b'\n'):
            delays.append(now - sent[len(delays)])
    feeder.join()
    return {'code': child.wait() if len(delays) == int(count) else 1, 'delays': delays}


print(json.dumps({'wall': wall, 'first': first, 'pipe': pipe}[sys.argv[1]](*sys.argv[2:])))
