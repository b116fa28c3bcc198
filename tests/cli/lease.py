"""Takes a lease on a file, prints a line, and gives the lease up a while after it is asked to.

The arguments are the path of the file, and `read` or `write`.
"""

import fcntl
import signal
import sys
import time

path, kind = sys.argv[1:]
file = open(path, "rb" if kind == "read" else "r+b")


def give_up(signal_number, frame):
    time.sleep(0.3)
    fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    print("given up", flush=True)


signal.signal(signal.SIGIO, give_up)
fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK if kind == "read" else fcntl.F_WRLCK)
print("ready", flush=True)
sys.stdin.read()
