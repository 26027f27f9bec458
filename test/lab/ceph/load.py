#!/usr/bin/python3
"""Reads and writes 4 KiB blocks of an RBD image at an even pace: load.py CONF KEYRING POOL IMAGE THREADS OPERATIONS_PER_SECOND STATE

STATE is the folder by which the lab knows its processes.
As fast as it can, one client takes all CPUs of a small machine, and what waits for them looks like a fault.
"""

import os
import random
import sys
import threading
import time

import rados
import rbd

BLOCK_BYTES = 4096
READS_PCT = 30


def work(image, size_bytes, interval_s):
    due_s = time.monotonic()
    while True:
        offset = random.randrange(size_bytes // BLOCK_BYTES) * BLOCK_BYTES
        try:
            if random.randrange(100) < READS_PCT:
                image.read(offset, BLOCK_BYTES)
            else:
                image.write(os.urandom(BLOCK_BYTES), offset)
        except rbd.Error as error:
            print(error, file=sys.stderr, flush=True)
        # After an operation that took long, no burst follows.
        due_s = max(due_s + interval_s, time.monotonic())
        time.sleep(max(0, due_s - time.monotonic()))


def main():
    conf, keyring, pool, name, threads, per_second, _state = sys.argv[1:]
    with rados.Rados(conffile=conf, conf={"keyring": keyring}) as cluster, cluster.open_ioctx(pool) as context:
        with rbd.Image(context, name) as image:
            interval_s = int(threads) / float(per_second)
            for _ in range(int(threads)):
                threading.Thread(target=work, args=(image, image.size(), interval_s), daemon=True).start()
            threading.Event().wait()


main()
