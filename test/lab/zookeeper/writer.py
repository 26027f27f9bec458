"""writer.py HOST COUNT LABEL: a client of ZooKeeper that keeps COUNT writes in flight, without a library."""

import socket
import struct
import sys
import time

host, count = sys.argv[1], int(sys.argv[2])
CREATE, SET = 1, 5


def text(value):
    return struct.pack(">i", len(value)) + value


def send(body):
    connection.sendall(text(body))


def reply():
    left = struct.unpack(">i", take(4))[0]
    return take(left)


def take(size):
    data = b""
    while len(data) < size:
        data += connection.recv(size - len(data)) or sys.exit("closed")
    return data


connection = socket.create_connection((host, 2181))
send(struct.pack(">iqiq", 0, 0, 30000, 0) + text(bytes(16)) + b"\0")
reply()
acl = struct.pack(">ii", 1, 31) + text(b"world") + text(b"anyone")
send(struct.pack(">ii", 1, CREATE) + text(b"/lab") + text(b"") + acl + struct.pack(">i", 0))
reply()
for number in range(2, 2 + count):
    send(struct.pack(">ii", number, SET) + text(b"/lab") + text(b"x" * 100) + struct.pack(">i", -1))
while True:
    reply()
    number += 1
    send(struct.pack(">ii", number, SET) + text(b"/lab") + text(b"x" * 100) + struct.pack(">i", -1))
    time.sleep(0.001)
