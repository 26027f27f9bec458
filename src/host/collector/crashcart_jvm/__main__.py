"""Thread dump of a JVM of this host by its attach mechanism, at the engineer's request: a file .attach_pidN in its working directory
for as long as that takes, SIGQUIT if it has a handler for it, and one request over its socket. A process without that handler is
left alone.
"""

import sys

from crashcart_jvm.attach import Refused, thread_dump

try:
    sys.stdout.write(thread_dump(int(sys.argv[1]), sys.argv[2]))
except (Refused, OSError) as error:
    sys.stdout.write("not attached: %s\n" % error)
    sys.exit(1)
