"""OpenStack of this host: on demand the lines of its logs about one id, and names of files with credentials. Only after
the engineer agreed to one of those is it read, here, and used for GET requests to the APIs; passwords and tokens stay in
this process. Requests on stdin and replies on stdout, one a line of JSON. It writes no file, opens no port, and exits
when stdin ends.
"""

import os

from crashcart_openstack.session import serve

serve()
os._exit(0)
