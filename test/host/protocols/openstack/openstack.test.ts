import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OpenstackConnection } from '../../../../src/host/protocols/openstack/connection.ts';
import { openstack } from '../../../../src/host/protocols/openstack/openstack.ts';
import type { Pipe } from '../../../../src/host/transport.ts';
import { fields, items, json } from '../../../../src/lib/json.ts';
import { needsPython } from '../../../helpers/python.ts';

const PASSWORD = 'hunter2-secret';
const ID = '1d62f276-162e-4deb-aa7f-f17154661d0b';
const REQUEST = 'req-1edd7453-fb0d-447e-a850-eeb8606c60eb';
const RC = 'agree /root/admin-openrc';

let root = '';
let children: ChildProcess[] = [];
let connection: OpenstackConnection;
let written = '';

beforeEach(needsPython);
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'openstack-'));
  written = '';
  connection = new OpenstackConnection(() => Promise.resolve(program()));
});
afterEach(() => {
  connection.close();
  for (const child of children) child.kill('SIGKILL');
  children = [];
  rmSync(root, { recursive: true });
});

/** The real program over a folder in place of a host. */
function program(): Pipe {
  const [python = '', ...argv] = openstack.argv?.('/etc/openstack') ?? [];
  const child = spawn(python, [...argv, root], { stdio: ['pipe', 'pipe', 'pipe'] });
  children.push(child);
  child.stdout.on('data', (chunk: Buffer) => (written += chunk.toString('utf8')));
  const exited = new Promise<number | undefined>((resolve) => child.on('exit', (code) => resolve(code ?? undefined)));
  return { stdout: child.stdout, stderr: child.stderr, stdin: child.stdin, exited, kill: () => child.kill('SIGKILL') };
}

