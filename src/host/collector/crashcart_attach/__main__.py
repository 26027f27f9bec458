"""Terminal of one tool (gdb, strace, a shell) on this host for an engineer's console of crashcart. It writes nothing to disk
and lets a traced process go when the line ends.
"""

from crashcart_attach.front import Front

Front().run()
