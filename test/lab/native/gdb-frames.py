"""Frames of all threads as gdb has them, for gdb -x: [pc, function, kind] by thread, kind as gdb.Frame.type has it."""

import json

import gdb

found = {}
for thread in gdb.selected_inferior().threads():
    thread.switch()
    frames = []
    try:
        frame = gdb.newest_frame()
        while frame is not None and len(frames) < 300:
            frames.append([frame.pc(), frame.name(), frame.type()])
            frame = frame.older()
    except gdb.error:
        pass
    found[thread.ptid[1]] = frames
gdb.write("FRAMES " + json.dumps(found) + "\n")
