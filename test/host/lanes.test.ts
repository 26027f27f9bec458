import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Lane } from '../../src/host/lane.ts';
import { localTransport } from '../../src/host/local-transport.ts';
import { openUserLane, StartError } from '../../src/host/open-lane.ts';
import type { Pipe, Transport } from '../../src/host/transport.ts';
import { needsPython } from '../helpers/python.ts';

const folder = mkdtempSync(join(tmpdir(), 'crashcart-lanes-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** This machine as if it had no python3. */
const withoutPython = (): Transport => {
  const local = localTransport();
  return {
    ...local,
    exec: (command) => local.exec(command.replaceAll('/usr/bin/python3', '/usr/bin/python3-is-not-here')),
  };
};

const lanes: Lane[] = [];
afterEach(() => {
  for (const lane of lanes.splice(0)) lane.close();
});

const open = async (transport: Transport) => {
  const { lane } = await openUserLane(transport);
  lanes.push(lane);
  return lane;
};

describe.each([
  ['collector', 'python3', localTransport],
  ['shell', 'sh', withoutPython],
] as const)('%s lane', (_, kind, transport) => {
  if (kind === 'python3') beforeEach(needsPython);

  test('has the requested kind', async () => {
    expect((await open(transport())).kind).toBe(kind);
  });

  test('reads a file, also one with forged frames and nonces', async () => {
    const path = join(folder, `forged ${kind} $(id) '"`);
    const text = '{"id":1,"n":5}\n==> /proc/1/stat <==\nno newline at the end';
    writeFileSync(path, text);
    const lane = await open(transport());
    expect(await lane.read({ kind: 'file', path })).toMatchObject({ ok: true, value: text });
    // Twice the same: the second answer may travel as "same as before".
    expect(await lane.read({ kind: 'file', path })).toMatchObject({ ok: true, value: text });
    writeFileSync(path, 'changed');
    expect(await lane.read({ kind: 'file', path })).toMatchObject({ ok: true, value: 'changed' });
  });

  test('reads only the end of a file when tailBytes is given', async () => {
    const path = join(folder, `log ${kind}`);
    const lane = await open(transport());
    writeFileSync(path, 'short\n');
    expect(await lane.read({ kind: 'file', path, tailBytes: 10 })).toMatchObject({ value: 'short\n' });
    writeFileSync(path, `${'line\n'.repeat(100_000)}the end\n`);
    expect(await lane.read({ kind: 'file', path, tailBytes: 10 })).toMatchObject({ value: 'e\nthe end\n' });
    expect(await lane.read({ kind: 'file', path: join(folder, 'nothing'), tailBytes: 10 })).toMatchObject({
      why: 'absent',
    });
  });

  test('reads only the end of each file when a glob has tailBytes', async () => {
    const lane = await open(transport());
    writeFileSync(join(folder, `one ${kind}.log`), 'first\nlast\n');
    writeFileSync(join(folder, `two ${kind}.log`), `${'line\n'.repeat(300_000)}the end\n`);
    expect(await lane.read({ kind: 'glob', pattern: join(folder, `t* ${kind}.log`), tailBytes: 10 })).toMatchObject({
      value: new Map([[join(folder, `two ${kind}.log`), 'e\nthe end\n']]),
    });
  });

  test('reads only lines with one of the texts when a glob has matching', async () => {
    const lane = await open(transport());
    const path = join(folder, `lines ${kind}.log`);
    writeFileSync(path, "a (fault)\nfine\nit's bad\n");
    const read = { kind: 'glob', pattern: join(folder, `l* ${kind}.log`), tailBytes: 1000, matching: ['(fault)', "it's"] } as const; // prettier-ignore
    const lines = async () => {
      const reading = await lane.read(read);
      // The collector puts the time of the last line first.
      return reading.ok ? reading.value.get(path)?.trim().split('\n').filter((line) => !line.startsWith('newest ')) : reading.detail; // prettier-ignore
    };
    expect(await lines()).toEqual(['a (fault)', "it's bad"]);
    writeFileSync(path, 'b (fault)\n', { flag: 'a' });
    expect(await lines()).toEqual(['a (fault)', "it's bad", 'b (fault)']);
  });

  test(`reads ${kind === 'sh' ? 'the last 256 KiB' : 'all of the end'} of a log when a glob has matching`, async () => {
    const lane = await open(transport());
    const path = join(folder, `long ${kind}.log`);
    writeFileSync(path, `first fault\n${'line\n'.repeat(60_000)}last fault\n`);
    const reading = await lane.read({ kind: 'glob', pattern: path, tailBytes: 1 << 20, matching: ['fault'] });
    expect(reading.ok && reading.value.get(path)?.includes('last fault')).toBe(true);
    expect(reading.ok && reading.value.get(path)?.includes('first fault')).toBe(kind !== 'sh');
  });

  test('distinguishes absent from denied', async () => {
    const lane = await open(transport());
    expect(await lane.read({ kind: 'file', path: join(folder, 'nothing') })).toMatchObject({
      ok: false,
      why: 'absent',
    });
    expect(await lane.read({ kind: 'glob', pattern: join(folder, 'nothing*') })).toMatchObject({
      ok: false,
      why: 'absent',
    });
  });

  test('reads files by a pattern, and links as links', async () => {
    const inside = mkdtempSync(join(folder, 'glob-'));
    writeFileSync(join(inside, 'a1'), 'one\ntwo\n');
    writeFileSync(join(inside, 'a:2'), 'three\n');
    symlinkSync('a1', join(inside, 'link'));
    const lane = await open(transport());
    const files = await lane.read({ kind: 'glob', pattern: join(inside, 'a*') });
    expect(files.ok && [...files.value]).toEqual([
      [join(inside, 'a1'), 'one\ntwo\n'],
      [join(inside, 'a:2'), 'three\n'],
    ]);
    const links = await lane.read({ kind: 'glob', pattern: join(inside, 'lin*'), links: true });
    expect(links.ok && [...links.value.values()].map((target) => target.trim())).toEqual(['a1']);
  });

  test('runs a command without a shell, and gives the reason of a failure', async () => {
    const lane = await open(transport());
    expect(
      await lane.read({ kind: 'run', argv: ['printf', '%s|', 'a b', '$(id)', '`id`', "'", '-n', ''] }),
    ).toMatchObject({
      value: "a b|$(id)|`id`|'|-n||",
    });
    expect(await lane.read({ kind: 'run', argv: ['false'] })).toMatchObject({ ok: false, why: 'failed' });
    expect(await lane.read({ kind: 'run', argv: ['sh', '-c', 'exit 3'], okExits: [3] })).toMatchObject({ ok: true });
    expect(await lane.read({ kind: 'run', argv: ['no-such-command'] })).toMatchObject({ ok: false, why: 'absent' });
    expect(await lane.read({ kind: 'run', argv: ['sleep', '30'], timeoutMs: 1000 })).toMatchObject({
      ok: false,
      why: 'timeout',
    });
    expect(await lane.read({ kind: 'file', path: '/proc/sys/kernel/ostype' })).toMatchObject({ value: 'Linux\n' });
  });

  test('a command that ends by SIGALRM is a timeout', async () => {
    const lane = await open(transport());
    expect(await lane.read({ kind: 'run', argv: ['sh', '-c', 'kill -ALRM $$; sleep 5'] })).toMatchObject({
      ok: false,
      why: 'timeout',
    });
  });

  test('lists only sockets for a pattern', async () => {
    const inside = mkdtempSync(join(folder, 'sockets $(id) '));
    writeFileSync(join(inside, 'a.ctl'), 'no socket');
    const server = createServer();
    const path = join(inside, "b '1.ctl");
    await new Promise<void>((resolve) => {
      server.listen(path, resolve);
    });
    const lane = await open(transport());
    try {
      expect(await lane.names?.(join(inside, '*.ctl'), 2000)).toEqual([path]);
      expect(await lane.names?.(join(inside, 'a.ctl'), 2000)).toMatchObject({ ok: false, why: 'absent' });
      expect(await lane.names?.('/nowhere/at/all/*.ctl', 2000)).toMatchObject({ ok: false, why: 'absent' });
    } finally {
      server.close();
    }
  });

  test('reads the process table with this process in it', async () => {
    const lane = await open(transport());
    const reading = await lane.read({ kind: 'processes' });
    const self = reading.ok ? reading.value.get(process.pid) : undefined;
    expect(self?.stat.startsWith(`${process.pid} (`)).toBe(true);
    expect(self?.cmdline).toContain('node');
    expect(self?.status).toMatch(/^Uid:/m);
  });

  test('statfs agrees with stat(1)', async () => {
    const lane = await open(transport());
    const reading = await lane.read({ kind: 'statfs', path: '/' });
    const [size, blocks] = execFileSync('stat', ['-f', '-c', '%S %b', '/'], { encoding: 'utf8' }).trim().split(' ');
    expect(reading.ok && reading.value.split(' ').slice(0, 2)).toEqual([size, blocks]);
  });

  test('ends all pending reads when its program is killed', async () => {
    const lane = await open(transport());
    const waiting = lane.read({ kind: 'run', argv: ['sleep', '30'] });
    // Never 0: that would be all of us.
    expect(lane.pid).toBeGreaterThan(1);
    process.kill(lane.pid ?? Number.NaN, 'SIGKILL');
    expect(await waiting).toMatchObject({ ok: false, why: 'failed' });
    await lane.ended;
    expect(await lane.read({ kind: 'file', path: '/proc/uptime' })).toMatchObject({ ok: false, why: 'failed' });
  });
});

describe('collector', () => {
  beforeEach(needsPython);

  test('a hung read does not delay others, and is not started twice', async () => {
    // Two links that lead back to where they are: a pattern of 30 parts names 2^30 places, and none in the end.
    const maze = mkdtempSync(join(folder, 'maze-'));
    for (const link of ['a', 'b']) symlinkSync('.', join(maze, link));
    const lane = await open(localTransport());
    const hung = lane.read({ kind: 'glob', pattern: `${maze}${'/*'.repeat(30)}/nothing*`, timeoutMs: 3000 });
    const before = performance.now();
    for (let turn = 0; turn < 5; turn++)
      expect(await lane.read({ kind: 'file', path: '/proc/uptime' })).toMatchObject({ ok: true });
    expect(performance.now() - before).toBeLessThan(2500);
    expect(await hung).toMatchObject({ ok: false, why: 'timeout' });
  });

  test('opens a child with stdin and stdout', async () => {
    const lane = await open(localTransport());
    const child = lane.open?.(['tr', 'a-z', 'A-Z']);
    let output = '';
    child?.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child?.stdin.end('hello');
    expect(await child?.exited).toBe(0);
    expect(output).toBe('HELLO');
  });

  test('does not spin when the connection is slower than the output of a child', async () => {
    const local = localTransport();
    const pipes: Pipe[] = [];
    const lane = await open({
      ...local,
      exec: async (command) => {
        const pipe = await local.exec(command);
        pipes.push(pipe);
        return pipe;
      },
    });
    const child = lane.open?.(['cat', '/dev/urandom']);
    pipes[0]?.stdout.pause();
    await sleep(1500);
    const ticks = () => {
      const fields = readFileSync(`/proc/${lane.pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
      return Number(fields[11]) + Number(fields[12]);
    };
    const before = ticks();
    await sleep(1000);
    // Of 100 in a second.
    expect(ticks() - before).toBeLessThan(20);
    child?.kill();
  });

  test('works when the login shell prints text before and after', async () => {
    const local = localTransport();
    const noisy = {
      ...local,
      exec: (command: string) => local.exec(`echo 'Welcome! {"id":1}'; printf '\\033[2J'; ${command}`),
    };
    expect(await (await open(noisy)).read({ kind: 'file', path: '/proc/sys/kernel/ostype' })).toMatchObject({
      value: 'Linux\n',
    });
  });

  test('a login without commands fails with its message', async () => {
    const local = localTransport();
    const nologin = { ...local, exec: () => local.exec('echo "This account is currently not available."; exit 1') };
    await expect(openUserLane(nologin)).rejects.toThrow(/not available/);
    await expect(openUserLane(nologin)).rejects.toBeInstanceOf(StartError);
  });
});
