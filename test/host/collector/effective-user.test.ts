import { spawnSync } from 'node:child_process';
import { beforeEach, expect, test } from 'vitest';
import { needsPython } from '../../helpers/python.ts';

beforeEach(needsPython);
beforeEach(({ skip }) => {
  if (process.getuid?.() !== 0) skip('needs root');
});

const OTHER_UID = 65_534;

/** Output of a script with the module, a socket at `path`, and `peer()`, the user that its server sees. */
const run = (script: string) =>
  spawnSync('python3', ['-c', `${PRELUDE}\n${script}`], { cwd: 'src/host/collector', encoding: 'utf8' });

const PRELUDE = `
import os, socket, struct, sys, tempfile
from concurrent.futures import ThreadPoolExecutor
from crashcart_collector import sockets
from crashcart_collector.sockets import EffectiveUser
folder = tempfile.TemporaryDirectory()
os.chmod(folder.name, 0o755)
path = folder.name + "/s"
server = socket.socket(socket.AF_UNIX)
server.bind(path)
os.chmod(path, 0o777)
server.listen(1)
client = socket.socket(socket.AF_UNIX)
def peer():
    return struct.unpack("3i", server.accept()[0].getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[1]
`;

test('EffectiveUser changes its thread alone and only while it connects', () => {
  const { stdout, stderr } = run(`
with ThreadPoolExecutor(1) as other:
    other.submit(os.geteuid).result()
    with EffectiveUser(${OTHER_UID}):
        client.connect(path)
        inside = os.geteuid(), other.submit(os.geteuid).result()
    print(peer(), inside, os.geteuid(), os.getresuid())`);
  expect(stderr).toBe('');
  expect(stdout).toBe(`${OTHER_UID} (${OTHER_UID}, 0) 0 (0, 0, 0)\n`);
});

test('EffectiveUser is back after a failed connection', () => {
  const { stdout } = run(`
try:
    with EffectiveUser(${OTHER_UID}):
        client.connect("/nowhere")
except FileNotFoundError:
    print(os.geteuid())`);
  expect(stdout).toBe('0\n');
});

test('EffectiveUser ends the program when the way back to root fails', () => {
  const { stdout, status } = run(`
class Stuck(EffectiveUser):
    def change(self, uid):
        if uid == 0:
            raise OSError(12, "no memory")
        super().change(uid)
try:
    with Stuck(${OTHER_UID}):
        pass
except BaseException:
    pass
print("went on")`);
  expect(stdout).toBe('');
  expect(status).toBe(70);
});

test.each([
  ['on a machine whose number is unknown', 'sockets.SETRESUID.clear()'],
  ['in a 32-bit program', 'sys.maxsize = (1 << 31) - 1'],
  ['without ctypes', 'sys.modules["ctypes"] = None'],
])('EffectiveUser is not supported %s', (_, setUp) => {
  const { stdout } = run(`
${setUp}
try:
    with EffectiveUser(${OTHER_UID}):
        print("inside")
except OSError as error:
    print(error.strerror)`);
  expect(stdout).toBe('Function not implemented\n');
});
