import { spawnSync } from 'node:child_process';
import { beforeEach, expect, test } from 'vitest';
import { needsPython } from '../../helpers/python.ts';

beforeEach(needsPython);

/** Output of a script with the module, and of the names and places of this process's own sockets. */
const run = (script: string) =>
  spawnSync('python3', ['-c', `${PRELUDE}\n${script}`], { cwd: 'src/host/collector', encoding: 'utf8' });

const PRELUDE = `
import os, socket, sys, tempfile
from crashcart_collector import listeners, sockets
from crashcart_collector.commands import Commands
from crashcart_collector.listeners import Listener, Listeners, address_of
from crashcart_collector.reads import Miss
open("/proc/self/comm", "w").write("lab.server-x")
tcp = socket.socket()
tcp.bind(("0.0.0.0", 0))
tcp.listen(1)
port = tcp.getsockname()[1]
folder = tempfile.TemporaryDirectory()
unix = socket.socket(socket.AF_UNIX)
unix.bind(folder.name + "/a b.sock.12.tmp")
unix.listen(1)
names = lambda pattern: Listeners(Commands()).names(pattern)["names"]
`;

test('Listeners names the port of a process, else its unix sockets', () => {
  const { stdout, stderr } = run(`
print(names("listening:lab.server-x:*") == ["listening:lab.server-x:%d:127.0.0.1:%d" % (os.getpid(), port)])
print(names("listening:lab.server-x:*:%d" % port) == names("listening:lab.server-x:*"))
print(names("unix:lab.server-x:*")[0].endswith("%2Fa%20b.sock"))
tcp.close()
print(names("listening:lab.server-x:*")[0].endswith("%2Fa%20b.sock"))`);
  expect(stderr).toBe('');
  expect(stdout).toBe('True\n'.repeat(4));
});

test('Listeners has nothing of a command or port that does not listen', () => {
  const { stdout } = run(`
for pattern in ("listening:nowhere:*", "listening:lab.server-x:*:1"):
    try:
        print(names(pattern))
    except Miss as miss:
        print(miss.why)`);
  expect(stdout).toBe('absent\nabsent\n');
});

test('Listeners finds a process that became another program', () => {
  const { stdout } = run(`
listeners.LOOK_AGAIN = -1
all = Listeners(Commands())
print(len(all.pids(b"other-name")))
open("/proc/self/comm", "w").write("other-name")
print(len(all.pids(b"other-name")))`);
  expect(stdout).toBe('0\n1\n');
});

test('Listeners takes the processes of a command from the process table while that is read', () => {
  const { stdout } = run(`
index = Commands()
index.put(os.getpid(), b"other-name")
all = Listeners(index)
print(len(all.pids(b"other-name")))
index.walked = listeners.time.monotonic()
print(all.pids(b"other-name") == [os.getpid()])
print(all.pids(b"lab.server-x"))
index.drop(os.getpid())
print(all.pids(b"other-name"), index.by_name)`);
  expect(stdout).toBe('0\nTrue\n[]\n[] {}\n');
});

test('DialledListener connects to a port and to a path', () => {
  const { stdout, stderr } = run(`
class Loop:
    selector = type("", (), {"register": lambda *_: None, "unregister": lambda *_: None})()
    def __init__(self):
        self.sent = []
    def send(self, head, body=b""):
        self.sent.append(head)
for name in names("listening:lab.server-x:*") + names("unix:lab.server-x:*"):
    if name.startswith("unix"):
        os.rename(folder.name + "/a b.sock.12.tmp", folder.name + "/a b.sock")
    loop = Loop()
    dialled = sockets.DialledListener(loop, {"id": 1, "path": name, "daemons": [], "lasting": False}, {"exists": True, "pid": 0, "uid": 0})
    print(dialled.over, [sorted(head) for head in loop.sent])`);
  expect(stderr).toBe('');
  expect(stdout).toBe("None [['at', 'dialled', 'id']]\n".repeat(2));
});

test('DialledListener connects by IPv4 where loopback has no IPv6', () => {
  const { stdout, stderr } = run(`
import errno
class Refusing:
    def connect_ex(self, address):
        print(address[0])
        return errno.EADDRNOTAVAIL if address[0] == "::1" else 0
dialled = sockets.DialledListener.__new__(sockets.DialledListener)
for host in ("::1", "10.0.0.1"):
    dialled.listener, dialled.socket = Listener("listening:lab.server-x:1:%s:2181" % host), Refusing()
    dialled.reach()`);
  expect(stderr).toBe('');
  expect(stdout).toBe('::1\n::ffff:127.0.0.1\n10.0.0.1\n');
});

test('Listeners names one socket of a server that is read by its path on this host, and only elsewhere', () => {
  const { stdout, stderr } = run(`
unix2 = socket.socket(socket.AF_UNIX)
unix2.bind(folder.name + "/b.sock")
unix2.listen(1)
child = os.fork()
if not child:
    import time
    time.sleep(60)
listeners.BY_PATH = {"lab.server-x": ("/nowhere",)}
print(names("unix:lab.server-x:*") == ["unix:lab.server-x:%d:%s" % (os.getpid(), listeners.encoded(folder.name + "/a b.sock"))])
listeners.BY_PATH = {"lab.server-x": (folder.name,)}
try:
    names("unix:lab.server-x:*")
except Miss as miss:
    print(miss.why)
os.kill(child, 9)`);
  expect(stderr).toBe('');
  expect(stdout).toBe('True\nabsent\n');
});

test('open_inside follows links from the root of a process, never out of it', () => {
  const { stdout, stderr } = run(`
from crashcart_collector.roots import identity, open_inside
root = folder.name + "/root"
os.makedirs(root + "/run/x")
os.makedirs(root + "/var")
os.symlink("/run", root + "/var/run")
os.symlink("../../../../run/x", root + "/up")
os.symlink("/loop", root + "/loop")
inside = os.stat(root + "/run/x")
for path in ("/run/x", "/var/run/x", "/up", "../../run/./x"):
    print(identity(root, path) == (inside.st_dev, inside.st_ino))
for path in ("/loop", "/run/none"):
    print(identity(root, path))
before = len(os.listdir("/proc/self/fd"))
os.close(open_inside(root, "/up"))
print(len(os.listdir("/proc/self/fd")) - before)`);
  expect(stderr).toBe('');
  expect(stdout).toBe('True\nTrue\nTrue\nTrue\nNone\nNone\n0\n');
});

test('DialledListener does not connect to a process that is another program by now', () => {
  const { stdout } = run(`
name = names("listening:lab.server-x:*")[0]
open("/proc/self/comm", "w").write("another")
try:
    sockets.DialledListener(None, {"id": 1, "path": name, "daemons": [], "lasting": False}, {"exists": True, "pid": 0, "uid": 0})
except OSError as error:
    print(error)`);
  expect(stdout).toContain('the process has gone');
});

test('address_of reads addresses of both families', () => {
  const { stdout } = run(
    'print(*[address_of(one) for one in ("0100007F", "00000000", "00000000000000000000000001000000", "0" * 32, "B80D0120000000000000000001000000")])',
  );
  expect(stdout).toBe('127.0.0.1 127.0.0.1 0:0:0:0:0:0:0:1 ::1 2001:db8:0:0:0:0:0:1\n');
});
