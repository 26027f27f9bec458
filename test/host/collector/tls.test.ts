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
yml = 'peer-transport-security:\\n  key-file: /peer.key\\n\\n  cert-file: /peer.crt\\n\\nclient-transport-security:\\n  cert-file: "/d.crt"\\n'
print(tls.setting(settings("etcd\\0--config-file\\0etcd.yml\\0", "", yml), "cert-file"))
print(tls.setting(settings("etcd\\0--peer-cert-file=/e.crt\\0"), "cert-file"))`);
  expect(stderr).toBe('');
  expect(stdout).toBe('/a.crt\n/b.crt\n/c.crt\n/d.crt\nNone\n');
});

test('path_of follows links of a container from its own root', () => {
  const { stdout, stderr } = run(`
root = process + "/rootfs"
os.remove(process + "/root"); os.symlink(root, process + "/root")
os.makedirs(root + "/pki/..data")
write("rootfs/pki/..data/server.key", "x")
os.symlink("..data/server.key", root + "/pki/server.key")
os.symlink("/pki/server.key", root + "/pki/absolute.key")
os.symlink("../../../../etc/passwd", root + "/pki/out.key")
for path in ("/pki/server.key", "/pki/absolute.key", "/pki/out.key", "rootfs/../etcd.yml", "../x"):
    print(tls.path_of(process, path)[len(process):])`);
  expect(stderr).toBe('');
  expect(stdout).toBe(
    '/root/pki/..data/server.key\n/root/pki/..data/server.key\n/root/etc/passwd\n/cwd/etcd.yml\n/cwd/../x\n',
  );
});

test('context_of sends no certificate where none is asked for, and refuses one that it cannot use', () => {
  const { stdout, stderr } = run(`
arguments = "etcd\\0--cert-file=%s/server.crt\\0--key-file=%s/server.key\\0" % (process, process)
def why(text):
    try:
        return type(tls.context_of(process, settings(text))).__name__
    except Miss as miss:
        return miss.why + (" none" if "none beside" in str(miss) else " server.key" if "server.key" in str(miss) else "")
print(why(arguments), why(arguments + "--peer-client-cert-auth\\0"))
print(why(arguments + "--client-cert-auth\\0"), why(arguments + "--trusted-ca-file=/ca.crt\\0"))
write("server.crt", "not a certificate"); write("server.key", "not a key")
print(why(arguments + "--client-cert-auth=true\\0"), why(arguments + "--client-cert-auth=false\\0"))
os.remove(process + "/server.key"); os.mkfifo(process + "/server.key")
print(why(arguments + "--client-cert-auth\\0"))`);
  expect(stderr).toBe('');
  expect(stdout).toBe(
    'SSLContext SSLContext\ndenied none denied none\ndenied server.key SSLContext\ndenied server.key\n',
  );
});

test('context_of finds the certificate of kubeadm in the container of etcd', () => {
  const { stdout, stderr } = run(`
os.remove(process + "/root"); os.symlink(process + "/rootfs", process + "/root")
os.makedirs(process + "/rootfs/etc/kubernetes/pki/etcd")
for name in ("healthcheck-client.crt", "healthcheck-client.key"):
    write("rootfs/etc/kubernetes/pki/etcd/" + name, "not one")
text = settings("etcd\\0--cert-file=/etc/kubernetes/pki/etcd/server.crt\\0--key-file=/etc/kubernetes/pki/etcd/server.key\\0--client-cert-auth=true\\0")
try:
    tls.context_of(process, text)
except Miss as miss:
    print(str(miss).split(":")[1])`);
  expect(stderr).toBe('');
  expect(stdout).toBe(' /etc/kubernetes/pki/etcd/healthcheck-client.key\n');
});

test('context_of does not ask for the password of a key', ({ skip }) => {
  skip(spawnSync('openssl', ['version']).status !== 0, 'openssl is not installed on this machine');
  const { stdout, stderr } = run(`
import subprocess
subprocess.check_call(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-passout", "pass:lab", "-subj", "/CN=lab", "-keyout", process + "/server.key", "-out", process + "/server.crt"], stderr=subprocess.DEVNULL)
os.chmod(process + "/server.key", 0o600)
try:
    tls.context_of(process, settings("etcd\\0--cert-file=%s/server.crt\\0--key-file=%s/server.key\\0--client-cert-auth\\0" % (process, process)))
except Miss as miss:
    print(miss.why)`);
  expect(stderr).toBe('');
  expect(stdout).toBe('denied\n');
});

test('may_read is what the user of the process may read', () => {
  const { stdout } = run(`
write("key", "x", 0o640)
class Owned:
    def __init__(self, uid, gid, mode=0):
        self.st_uid, self.st_gid, self.st_mode = uid, gid, 0o100000 | mode
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
