import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { needsPython } from '../helpers/python.ts';

beforeEach(needsPython);

const launcher = resolve(import.meta.dirname, '../../bin/crashcart.cjs');

/** Runs a program on a terminal, closes the terminal once a text is on it, and prints the wait status and processes left. */
const CLOSES_TERMINAL = `
import fcntl, json, os, pty, resource, struct, subprocess, sys, termios
text, command = sys.argv[1].encode(), sys.argv[2:]
hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
pid, terminal = pty.fork()
if pid == 0:
    os.environ['TERM'] = 'xterm-256color'
    os.execvp(command[0], command)
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack('HHHH', 30, 120, 0, 0))
seen = b''
while text not in seen:
    seen += os.read(terminal, 65536)
children = subprocess.run(['ps', '-o', 'pid=', '--ppid', str(pid)], capture_output=True, text=True).stdout.split()
os.close(terminal)
status = os.waitpid(pid, 0)[1]
print(json.dumps({
    'code': os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
    'signal': os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
    'left': [child for child in children if os.path.exists('/proc/' + child)],
}))
`;

test.each([
  { name: 'the screen', args: [] },
  { name: 'the screen with redaction', args: ['--redact'] },
])(
  '$name completes its recording and leaves no core file when the terminal is closed',
  ({ args }) => {
    const folder = mkdtempSync(join(tmpdir(), 'lost-terminal-'));
    try {
      const command = [process.execPath, launcher, ...args, '--record', 'r.cc.zst'];
      const out = execFileSync('python3', ['-c', CLOSES_TERMINAL, 'recording to', ...command], {
        cwd: folder,
        encoding: 'utf8',
      });
      expect(JSON.parse(out)).toEqual({ code: 129, signal: null, left: [] });
      expect(readdirSync(folder)).toEqual(['r.cc.zst']);
      expect(readFileSync(join(folder, 'r.cc.zst')).subarray(-80).toString('latin1')).toMatch(
        /crashcart-index 1 [0-9a-f]{32} \d{16}\n$/,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  60_000,
);

test('record completes its file when the terminal is closed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lost-terminal-'));
  try {
    const command = [process.execPath, launcher, 'record', '--record', 'r.cc.zst'];
    const out = execFileSync('python3', ['-c', CLOSES_TERMINAL, 'recording: ', ...command], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(JSON.parse(out)).toMatchObject({ signal: null, left: [] });
    expect(readFileSync(join(folder, 'r.cc.zst')).subarray(-80).toString('latin1')).toMatch(
      /crashcart-index 1 [0-9a-f]{32} \d{16}\n$/,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);
