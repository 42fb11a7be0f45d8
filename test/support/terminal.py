# Runs a command line on a terminal of its own: what it shows goes to stdout, lines of JSON on stdin say what happens to it.
# {"keys": text} {"size": [columns, rows]} {"signal": number}: the signal goes to everything in the foreground.
import fcntl, json, os, pty, select, struct, sys, termios


def resize(columns, rows):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


child, terminal = pty.fork()
if child == 0:
    # The size is there before the command looks.
    sys.stdin.readline()
    os.execvp("bash", ["bash", "-o", "pipefail", "-c", sys.argv[1]])
resize(int(sys.argv[2]), int(sys.argv[3]))
os.write(terminal, b"\n")
orders = b""
while True:
    ready, _, _ = select.select([terminal, 0], [], [])
    if terminal in ready:
        try:
            shown = os.read(terminal, 65536)
        except OSError:
            break
        os.write(1, shown)
    if 0 in ready:
        read = os.read(0, 65536)
        if not read:
            break
        *lines, orders = (orders + read).split(b"\n")
        for line in lines:
            order = json.loads(line)
            if "keys" in order:
                os.write(terminal, order["keys"].encode())
            if "size" in order:
                resize(*order["size"])
            if "signal" in order:
                os.killpg(os.tcgetpgrp(terminal), order["signal"])
# What is still on the terminal is hung up.
os.close(terminal)
_, status = os.waitpid(child, 0)
sys.exit(os.waitstatus_to_exitcode(status) % 256)
