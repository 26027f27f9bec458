"""Stacks of processes of this host, read from /proc/PID/mem and /proc/PID/task: without ptrace, without a stop, without a signal. It
writes nothing, neither in memory nor to disk, opens no port, and exits when stdin ends. Requests on stdin and replies on stdout, one
a line of JSON.
"""

import os

from crashcart_stacks.session import serve

serve()
os._exit(0)
