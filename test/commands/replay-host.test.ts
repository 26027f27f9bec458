import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { parseCommand } from '../../src/commands/arguments.ts';
import { replayFile } from '../../src/commands/replay.ts';
import { loadConfig } from '../../src/config.ts';
import { openRecording, recordingFromPipe } from '../../src/recording/open-recording.ts';
import { RecordingError } from '../../src/recording/recording-error.ts';
import { ReplaySession } from '../../src/recording/replay-session.ts';
import { findings, panes, sources } from '../../src/subsystems/index.ts';
import { FakeSession } from '../helpers/fake-session.ts';
import { hostArchive } from '../helpers/hosts.ts';
import { open } from '../helpers/screen.tsx';

let folder = '';
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'replay-host-'))));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  vi.restoreAllMocks();
});

const put = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

/** What `crashcart replay FILE` prints without a terminal. */
async function printed(file: string, ...options: string[]): Promise<string> {
  const command = parseCommand(['replay', file, ...options]);
  if (command.kind !== 'replay') throw new Error(command.kind);
  let text = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((piece, encoding, done) => {
    text += String(piece);
    const call = typeof encoding === 'function' ? encoding : done;
    call?.();
    return true;
  });
  expect(await replayFile(command, await loadConfig(put('config.toml', '')))).toBe(0);
  vi.restoreAllMocks();
  return text;
}

const faultOf = async (file: string): Promise<string> => {
  const error: unknown = await openRecording(file, sources).then(
    () => undefined,
    (problem: unknown) => problem,
  );
  if (!(error instanceof RecordingError)) throw new Error(`no RecordingError but ${String(error)}`);
  return error.message;
};

describe('crashcart replay HOST', () => {
  test('prints findings with rates of the last moment when the host is an archive', async () => {
    const text = await printed(hostArchive('kvm-host'));
    expect(text).toMatch(/^crashcart report: kvm-host, 2026-/);
    expect(text).toMatch(/CRIT .*steal on vCPU/);
    expect(text).toContain('lab-crash');
  });

  test('prints the same when the host is the folder of the archive', async () => {
    const files = { 'at.json': '{"t0": 5}\n', 'proc/loadavg': '9.5 1 2 1/2 3\n', 'proc/stat': 'btime 1795806000\n' };
    const place = mkdtempSync(join(folder, 'unpacked-'));
    const archive = put('unpacked.txtar', Object.entries(files).map(([path, text]) => `-- ${path} --\n${text}`).join('')); // prettier-ignore
    const { execFileSync } = await import('node:child_process');
    execFileSync(process.execPath, [join(import.meta.dirname, '../../scripts/txtar.ts'), 'unpack', archive, place]);
    const fromArchive = await printed(archive);
    expect(fromArchive).toContain('2026-11-27T19:00:05.000Z');
    expect(fromArchive).toContain('9.50');
    const name = /unpacked-\w+/.exec(place)?.[0] ?? '';
    expect((await printed(place)).replaceAll(name, 'unpacked')).toBe(fromArchive);
  });

  test('shows the screen, and a subsystem that was not recorded with the reason', async () => {
    const recording = await openRecording(hostArchive('ovs-calm'), sources);
    const session = await ReplaySession.open({ recording, sources, findings, clock: () => 0, fromMs: Infinity });
    const clock = Object.assign(new FakeSession(), { nowMs: session.player.positionMs() });
    const screen = await open({ session: clock, panes, connect: async () => session, columns: 160, rows: 50 });
    for (let i = 0; i < 50 && screen.text().includes('connecting'); i++) await screen.settle();
    expect(screen.text()).toMatch(/Not in this recording: .*KVM.*Ceph/);
    expect(screen.text()).not.toMatch(/reading…|not read yet/);
    await screen.press(':', 'o', 'v', 's', 'enter');
    expect(screen.text()).toContain('lab-red');
    await screen.press(':', 'c', 'e', 'p', 'h', 'enter');
    expect(screen.text()).toContain('not in this recording');
    expect(screen.text()).not.toMatch(/not present|no Ceph on this host|reading…/);
    await screen.quit();
  });

  test('reads an archive from a pipe', async () => {
    const recording = await recordingFromPipe(
      (async function* pieces() {
        const bytes = readFileSync(hostArchive('numa-guest'));
        for (let from = 0; from < bytes.length; from += 1000) yield bytes.subarray(from, from + 1000);
      })(),
      sources,
    );
    const session = await ReplaySession.open({ recording, sources, findings, clock: () => 0, fromMs: Infinity });
    expect(session.player.endMs - session.player.startMs).toBeCloseTo(21_500, -3);
    await session.stop();
  });
});

