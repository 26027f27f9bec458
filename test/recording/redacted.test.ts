import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LiveSession } from '../../src/collect/live-session.ts';
import { keepNames } from '../../src/commands/keep-names.ts';
import { startRedacted } from '../../src/commands/start-recording.ts';
import { findings, sources } from '../../src/subsystems/index.ts';
import { verifyRedaction, type RedactionSearch } from '../../src/recording/verify-redaction.ts';
import { Recorder } from '../../src/recording/recorder.ts';
import { Recording } from '../../src/recording/recording.ts';
import { ReplaySession } from '../../src/recording/replay-session.ts';
import type { Clean } from '../../src/recording/clean-event.ts';
import { recordingRedaction } from '../../src/redact/recording-redaction.ts';
import { Redactor } from '../../src/redact/redactor.ts';
import { ScreenRedaction } from '../../src/redact/screen-redaction.ts';
import { docker } from '../../src/sources/containers/docker.ts';
import { meminfo } from '../../src/sources/machine/meminfo.ts';
import { hostMoments } from '../helpers/hosts.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crashcart-redacted-'));
  vi.stubEnv('XDG_STATE_HOME', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** Content of the file as text. */
async function jsonOf(path: string): Promise<string> {
  const recording = await Recording.open(path);
  const parts: string[] = [];
  for (const [index] of recording.segments.entries()) {
    const { events, problems } = await recording.segment(index);
    expect(problems).toEqual([]);
    parts.push(...events.map((event) => JSON.stringify(event)));
  }
  await recording.close();
  return parts.join('\n');
}

test('startRedacted writes no name of a guest, and the recording replays', async () => {
  const [moment] = hostMoments('kvm-host').slice(-1);
  const host = { ...moment!.host, name: 'support@node-7.dc1.corp', read: moment!.host.read.bind(moment!.host) };
  const nowMs = () => Date.now();
  const session = new LiveSession({ host, live: undefined, audit: undefined, sources, findings, budgetPct: 100, nowMs }); // prettier-ignore
  const veil = new ScreenRedaction();
  const path = join(folder, 'r.cc.zst');
  const recording = await startRedacted(session, veil, path);
  recording.output('screen', 'shown unredacted: node-7');
  session.mark('node-7.dc1.corp at 10.1.2.3 hangs');
  await sleep(2500);
  // On a busy machine the guests have not been read by then.
  for (let i = 0; i < 200 && !session.timeline.latest('libvirt-domains'); i++) await sleep(200);
  await sleep(500);
  await recording.stop();
  await session.stop();
  expect(recording.state().problem).toBeUndefined();
  const json = await jsonOf(path);
  const guests = veil.redactor.pseudonyms.all.filter(({ kind }) => kind === 'guest');
  expect(guests.length).toBeGreaterThan(1);
  const telling = veil.redactor.pseudonyms.all.filter(({ kind }) => ['guest', 'host', 'uuid', 'mac'].includes(kind));
  for (const { value } of telling)
    expect(new RegExp(`.{0,80}(?<!\\w)${value}(?!\\w).{0,40}`).exec(json)?.[0]).toBeUndefined();
  expect(json).not.toMatch(/node-7|10\.1\.2\.3|shown unredacted/);
  expect(json).toContain('host-1 at 198.18.');
  const names = readdirSync(join(folder, 'crashcart', 'audit')).find((name) => name.includes('names'));
  const map = join(folder, 'crashcart', 'audit', names ?? '');
  expect(statSync(map).mode & 0o777).toBe(0o600);
  expect(readFileSync(map, 'utf8')).toContain('node-7.dc1.corp');

  const replay = await ReplaySession.open({ recording: await Recording.open(path), sources, findings, clock: nowMs, fromMs: Infinity }); // prettier-ignore
  const domains = replay.timeline.latest('libvirt-domains')?.sample as {
    domains: ReadonlyMap<string, { name: string }>;
  };
  expect([...domains.domains.values()].map(({ name }) => name).toSorted()).toEqual(
    guests.map(({ pseudonym }) => pseudonym).filter((name) => [...domains.domains.values()].some((d) => d.name === name)).toSorted(), // prettier-ignore
  );
  expect(domains.domains.size).toBeGreaterThan(1);
  await replay.stop();
}, 120_000);

const searchOf = (redactor: Redactor): RedactionSearch => ({
  inText: (text) => redactor.left(text),
  inLine: (line) => redactor.leftInLine(line),
});

const options = { host: 'billing-3', kind: 'ssh', crashcart: '0', redacted: true, nowMs: () => 1000 } as const;

test('verifyRedaction redacts earlier events when a name is learned late', async () => {
  const redactor = new Redactor();
  const clean = recordingRedaction(redactor, new Set());
  const path = join(folder, 'late.cc.zst');
  const recorder = await Recorder.start({ ...options, path, clean });
  recorder.add({ e: 'marker', t: 1000, text: 'billing-3 hangs' });
  await recorder.flush();
  redactor.learn({ kind: 'guest', value: 'billing-3' });
  await recorder.close();
  expect(await jsonOf(path)).toContain('billing-3');
  expect(await verifyRedaction(path, clean, searchOf(redactor))).toBeUndefined();
  expect(await jsonOf(path)).not.toContain('billing-3');
  expect(await jsonOf(path)).toContain('vm-1 hangs');
  expect(readdirSync(folder)).toEqual(['late.cc.zst']);
});

test('verifyRedaction redacts a name of the first events that the last ones teach', async () => {
  const redactor = new Redactor();
  const clean: Clean = (text) => {
    if (text.startsWith('guest ')) redactor.learn({ kind: 'guest', value: text.slice(6) });
    return redactor.text(text);
  };
  const path = join(folder, 'taught.cc.zst');
  const recorder = await Recorder.start({ ...options, path });
  recorder.add({ e: 'marker', t: 1000, text: 'billing-3 hangs' });
  recorder.add({ e: 'marker', t: 1001, text: 'guest billing-3' });
  await recorder.close();
  const search = { ...searchOf(redactor), version: () => redactor.version };
  expect(await verifyRedaction(path, clean, search)).toBeUndefined();
  expect(await jsonOf(path)).not.toContain('"text":"billing-3');
  expect(await jsonOf(path)).toContain('vm-1 hangs');
});

test('verifyRedaction removes the recording when an identifier is left', async () => {
  const redactor = new Redactor();
  redactor.learn({ kind: 'guest', value: 'billing-3' });
  const path = join(folder, 'left.cc.zst');
  const recorder = await Recorder.start({ ...options, path });
  recorder.add({ e: 'marker', t: 1000, text: 'billing-3 hangs' });
  await recorder.close();
  const why = await verifyRedaction(path, (text) => text, searchOf(redactor));
  expect(why).toMatch(/^1 identifier left in .*marker: recording removed$/);
  expect(existsSync(path)).toBe(false);
});

test('verifyRedaction removes the recording and gives the reason when it cannot rewrite it', async () => {
  const path = join(folder, 'full.cc.zst');
  const recorder = await Recorder.start({ ...options, path });
  recorder.add({ e: 'marker', t: 1000, text: 'billing-3 hangs' });
  await recorder.close();
  // The path of the rewritten file is a folder.
  mkdirSync(join(folder, 'full.cc.zst.redacting'));
  const why = await verifyRedaction(path, (text) => text, searchOf(new Redactor()));
  expect(why).toMatch(/^redaction could not be verified \(EEXIST: .*\): recording removed$/);
  expect(existsSync(path)).toBe(false);
});

test('recordingRedaction redacts a common word where it is a name, and keeps it where it is a word of the kernel', () => {
  const redactor = new Redactor();
  for (const value of ['web', 'cpu', 'Buffers']) redactor.learn({ kind: 'container', value });
  const clean = recordingRedaction(redactor, new Set(['docker']));
  const text = 'MemTotal: 5 kB\nBuffers: 4 kB\ncpu 1 2';
  expect(clean(text, { source: 'meminfo', read: meminfo.reads.text })).toBe(text);
  for (const whole of ['web', 'web\n']) expect(clean(whole, {})).toBe(whole.replace('web', 'ct-1'));
  const json = '[{"Id":"76d4","Names":["/web"],"Image":"cpu","State":"running"}]';
  const covered = clean(json, { source: 'docker', read: docker.reads.containers });
  expect(docker.parse({ containers: covered }).containers).toMatchObject([{ name: 'ct-1', image: 'ct-2' }]);
  expect(clean('/lxc.payload.web/init.scope', { source: 'cgroups' })).toBe('/lxc.payload.ct-1/init.scope');
  expect(clean('qemu -name guest=web,debug-threads=on', {})).toBe('qemu -name guest=ct-1,debug-threads=on');
});

test('keepNames writes a file of mode 0600, and none without names', () => {
  const redactor = new Redactor();
  expect(keepNames(redactor, 0, folder)).toBeUndefined();
  redactor.learn({ kind: 'user', value: 'alice' });
  const path = keepNames(redactor, 0, folder) ?? '';
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual([{ kind: 'user', value: 'alice', pseudonym: 'user-1' }]);
});