function grow(tree: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(tree)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

const asked = async (request: string) => fields(json(await connection.request(request, 10_000)));
const openrc = (url: string): string => `export OS_AUTH_URL=${url}\nexport OS_USERNAME=admin\nexport OS_PASSWORD='${PASSWORD}'\nexport OS_PROJECT_NAME=admin\n`; // prettier-ignore

describe('requests of openstack', () => {
  test.each([RC, 'agree /etc/openstack/clouds.yaml#kolla-admin', `story ${REQUEST}`, `story ${ID}`, 'errors', 'cloud'])(
    'allow %s',
    (request) => {
      expect(openstack.refusal('/etc/openstack', request)).toBeUndefined();
    },
  );

  test.each(['agree ../x', 'agree /x\n/y', 'story x', `story ${ID} -e`, 'cloud /root/x', 'DELETE /servers'])(
    'refuse %j',
    (request) => {
      expect(openstack.refusal('/etc/openstack', request)).toBeDefined();
      expect(openstack.refusal('/etc/nova', 'cloud')).toBeDefined();
    },
  );
});

describe('logs', () => {
  const line = (time: string, text: string, level = 'INFO') => `2026-11-23 17:34:${time} 7 ${level} nova.x ${text}\n`;
  const context = `[None ${REQUEST} user project - - default default]`;

  test('the program finds a request in all logs, with the traceback behind its error', async () => {
    grow({
      'var/log/nova/nova-api.log': line('20.100', `${context} POST`) + line('20.200', '[-] other'),
      'var/log/kolla/neutron/neutron-server.log': line('21.000', `${context} bind`, 'ERROR') + line('21.000', 'Traceback', 'ERROR') + line('22.000', 'later', 'ERROR'),
    }); // prettier-ignore
    const { logs, read } = await asked(`story ${REQUEST}`);
    const found = items(logs).map((one) => [fields(one)['path'], items(fields(one)['lines']).length]);
    expect(found).toHaveLength(2);
    expect(found).toEqual(
      expect.arrayContaining([
        ['/var/log/nova/nova-api.log', 1],
        ['/var/log/kolla/neutron/neutron-server.log', 2],
      ]),
    );
    expect(read).toBe(2);
  });

  test('the program follows the requests of users that name an object, not periodic tasks', async () => {
    const periodic = '[None req-00000000-0000-4000-8000-000000000000 - - - - - -]';
    grow({
      'var/log/nova/nova-compute.log': line('20.000', `${context} [instance: ${ID}] spawn`) + line('20.500', `${periodic} [instance: ${ID}] sync`),
      'var/log/nova/nova-scheduler.log': line('19.000', `${context} select`) + line('19.500', `${periodic} update`),
    }); // prettier-ignore
    const { logs, requests } = await asked(`story ${ID}`);
    const texts = items(logs).flatMap((one) => items(fields(one)['lines']));
    expect(new Set(texts.map((text) => String(text).split(' ').at(-1)))).toEqual(new Set(['select', 'spawn', 'sync']));
    expect(texts).toHaveLength(3);
    expect(requests).toBe(1);
  });

  test('the program reads the end of a log that is over its limit', async () => {
    const old = line('00.000', `${context} old`);
    grow({ 'var/log/nova/nova-api.log': old + `${'x'.repeat(1023)}\n`.repeat(9 * 1024) + line('59.000', `${context} new`) }); // prettier-ignore
    const { logs, cut } = await asked(`story ${REQUEST}`);
    expect(JSON.stringify(logs)).toContain(' new');
    expect(JSON.stringify(logs)).not.toContain(' old');
    expect(cut).toBe(1);
  });
});

describe('credentials', () => {
  test('the program names files and nothing of what they hold', async () => {
    grow({
      'root/admin-openrc': openrc('http://c:5000/v3'),
      'etc/openstack/clouds.yaml': `clouds:\n  site-a:\n    auth:\n      auth_url: http://c:5000\n      password: ${PASSWORD}\n`,
      'etc/nova/nova.conf': `[keystone_authtoken]\nauth_url=http://c:5000\npassword=${PASSWORD}\n`,
      'etc/cinder/cinder.conf': '[DEFAULT]\n',
    });
    const { found } = await asked('credentials');
    expect(items(found).map((one) => fields(one)['name'])).toEqual([
      '/root/admin-openrc',
      '/etc/openstack/clouds.yaml#site-a',
      '/etc/nova/nova.conf',
    ]);
    expect(written).not.toContain(PASSWORD);
  });

  test('the connection starts no program for the APIs before the engineer agreed', async () => {
    await expect(connection.request('cloud', 1000)).rejects.toMatchObject({ why: 'absent' });
    expect(children).toEqual([]);
  });

  test('the program refuses a file that is not among the credentials of the host', async () => {
    grow({ 'etc/shadow': openrc('http://c:5000/v3') });
    await expect(connection.request('agree /etc/shadow', 5000)).rejects.toMatchObject({ why: 'absent' });
  });
});

describe('APIs', () => {
  let server: Server;
  let paths: string[] = [];
  let tokens = 0;
  type Answer = readonly [status: number, body: object];
  const NOTHING: Answer = [200, {}];
  let answers: Readonly<Record<string, Answer>> = {};
  const port = () => (server.address() as AddressInfo).port;

  beforeEach(async () => {
    paths = [];
    tokens = 0;
    server = createServer((request, response) => {
      const path = request.url ?? '';
      paths.push(path);
      const base = `http://127.0.0.1:${port()}`;
      const catalog = ['compute', 'network', 'placement'].map((type) => ({ type, endpoints: [{ interface: 'public', url: `${base}/${type}`, region: 'R1' }] })); // prettier-ignore
      const key = Object.keys(answers).find((one) => path.startsWith(one));
      const [status, body] = answers[key ?? ''] ?? NOTHING;
      if (path.endsWith('/auth/tokens')) tokens++;
      response.writeHead(status, { 'x-subject-token': `token-${tokens}` });
      response.end(JSON.stringify(path.endsWith('/auth/tokens') && status === 200 ? { token: { catalog } } : body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    grow({ 'root/admin-openrc': openrc(`http://127.0.0.1:${port()}/v3`) });
  });
  afterEach(() => server.close());

  const WELL = {
    '/compute/os-services': [200, { services: [{ binary: 'nova-compute', host: 'a', state: 'up', status: 'enabled', secret: 1 }] }],
    '/compute/os-hypervisors': [200, { hypervisors: [] }],
    '/compute/servers': [200, { servers: [] }],
    '/network/v2.0/agents': [200, { agents: [] }],
    '/network/v2.0/ports': [200, { ports: [] }],
    '/placement/resource_providers': [200, { resource_providers: [] }],
  } as const; // prettier-ignore

  test('the program requests one token for several rounds and keeps it and the password', async () => {
    answers = WELL;
    const first = await asked(RC);
    await asked('cloud');
    expect(tokens).toBe(1);
    expect(first['services']).toEqual([{ binary: 'nova-compute', host: 'a', state: 'up', status: 'enabled' }]);
    expect(fields(first['missing'])).toMatchObject({ volumes: { why: 'absent' }, volumeServices: { why: 'absent' } });
    expect(written).not.toMatch(/hunter2|token-1/);
    expect(paths.filter((path) => path.includes('resource_providers'))).toHaveLength(1);
  });

  test('the program requests the fault of a server of another cell once, which the list does not have', async () => {
    const one = { id: ID, name: 'web', status: 'ERROR', updated: '2026-11-30T16:09:20Z' };
    const fault = { code: 500, message: 'No valid host was found.', created: '2026-11-30T16:09:20Z' };
    answers = { '/compute/servers/detail': [200, { servers: [one] }], [`/compute/servers/${ID}`]: [200, { server: { ...one, fault } }], ...WELL };
    for (const request of [RC, 'cloud']) {
      const { failed } = await asked(request);
      expect(failed).toMatchObject([{ id: ID, fault: { message: 'No valid host was found.' } }]);
    }
    expect(paths.filter((path) => path.endsWith(ID))).toHaveLength(1);
    expect(paths.filter((path) => path.includes('os-hypervisors'))).toHaveLength(1);
    expect(paths.filter((path) => path.endsWith('os-services'))).toHaveLength(2);
  }); // prettier-ignore

  test('the program states a part that fails, and gives the others', async () => {
    answers = { ...WELL, '/network/v2.0/agents': [500, {}] };
    const cloud = await asked(RC);
    expect(fields(cloud['missing'])['agents']).toEqual({ why: 'failed', detail: 'HTTP 500 Internal Server Error' });
    expect(cloud['services']).toHaveLength(1);
  });

  test('the program requests a new token once when the API refuses the old one', async () => {
    answers = { ...WELL, '/compute/os-services': [401, {}] };
    const cloud = await asked(RC);
    expect(fields(fields(cloud['missing'])['services'])['why']).toBe('denied');
    expect(tokens).toBe(2);
  });

  test('refused credentials are not tried again', async () => {
    answers = { '/v3/auth/tokens': [401, {}] };
    await expect(connection.request(RC, 5000)).rejects.toMatchObject({ why: 'denied', message: 'keystone: HTTP 401 Unauthorized' }); // prettier-ignore
    await expect(connection.request('cloud', 1000)).rejects.toMatchObject({ why: 'absent' });
    expect(tokens).toBe(1);
  });

  test('the program states that an API does not respond', async () => {
    server.removeAllListeners('request');
    server.on('request', () => undefined);
    await expect(connection.request(RC, 9000)).rejects.toMatchObject({ why: 'timeout', message: 'keystone: no reply within 5 s' }); // prettier-ignore
    server.closeAllConnections();
  }, 15_000);
});
