import { spawnSync } from 'node:child_process';
import { beforeEach, expect, test } from 'vitest';
import { needsPython } from '../../helpers/python.ts';

beforeEach(needsPython);

/** Output of a script with the module and a folder that stands for a process. */
const run = (script: string) =>
  spawnSync('python3', ['-c', `${PRELUDE}\n${script}`], { cwd: 'src/host/collector', encoding: 'utf8' });

const PRELUDE = `
import os, ssl, tempfile
from crashcart_collector import tls
from crashcart_collector.reads import Miss
folder = tempfile.TemporaryDirectory()
process = folder.name
os.symlink("/", process + "/root")
os.symlink(process, process + "/cwd")
def write(name, text, mode=0o600):
    with open(process + "/" + name, "w") as file:
        file.write(text)
    os.chmod(process + "/" + name, mode)
def settings(cmdline, environ="", file=""):
    write("cmdline", cmdline); write("environ", environ); write("etcd.yml", file)
    return tls.settings_of(process)
`;

test('setting has options, variables, and the file of settings without peers', () => {
  const { stdout, stderr } = run(`
print(tls.setting(settings("etcd\\0--cert-file=/a.crt\\0"), "cert-file"))
print(tls.setting(settings("etcd\\0--cert-file\\0/b.crt\\0"), "cert-file"))
print(tls.setting(settings("etcd\\0", "HOME=/\\0ETCD_CERT_FILE=/c.crt\\0"), "cert-file"))
yml = 'peer-transport-security:\\n  cert-file: /peer.crt\\nclient-transport-security:\\n  cert-file: "/d.crt"\\n'
print(tls.setting(settings("etcd\\0--config-file\\0etcd.yml\\0", "", yml), "cert-file"))
print(tls.setting(settings("etcd\\0--peer-cert-file=/e.crt\\0"), "cert-file"))`);
  expect(stderr).toBe('');
  expect(stdout).toBe('/a.crt\n/b.crt\n/c.crt\n/d.crt\nNone\n');
});

test('context_of sends no certificate where there is none, and refuses one that it cannot use', () => {
  const { stdout, stderr } = run(`
arguments = "etcd\\0--cert-file=%s/server.crt\\0--key-file=%s/server.key\\0--client-cert-auth\\0" % (process, process)
print(type(tls.context_of(process, settings(arguments))).__name__)
write("server.crt", "not a certificate"); write("server.key", "not a key")
try:
    tls.context_of(process, settings(arguments))
except Miss as miss:
    print(miss.why, "server.key" in str(miss))
print(type(tls.context_of(process, settings(arguments.replace("--client-cert-auth\\0", "")))).__name__)`);
  expect(stderr).toBe('');
  expect(stdout).toBe('SSLContext\ndenied True\nSSLContext\n');
});

test('may_read is what the user of the process may read', () => {
  const { stdout } = run(`
write("key", "x", 0o640)
class Owned:
    def __init__(self, uid, gid, mode=0):
        self.st_uid, self.st_gid, self.st_mode = uid, gid, mode
def case(user, file):
    tls.os = type("", (), {"stat": staticmethod(lambda path: Owned(*user) if path == "p" else Owned(*file))})
    return tls.may_read("p", "k")
print(case((0, 0), (7, 7, 0o600)), case((7, 7), (7, 7, 0o600)), case((7, 8), (0, 8, 0o640)), case((7, 7), (0, 0, 0o640)))`);
  expect(stdout).toBe('True True True False\n');
});

test('DialledTls sends and receives by TLS, more than a record at once', ({ skip }) => {
  skip(spawnSync('openssl', ['version']).status !== 0, 'openssl is not installed on this machine');
  const { stdout, stderr } = run(`
import selectors, socket, subprocess, threading, time
from crashcart_collector import sockets
subprocess.check_call(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=lab", "-keyout", process + "/server.key", "-out", process + "/server.crt"], stderr=subprocess.DEVNULL)
open("/proc/self/comm", "w").write("etcd")
server = socket.create_server(("127.0.0.1", 0))
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(process + "/server.crt", process + "/server.key")
def serve():
    with context.wrap_socket(server.accept()[0], server_side=True) as peer:
        peer.sendall(peer.recv(9) * 10000)
threading.Thread(target=serve).start()
class Loop:
    def __init__(self):
        self.selector, self.size, self.heads = selectors.DefaultSelector(), 0, []
    def send(self, head, body=b""):
        self.size += len(body)
        self.heads.append(head)
loop = Loop()
name = "listening:etcd:%d:127.0.0.1:%d" % (os.getpid(), server.getsockname()[1])
facts = {"exists": True, "pid": os.getpid(), "uid": 0, "tls": tls.context_of(process, "")}
dialled = sockets.DialledTls(loop, {"id": 1, "path": name, "daemons": ["etcd"], "lasting": False}, facts)
dialled.write(b"GET /some")
until = time.monotonic() + 10
while dialled.over is None and time.monotonic() < until:
    for key, _ in loop.selector.select(1):
        key.data(key.fileobj)
print(dialled.over, loop.size)`);
  expect(stderr).toBe('');
  expect(stdout).toBe("{'exit': 0} 90000\n");
});
