import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, expect, test } from 'vitest';
import { needsPython } from '../helpers/python.ts';

beforeEach(needsPython);

const launcher = resolve(import.meta.dirname, '../../bin/crashcart.cjs');

/** Runs a program on a terminal, sends a signal once a text is on it, and prints its output, status and whether the terminal echoes. */
const SIGNALS = `
import fcntl, json, os, pty, signal, struct, sys, termios
text, name, command = sys.argv[1].encode(), sys.argv[2], sys.argv[3:]
pid, terminal = pty.fork()
if pid == 0:
    os.environ['TERM'] = 'xterm-256color'
    os.execvp(command[0], command)
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack('HHHH', 30, 120, 0, 0))
seen = b''
while text not in seen:
    seen += os.read(terminal, 65536)
raw = not termios.tcgetattr(terminal)[3] & termios.ECHO
os.kill(pid, getattr(signal, name))
try:
    while True:
        part = os.read(terminal, 65536)
        if not part:
            break
        seen += part
except OSError:
    pass
status = os.waitpid(pid, 0)[1]
print(json.dumps({
    'code': os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
    'signal': os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
    'raw': raw,
    'output': seen.decode('utf8', 'replace'),
}))
`;

test.each([
  { name: 'SIGTERM', code: 143 },
  { name: 'SIGHUP', code: 129 },
  { name: 'SIGINT', code: 130 },
])(
  'watch states what it waits for, and restores the terminal on $name',
  async ({ name, code }) => {
    const folder = mkdtempSync(join(tmpdir(), 'watch-'));
    const path = join(folder, 'viewers');
    // Accepts, and shows nothing.
    const server = createServer().listen(path);
    try {
      const waiting = `waiting for the screen of ${path}`;
      const { stdout } = await promisify(execFile)('python3', ['-c', SIGNALS, waiting, name, process.execPath, launcher, 'watch', path]); // prettier-ignore
      const ended: unknown = JSON.parse(stdout);
      expect(ended).toMatchObject({ code, signal: null, raw: true });
      expect(ended).toHaveProperty('output', expect.stringMatching(/\u001B\[\?25h\u001B\[\?1049l\u001B\[0m$/));
    } finally {
      server.close();
      rmSync(folder, { recursive: true });
    }
  },
  60_000,
);
