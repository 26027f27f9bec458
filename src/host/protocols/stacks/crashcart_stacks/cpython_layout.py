"""Where CPython keeps its threads, frames and code objects, by version.

3.6 to 3.12: offsets of 64-bit builds, printed by a C program with offsetof for the headers of 3.6.15, 3.7.16, 3.8.18, 3.9.18, 3.10.13,
3.11.7 and 3.12.1. From 3.13 on the process has them itself (_Py_DebugOffsets, Include/internal/pycore_debug_offsets.h).
"""

import struct

# Fields used here. next, threads: of PyInterpreterState; t_: of PyThreadState, t_thread the pthread and t_native the tid; f_: of
# _PyInterpreterFrame, before 3.11 of PyFrameObject with f_lasti as f_ip; c_: of PyCodeObject; ascii, compact, bytes: where the text of
# such an object begins; modules: of PyInterpreterState, the dict sys.modules. The holder of the GIL is `current` in _PyRuntimeState until
# 3.11, then `holder` and `locked` behind the pointer `gil` of an interpreter.
USED = (
    "interpreters next threads t_next t_interp t_frame t_thread t_native f_back f_code f_ip f_owner "
    "c_file c_name c_line c_table c_code ascii bytes ob_type modules"
)

OLD = {"next": 0, "threads": 8, "t_next": 8, "t_interp": 16, "t_frame": 24, "t_thread": 176, "f_back": 24, "f_code": 32, "f_ip": 104}
OLD.update({"c_file": 104, "c_name": 112, "c_line": 40, "c_table": 120, "interpreters": 32})
OLD.update({"ascii": 48, "compact": 72, "bytes": 32, "ob_type": 8})
LAYOUTS = {
    (3, 6): dict(OLD, t_thread=152, f_ip=120, c_file=96, c_name=104, c_line=36, c_table=112),
    (3, 7): dict(OLD, modules=40, interpreters=24, current=1480, c_file=96, c_name=104, c_line=36, c_table=112),
    (3, 8): dict(OLD, modules=56, current=1368),
    (3, 9): dict(OLD, modules=856, current=568),
    (3, 10): dict(OLD, modules=856, current=568, f_ip=96),
    # t_frame is the _PyCFrame, whose current frame is at t_cframe.
    (3, 11): dict(
        OLD, modules=888, interpreters=40, current=576, threads=16, t_frame=56, t_cframe=8, t_thread=152, t_native=160, f_back=48, f_ip=56,
        f_owner=69, c_code=184, c_name=128, c_file=112, c_line=72, c_table=136,
    ),
    (3, 12): dict(
        OLD, modules=944, interpreters=40, gil=384, holder=8, locked=16, threads=72, t_frame=56, t_cframe=0, t_thread=136, t_native=144,
        f_back=8, f_code=0, f_ip=56, f_owner=70, c_code=192, c_name=128, c_file=112, c_line=68, c_table=136, ascii=40, compact=56,
    ),
}  # fmt: skip
# The first version whose process has its offsets.
OWN_OFFSETS = (3, 13)
COOKIE = b"xdebugpy"

# Fields of _Py_DebugOffsets behind cookie, version and free_threaded, a group of words each.
GROUPS_13 = (
    "r_size r_finalizing interpreters "
    "i_size i_id next threads gc modules sysdict builtins gil_pointer gil_state gil_enabled gil_locked gil_holder "
    "t_size t_prev t_next t_interp t_frame t_thread t_native t_chunk t_status "
    "f_size f_back f_code f_ip f_locals f_owner "
    "c_size c_file c_plain c_name c_table c_line c_args c_locals c_kinds c_code "
    "o_size ob_type y_size y_name y_repr y_flags tu_size tu_item tu_count l_size l_item l_count d_size d_keys d_values fl_size fl_value "
    "lo_size lo_tag lo_digit b_size b_count bytes u_size u_state u_length ascii"
)
GROUPS_14 = (
    GROUPS_13.replace("threads gc", "threads threads_main gc")
    .replace("gil_holder", "gil_holder code_generation tlbc_generation")
    .replace("f_owner", "f_owner f_top f_tlbc")
    .replace("c_code", "c_code c_tlbc")
    .replace("d_size", "s_size s_used s_table s_mask d_size")
)
OFFSETS_SIZE = 8 * (3 + len(GROUPS_14.split()))


def own_layout(data: bytes) -> "tuple[tuple[int, int], bool, dict[str, int]] | None":
    """Version, whether it is free-threaded, and the layout of a process that has its offsets; None where they make no sense."""
    version, free_threaded = struct.unpack_from("<QQ", data, 8)
    number = (version >> 24 & 255, version >> 16 & 255)
    names = (GROUPS_13 if number == (3, 13) else GROUPS_14).split()
    values = dict(zip(names, struct.unpack_from("<%dQ" % len(names), data, 24)))
    # Sizes that no version has: the order of the fields is another one.
    sane = values["b_size"] - values["bytes"] <= 8 and 0 < values["ascii"] <= 64 and values["f_size"] < 1024
    if not sane or any(value > 1 << 20 for value in values.values()):
        return None
    layout = {name: value for name, value in values.items() if name in USED.split()}
    layout["compact"] = values["ascii"] + 16
    # Offsets of the fields count from the interpreter that holds the state; `gil` is a pointer to that.
    layout.update(
        gil=values["gil_pointer"], holder=values["gil_holder"] - values["gil_state"], locked=values["gil_locked"] - values["gil_state"]
    )
    return number, free_threaded != 0, layout
