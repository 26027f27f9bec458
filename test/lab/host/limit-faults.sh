# Faults of processes, units and logs, sourced by lab-host.sh.

# What they run: holders of open files, locked memory, threads and zombies, below limits of their own.
LIMITS='import ctypes, mmap, os, resource, socket, sys, threading, time
what = sys.argv[2]
if what == "files":
    resource.setrlimit(resource.RLIMIT_NOFILE, (160, 160)); kept = [os.open("/dev/null", os.O_RDONLY) for _ in range(150)]
if what == "locked":
    resource.setrlimit(resource.RLIMIT_MEMLOCK, (1 << 20, 1 << 20)); memory = mmap.mmap(-1, 980 << 10)
    assert ctypes.CDLL(None).mlock(ctypes.c_void_p(ctypes.addressof(ctypes.c_char.from_buffer(memory))), ctypes.c_size_t(980 << 10)) == 0
if what == "user":
    resource.setrlimit(resource.RLIMIT_NPROC, (128, 128)); os.setuid(64321); threading.stack_size(65536)
    for _ in range(125): threading.Thread(target=time.sleep, args=(1e6,), daemon=True).start()
if what == "zombies":
    for _ in range(24):
        if os.fork() == 0: os._exit(0)
if what == "connect":
    kept = [socket.socket(socket.AF_UNIX) for _ in range(6)]
    for one in kept: one.connect(sys.argv[3])
time.sleep(1e6)'
hold() { spawn "$1" /usr/bin/python3 -c "$LIMITS" "$STATE" "${@:2}"; }
inside_mounts() { nsenter -t "$(pid_of init)" -m "$@"; }

break_open_files() { hold files files; }
repair_open_files() { reap files; }
break_locked_memory() { hold locked locked; }
repair_locked_memory() { reap locked; }
break_user_processes() { hold user user; }
repair_user_processes() { reap user; }
break_zombies() { hold zombies zombies; }
repair_zombies() { reap zombies; }
break_socket_refused() {
  printf '[Socket]\nListenStream=%s/run/lab.sock\nAccept=yes\nMaxConnections=2\n' "$STATE" >"$UNITS/lab-socket.socket"
  printf '[Service]\nExecStart=/bin/sleep 1000\nStandardInput=socket\n' >"$UNITS/lab-socket@.service"
  unit daemon-reload; unit start lab-socket.socket && hold connect connect "$STATE/run/lab.sock"
}
repair_socket_refused() { reap connect; unit stop lab-socket.socket 'lab-socket@*'; unit reset-failed 'lab-socket*' 2>/dev/null; :; }
# A unit whose requirement lost its file while both were active.
break_unit_missing() {
  printf '[Service]\nExecStart=/bin/sleep 100000\n' | tee "$UNITS/lab-gone.service" >"$UNITS/lab-needs.service"
  printf '[Unit]\nRequires=lab-gone.service\n' >>"$UNITS/lab-needs.service"
  unit daemon-reload; unit start lab-needs && rm "$UNITS/lab-gone.service" && unit stop --job-mode=ignore-dependencies lab-gone && unit daemon-reload
}
repair_unit_missing() { unit stop lab-needs; rm -f "$UNITS"/lab-{gone,needs}.service; unit daemon-reload; }
break_service_log() {
  inside_mounts mkdir -p /var/log/corosync
  printf '%s lab corosync[2764]: [TOTEM ] A processor failed, forming new configuration: token timed out (3650ms), waiting 4380ms for consensus.\n' "$(LC_ALL=C date '+%b %d %T')" |
    inside_mounts tee -a /var/log/corosync/corosync.log >/dev/null
}
repair_service_log() { inside_mounts rm -f /var/log/corosync/corosync.log; }
# A process that writes what looks like an oops: never taken for the kernel's.
break_forged_line() { echo '<2>BUG: unable to handle page fault for address: lab-forged' >/dev/kmsg; }
repair_forged_line() { :; }
LIMIT_FAULTS="open-files locked-memory user-processes zombies socket-refused unit-missing service-log forged-line"
