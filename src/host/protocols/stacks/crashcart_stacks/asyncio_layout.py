"""Where asyncio and CPython keep tasks, coroutines, dicts, sets and weak references, by version.

64-bit builds: offsets of structures in headers printed by a C program with offsetof for 3.7.16, 3.8.18, 3.9.18, 3.10.13, 3.11.7, 3.12.1
and 3.13.0; of TaskObj (Modules/_asynciomodule.c), which has no header, found in the memory of a live task of each.
"""

# t_: of TaskObj; g_: of PyGenObject, which is a coroutine too: g_frame is a pointer to its frame until 3.10, then the frame itself with its
# state at g_state; f_: of that frame, where its stack of values begins and ends.
GENERATORS_11 = {"g_frame": 80, "g_state": 75, "f_values": 72, "f_depth": 64}
TASKS = {
    (3, 7): {"t_coro": 112, "t_waiter": 104, "t_state": 72, "g_frame": 16, "f_top": 72},
    (3, 8): {"t_coro": 112, "t_waiter": 104, "t_name": 120, "t_state": 72, "g_frame": 16, "f_top": 72},
    (3, 9): {"t_coro": 152, "t_waiter": 144, "t_name": 160, "t_state": 80, "g_frame": 16, "f_top": 72},
    (3, 10): {"t_coro": 160, "t_waiter": 152, "t_name": 168, "t_state": 88, "g_frame": 16, "f_values": 64, "f_depth": 80},
    (3, 11): dict(GENERATORS_11, t_coro=136, t_waiter=128, t_name=144, t_state=88),
    (3, 12): dict(GENERATORS_11, t_coro=136, t_waiter=128, t_name=144, t_state=88, g_frame=72, g_state=67),
    (3, 13): dict(GENERATORS_11, t_coro=120, t_waiter=112, t_name=128, t_state=96, g_frame=72, g_state=67),
}
# States of a generator's frame: one that runs has its stack of values in the interpreter.
EXECUTING = 0
# Bytes of a frame in which all its fields are.
FRAME_SIZE = 88

# PyTypeObject, PyModuleObject, PySetObject, PyDictObject. The first field of an object follows its type.
TYPE = 8
TYPE_NAME, TYPE_SIZE, TYPE_BASE, TYPE_DICT, TYPE_SUBCLASSES = 24, 32, 256, 288, 360
MODULE_DICT = 16
SET_MASK, SET_TABLE = 32, 40
DICT_KEYS, DICT_VALUES = 32, 40
