"""Tasks of asyncio that wait, as many as its argument; prints what their coroutines show of themselves, one JSON list of [name, frames]."""

import asyncio
import json
import sys


async def locked(lock):
    async with lock:
        pass


async def fetch(seconds):
    await asyncio.sleep(seconds)


async def parse(seconds):
    await fetch(seconds)


async def changes(event):
    await event.wait()
    yield 1


async def follow(event):
    async for _ in changes(event):
        pass


async def joined(task):
    await task


def frames_of(coroutine):
    """Function and line of a coroutine and of those that it awaits, outermost first."""
    found = []
    while hasattr(coroutine, "cr_frame"):
        found.append("%s:%d" % (coroutine.cr_frame.f_code.co_name, coroutine.cr_frame.f_lineno))
        coroutine = coroutine.cr_await
    return found


def report():
    tasks = asyncio.all_tasks() if hasattr(asyncio, "all_tasks") else asyncio.Task.all_tasks()
    found = [[one.get_name() if hasattr(one, "get_name") else "", frames_of(getattr(one, "_coro", None) or one.get_coro())] for one in tasks]
    print(json.dumps(found), flush=True)


async def main():
    number = int(sys.argv[1])
    lock, event = asyncio.Lock(), asyncio.Event()
    await lock.acquire()
    first = asyncio.ensure_future(locked(lock))
    if hasattr(first, "set_name"):
        first.set_name("première")
    kinds = [lambda: locked(lock), lambda: locked(lock), lambda: parse(1000), lambda: follow(event), lambda: joined(first)]
    tasks = [first] + [asyncio.ensure_future(kinds[at % len(kinds)]()) for at in range(number - 2)]
    asyncio.get_event_loop().call_later(0.3, report)
    await asyncio.gather(*tasks)


asyncio.get_event_loop().run_until_complete(main()) if sys.version_info < (3, 7) else asyncio.run(main())
