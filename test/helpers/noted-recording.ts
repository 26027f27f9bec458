import { Recorder } from '../../src/recording/recorder.ts';
import type { Read, Reading } from '../../src/host/host.ts';

/** Start of the recording. */
export const NOTED_MS = Date.UTC(2026, 4, 1, 10, 0, 0);
/** Text from a host that tries to break out of the markup of the notes. */
export const HOSTILE = '</script><img src=http://192.0.2.1/x onerror=alert(1)>`|*[x](http://192.0.2.1)\u001B]0;t\u0007';

/** Writes a recording of two minutes: rising load, a finding that appears and ends, a note and a gdb terminal. */
export async function recordNoted(path: string): Promise<void> {
  const clock = { nowMs: NOTED_MS };
  const recorder = await Recorder.start({ path, host: 'node-7', kind: 'ssh', crashcart: '0', redacted: false, nowMs: () => clock.nowMs }); // prettier-ignore
  const sample = (source: string, texts: Readonly<Record<string, readonly [path: string, text: string]>>) => {
    const at = (clock.nowMs - NOTED_MS) / 1000;
    const readings = Object.entries(texts).map(([name, [file, text]]) => {
      const read: Read = { kind: 'file', path: file };
      const reading: Reading<string> = { ok: true, value: text, at, tookMs: 1 };
      return { name, read, reading };
    });
    recorder.sample(source, { sample: undefined, missing: {}, at, readings }, clock.nowMs, 1, false);
  };
  const add = (event: object) => recorder.add({ t: clock.nowMs, ...event } as Parameters<Recorder['add']>[0]);
  sample('identity', {
    hostname: ['/proc/sys/kernel/hostname', 'node-7\n'],
    kernel: ['/proc/sys/kernel/osrelease', `6.1.0${HOSTILE}\n`],
  });
  add({ e: 'terminal', terminal: 'screen', title: 'crashcart', columns: 80, rows: 24 });
  add({ e: 'output', terminal: 'screen', data: '\u001B[2J\u001B[1mOVERVIEW\u001B[0m of a host\r\n' });
  for (let second = 0; second <= 120; second += 2) {
    clock.nowMs = NOTED_MS + second * 1000;
    sample('loadavg', { text: ['/proc/loadavg', `${second === 60 ? 99 : second / 2}.00 1 2 1/2 3\n`] });
    if (second === 20)
      add({ e: 'finding', key: 'x a', state: 'stands', severity: 'warn', sentence: 'the disk is slow: 40 ms' });
    if (second === 30)
      add({ e: 'finding', key: 'x a', state: 'stands', severity: 'crit', sentence: 'the disk is slow: 90 ms' });
    if (second === 40)
      add({ e: 'finding', key: 'x a', state: 'ended', severity: 'info', sentence: 'the disk is slow: 90 ms' });
    if (second === 50) add({ e: 'marker', text: HOSTILE });
    if (second === 60) {
      add({ e: 'audit', host: 'node-7', as: 'root', command: 'gdb -p 7', why: 'asked for', exit: 0, tookMs: 812.4 });
      add({ e: 'audit', host: 'node-7', as: 'user', command: 'read /proc/loadavg', why: 'Load' });
      add({ e: 'terminal', terminal: '1', title: 'gdb · qemu (7)', columns: 40, rows: 5 });
      add({ e: 'output', terminal: '1', data: '\u001B[31m(gdb) \u001B[0mbt\r\n#0  0x1 in poll' });
      add({ e: 'output', terminal: '1', data: ` ()\r\nAPI_TOKEN=hunter2secret\r\n${HOSTILE}\r\n` });
    }
    if (second % 30 === 0) await recorder.flush();
  }
  await recorder.close();
}