describe('a source that a recorded host lacks', () => {
  const gapsOf = async (text: string, id: string) => {
    const recording = await openRecording(put('lacks.txtar', text), sources);
    const session = await ReplaySession.open({ recording, sources, findings, clock: () => 0, fromMs: Infinity });
    const status = session.status().sources.find((one) => one.id === id);
    await session.stop();
    return Object.values(status?.missing ?? {}).map(({ why, detail }) => `${why}: ${detail}`);
  };

  test('is not in this recording, and never absent, when no read of it was recorded', async () => {
    expect(await gapsOf('-- at.json --\n{"t0":5}\n-- proc/stat --\ncpu 1\n', 'loadavg')).toEqual([
      'failed: /proc/loadavg: not in this recording',
    ]);
  });

  test('is absent when it was recorded as absent, and its other reads are when one was recorded', async () => {
    const absent = '-- missing.json --\n{"/proc/loadavg": "absent"}\n';
    expect(await gapsOf(absent, 'loadavg')).toEqual(['absent: /proc/loadavg: absent when it was recorded']);
    const one = '-- at.json --\n{"t0":5}\n-- proc/pressure/cpu --\nsome avg10=0.00 avg60=0.00 avg300=0.00 total=1\n';
    expect(new Set((await gapsOf(one, 'pressure')).map((gap) => gap.split(':')[0]))).toEqual(new Set(['absent']));
  });
});

describe('a file that is not a recorded host', () => {
  test.each([
    ['about\n-- at.json --\n{"t0": 1}\n-- ../../etc/passwd --\nx\n', ':4: "../../etc/passwd": path has an empty part, "." or ".."'], // prettier-ignore
    ['-- at.json --\n{"t0": 1\n', ':1: at.json: '],
    ['-- proc/stat (zip) --\n', ':1: "(zip)" is not known: no newline, escaped and base64 are'],
    ['only words\n', ':1: no file in it (no line `-- path --`)'],
  ])('is refused with file and line when it is %j', async (text, fault) => {
    const file = put('bad.txtar', text);
    expect(await faultOf(file)).toContain(`${file}${fault}`);
  });

  test('is refused with what it may be when it is a folder of anything', async () => {
    expect(await faultOf(mkdtempSync(join(folder, 'empty-')))).toMatch(/not a sosreport, .* not a recorded host$/);
  });

  test('leaves no control or bidi character on the output when it is hostile', async () => {
    const evil = 'x\\u{1b}]0;owned\\u{7}\\u{1b}[2J\\u{202e}gnp\\r';
    const text = await printed(
      put(
        'evil.txtar',
        [
          `-- at.json --\n{"t0": 5}\n-- proc/sys/kernel/hostname (escaped) --\n${evil}\n`,
          `-- proc/7/stat (escaped) --\n7 (${evil}) R 1 7 7 0 -1 0 0 0 0 0 900 100 0 0 20 0 1 0 1 1 1\n`,
          `-- proc/7/cmdline (escaped) --\n${evil}\\0\n`,
          `-- talk/http /run/docker.sock < GET /containers/json?all=1 (escaped) --\n[{"Id":"a","Names":["/${evil}"]}]\n`,
        ].join(''),
      ),
    );
    expect(text).toContain('owned');
    expect(text).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/);
  });
});

test('replay prints no name of a container, guest or pod with --redact, also in the findings', async () => {
  const path = hostArchive('container-host');
  const names = ['lab-leak', 'lab-forks', 'lab-worker'];
  const plainText = await printed(path);
  const redacted = await printed(path, '--redact');
  for (const name of names) {
    expect(plainText).toContain(name);
    expect(redacted).not.toContain(name);
  }
  expect(redacted).toMatch(/CRIT docker ct-\d+: \d+ OOM kills/);
});

test('replay prints no name of a pod without a node with --redact', async () => {
  const path = hostArchive('kube-node');
  expect(await printed(path)).toContain('default/nofit');
  expect(await printed(path, '--redact')).not.toContain('nofit');
});
