import { readPolicy } from '../../src/subsystems/index.ts';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Audit } from '../../src/host/audit.ts';
import { ReachedHost } from '../../src/host/live-host.ts';
import { localTransport } from '../../src/host/local-transport.ts';
import { TransportError, type Transport } from '../../src/host/transport.ts';
import { needsPython } from '../helpers/python.ts';

const folder = mkdtempSync(join(tmpdir(), 'crashcart-live-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Fake sudo that records its input, so that a test sees where the password went. */
const fakeSudo = (mode: 'nopasswd' | 'password' | 'not-allowed', record: string): string => {
  const path = join(folder, `sudo-${mode}`);
  writeFileSync(
    path,
    `#!/bin/bash
mode=${mode}; ask=; prompt=
while [ $# -gt 0 ]; do case $1 in -n) ask=never;; -S) ask=yes;; -k) ;; -p) prompt=$2; shift;; --) shift; break;; esac; shift; done
if [ $mode != nopasswd ]; then
  if [ "$ask" = never ]; then echo 'sudo: a password is required' >&2; exit 1; fi
  printf '[sudo: %s] Password:' "$prompt" >&2
  IFS= read -r password; printf '%s\\n' "$password" >>${record}
  if [ $mode = not-allowed ]; then echo 'support is not in the sudoers file.' >&2; exit 1; fi
  if [ "$password" != right ]; then echo 'Sorry, try again.' >&2; printf '[sudo: %s] Password:' "$prompt" >&2; read -r again; printf 'AGAIN %s\\n' "$again" >>${record}; exit 1; fi
fi
exec "$@"
`,
  );
  chmodSync(path, 0o755);
  return path;
};

/** Python that makes the user's collector think that it is not root's, and start our sudo where it would start the real one. */
const notRoot = (sudo: string): string =>
  `import os,subprocess;os.getuid=lambda:1000;P=subprocess.Popen;S=lambda x:"${sudo}" if x=="/usr/bin/sudo" else x;subprocess.Popen=lambda a,**k:P([S(x) for x in a],**{n:S(v) for n,v in k.items()});`;

const hosts: ReachedHost[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.close();
});

/** This machine as seen by a user who is not root, with a fake sudo. */
async function reach(sudo: string, wrap: (transport: Transport) => Transport = (transport) => transport) {
  const audit = new Audit('test host', Date.UTC(2026, 0, 1), join(folder, 'audit'));
  const connections: Transport[] = [];
  const host = await ReachedHost.reach({
    policy: readPolicy,
    name: 'test host',
    kind: 'ssh',
    audit,
    nowMs: () => Date.now(),
    connect: () => {
      const local = localTransport();
      // The user lane must not be root, or sudo would not run.
      const mine = wrap({
        ...local,
        exec: (command) =>
          local.exec(
            command.includes('/usr/bin/sudo')
              ? command.replace('/usr/bin/sudo', sudo)
              : command.replace('exec(sys.stdin', `${notRoot(sudo)}exec(sys.stdin`),
          ),
      });
      connections.push(mine);
      return Promise.resolve(mine);
    },
  });
  hosts.push(host);
  return { host, audit, connections };
}

describe('root', () => {
  beforeEach(needsPython);

  test('root is opened by sudo -n at once', async () => {
    const { host, audit } = await reach(fakeSudo('nopasswd', join(folder, 'record0')));
    expect(host.root()).toEqual({ state: 'root' });
    expect(
      audit.entries.some(
        ({ as, why }) =>
          as === 'root' &&
          /^root collector \(sudo -n\): <program of \d+ bytes, sha256:[\da-f]{64}> on stdin$/.test(why),
      ),
    ).toBe(true);
  });

  test('unlockRoot opens one root collector with the right password, which is kept nowhere', async () => {
    const record = join(folder, 'record1');
    const { host, audit } = await reach(fakeSudo('password', record));
    expect(host.root().state).toBe('password');
    expect(await host.unlockRoot('right')).toEqual({ reason: undefined, password: 'accepted' });
    expect(host.root().state).toBe('root');
    expect(await host.read({ kind: 'file', path: '/proc/sys/kernel/ostype', as: 'root' })).toMatchObject({
      value: 'Linux\n',
    });
    expect(readFileSync(record, 'utf8')).toBe('right\n');
    expect(JSON.stringify(audit.entries)).not.toContain('right\\n');
    expect(readFileSync(audit.path ?? '', 'utf8')).not.toMatch(/"right"|right\\n/);
  });

  test('unlockRoot tries a wrong password once', async () => {
    const record = join(folder, 'record2');
    const { host } = await reach(fakeSudo('password', record));
    const { reason, password } = await host.unlockRoot('wrong');
    expect(password).toBe('refused');
    expect(reason).toMatch(/^sudo refused the password \([^*]+\)$/);
    expect(host.root().state).toBe('password');
    await vi.waitFor(() =>
      expect(
        readFileSync(record, 'utf8')
          .split('\n')
          .filter((line) => line === 'wrong'),
      ).toHaveLength(1),
    );
    expect(readFileSync(record, 'utf8')).not.toContain('AGAIN wrong');
  });

  test('unlockRoot gives the reason when the user is not in sudoers', async () => {
    const { host } = await reach(fakeSudo('not-allowed', join(folder, 'record3')));
    expect(await host.unlockRoot('any')).toEqual({ reason: 'sudo: user not allowed to run commands as root', password: 'accepted' }); // prettier-ignore
    expect(host.root().state).toBe('none');
  });

  test('unlockRoot sends no password when sudo does not prompt', async () => {
    const { host } = await reach(fakeSudo('nopasswd', join(folder, 'record4')));
    expect(await host.unlockRoot('must-not-travel')).toEqual({ reason: undefined, password: 'not asked' });
    expect(
      await host.read({
        kind: 'run',
        argv: ['dpkg-query', '-W', '-f=${Package} ${Version} ${Architecture}\\n', 'no-such-package-here'],
        as: 'root',
      }),
    ).toMatchObject({ ok: false });
    expect(await host.read({ kind: 'file', path: '/proc/sys/kernel/ostype', as: 'root' })).toMatchObject({
      value: 'Linux\n',
    });
  });
});

test('reach resolves before a slow sudo', async (context) => {
  needsPython(context);
  const slow = join(folder, 'sudo-slow');
  writeFileSync(slow, '#!/bin/bash\nsleep 2\nwhile [ "$1" != -- ]; do shift; done; shift; exec "$@"\n');
  chmodSync(slow, 0o755);
  const began = performance.now();
  const { host } = await reach(slow);
  expect(performance.now() - began).toBeLessThan(1900);
  expect(host.root()).toEqual({ state: 'none', detail: 'sudo -n running' });
  expect(await host.read({ kind: 'file', path: '/proc/sys/kernel/ostype', as: 'root' })).toMatchObject({ ok: true });
  await vi.waitFor(() => expect(host.root()).toEqual({ state: 'root' }), 5000);
});

describe('MaxSessions 1', () => {
  beforeEach(needsPython);

  const oneSession = (transport: Transport): Transport => {
    let taken = false;
    return {
      ...transport,
      exec: (command) => {
        if (taken) return Promise.reject(new TransportError('open failed', { retry: false }));
        taken = true;
        return transport.exec(command);
      },
    };
  };

  test('root and its password go through the one collector', async () => {
    const { host } = await reach(fakeSudo('password', join(folder, 'record9')), oneSession);
    expect(host.root().state).toBe('password');
    expect(await host.unlockRoot('right')).toEqual({ reason: undefined, password: 'accepted' });
    expect(await host.read({ kind: 'file', path: '/proc/sys/kernel/ostype', as: 'root' })).toMatchObject({
      value: 'Linux\n',
    });
    expect(readFileSync(join(folder, 'record9'), 'utf8')).toBe('right\n');
  });
});

describe('the connection', () => {
  test('fails reads at once when it is lost, and reconnects', async () => {
    let lose: (why: string) => void = () => undefined;
    const { host, connections } = await reach(fakeSudo('nopasswd', join(folder, 'record5')), (transport) => ({
      ...transport,
      onLost: (listen) => {
        lose = listen;
      },
    }));
    const states: string[] = [];
    host.onChange(() => states.push(host.link().state));
    const cost = host.cost().bytesFromHost;
    lose('read ECONNRESET');
    expect(host.link()).toMatchObject({ state: 'lost', detail: 'read ECONNRESET' });
    expect(await host.read({ kind: 'file', path: '/proc/uptime' })).toMatchObject({ ok: false, why: 'failed' });
    await vi.waitFor(() => expect(host.link().state).toBe('live'), 5000);
    expect(connections).toHaveLength(2);
    expect(await host.read({ kind: 'file', path: '/proc/sys/kernel/ostype' })).toMatchObject({ ok: true });
    // What it cost before is not forgotten.
    expect(host.cost().bytesFromHost).toBeGreaterThan(cost);
    expect(states).toContain('lost');
  });

  test('counts as lost when the collector is killed', async () => {
    const { host } = await reach(fakeSudo('nopasswd', join(folder, 'record6')));
    const [pid] = host.ownPids();
    expect(pid).toBeGreaterThan(1);
    process.kill(pid ?? Number.NaN, 'SIGKILL');
    await vi.waitFor(() => expect(host.link().state).toBe('lost'));
    await vi.waitFor(() => expect(host.link().state).toBe('live'), 5000);
  });

  test('is closed when a retry cannot help', async () => {
    let connected = 0;
    let lose: (why: string) => void = () => undefined;
    const local = localTransport();
    const host = await ReachedHost.reach({
      policy: readPolicy,
      name: 'x',
      kind: 'ssh',
      nowMs: () => Date.now(),
      audit: new Audit('x', 0, join(folder, 'audit')),
      connect: () => {
        connected++;
        if (connected > 1) return Promise.reject(new TransportError('The host key has CHANGED'));
        return Promise.resolve({
          ...local,
          onLost: (listen: (why: string) => void) => {
            lose = listen;
          },
        });
      },
    });
    hosts.push(host);
    lose('gone');
    await vi.waitFor(() => expect(host.link()).toEqual({ state: 'closed', detail: 'The host key has CHANGED' }));
    expect(connected).toBe(2);
  });
});

describe('a read-only session', () => {
  test('starts no terminal, and cannot be switched', async () => {
    let commands = 0;
    const local = localTransport();
    const audit = new Audit('y', 0, join(folder, 'audit'));
    const host = await ReachedHost.reach({
      policy: readPolicy,
      name: 'y',
      kind: 'ssh',
      nowMs: () => Date.now(),
      audit,
      readOnly: true,
      connect: () =>
        Promise.resolve({
          ...local,
          exec: (command) => {
            commands++;
            return local.exec(command);
          },
        }),
    });
    hosts.push(host);
    const before = [commands, audit.entries.length];
    const request = { argv: ['/bin/true'], as: 'user', columns: 80, rows: 24, reason: 'a test' } as const;
    await expect(host.attach(request)).rejects.toThrow('session is read-only (--read-only)');
    expect(() => Object.assign(host, { readOnly: false })).toThrow(TypeError);
    await expect(host.attach(request)).rejects.toThrow('session is read-only (--read-only)');
    expect([commands, audit.entries.length]).toEqual(before);
  });
});

describe('the read-only list', () => {
  test('refuses other reads before they are sent', async () => {
    const { host, audit } = await reach(fakeSudo('nopasswd', join(folder, 'record7')));
    const before = audit.entries.length;
    for (const read of [
      { kind: 'file', path: '/etc/shadow' },
      { kind: 'file', path: '/proc/1/environ' },
      { kind: 'file', path: '/proc/../etc/shadow' },
      { kind: 'file', path: '/sys/kernel/debug/tracing/trace_pipe' },
      { kind: 'run', argv: ['reboot'] },
      { kind: 'run', argv: ['dpkg-query', '-S', 'relative'] },
    ] as const)
      expect(await host.read(read)).toMatchObject({ ok: false, why: 'failed' });
    expect(audit.entries).toHaveLength(before);
  });
});

test('the audit log has one entry for all files above its limit', async (context) => {
  needsPython(context);
  const { host, audit } = await reach(fakeSudo('not-allowed', join(folder, 'record9')));
  const before = audit.entries.length;
  const pids = Array.from({ length: 2010 }, (_, i) => 5_000_000 + i);
  await Promise.all(pids.map((pid) => host.read({ kind: 'file', path: `/proc/${pid}/status` })));
  const noted = audit.entries.slice(before);
  expect(noted).toHaveLength(2001);
  expect(noted.at(-1)).toMatchObject({ why: expect.stringMatching(/limit of 2000 reached, not logged/) });
});

test('the audit log has mode 0600', async (context) => {
  needsPython(context);
  const { audit } = await reach(fakeSudo('nopasswd', join(folder, 'record8')));
  expect(statSync(audit.path ?? '').mode & 0o777).toBe(0o600);
  const entries = readFileSync(audit.path ?? '', 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { command: string });
  expect(entries.some(({ command }) => command.includes('/usr/bin/python3'))).toBe(true);
});

describe('requests to daemons', () => {
  beforeEach(needsPython);

  test('are logged once, and refused when they are not on the list', async () => {
    const { host, audit } = await reach(fakeSudo('not-allowed', join(folder, 'record-talk')));
    const version = {
      kind: 'talks',
      dialect: 'asok',
      pattern: '/var/run/ceph/no-such*.asok',
      request: '{"prefix":"version"}',
    } as const;
    for (let i = 0; i < 2; i++) expect(await host.read(version)).toMatchObject({ ok: false });
    expect(audit.entries.filter(({ command }) => command.includes('ceph')).map(({ command }) => command)).toEqual([
      'request asok /var/run/ceph/no-such*.asok < {"prefix":"version"}',
    ]);
    const kill = { kind: 'talk', dialect: 'http', to: '/run/docker.sock', request: 'POST /containers/a/kill' } as const;
    expect(await host.read(kill)).toMatchObject({
      ok: false,
      why: 'failed',
      detail: expect.stringMatching(/read-only list/),
    });
    const around = { ...kill, to: '/run/../run/docker.sock', request: 'GET /_ping' };
    expect(await host.read(around)).toMatchObject({ ok: false, detail: expect.stringMatching(/not an absolute path/) });
    expect(audit.entries.some(({ command }) => command.includes('docker'))).toBe(false);
  });
});
