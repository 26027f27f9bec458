import { expect, test } from 'vitest';
import { docker } from '../../../src/sources/containers/docker.ts';
import { dockerEvents } from '../../../src/sources/containers/docker-events.ts';
import { dockerInfo } from '../../../src/sources/containers/docker-info.ts';
import { dockerInspect } from '../../../src/sources/containers/docker-inspect.ts';

const list = (...all: readonly object[]) => docker.parse({ containers: JSON.stringify(all) }).containers;

test('docker reads states, exit codes, health and compose names when dockerd 20.10 lists them', () => {
  expect(
    list(
      {
        Id: 'aa',
        Names: ['/lab-done'],
        Image: 'lab/busybox:1',
        State: 'exited',
        Status: 'Exited (137) 44 seconds ago',
      },
      { Id: 'bb', Names: ['/lab-loop'], State: 'restarting', Status: 'Restarting (3) 8 seconds ago' },
      {
        Id: 'cc',
        Names: ['/lab-web'],
        State: 'running',
        Status: 'Up 45 seconds (unhealthy)',
        Labels: { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'web' },
      },
      { Id: 'dd', Names: ['/lab-paused'], State: 'paused', Status: 'Up 44 seconds (Paused)', Created: 1_795_452_345 },
      { Id: 'ee', Names: ['/proxy/alias', '/own'], State: 'running', Status: 'Up 3 hours (health: starting)' },
    ),
  ).toMatchObject([
    { id: 'aa', name: 'lab-done', image: 'lab/busybox:1', state: 'exited', exitCode: 137, health: undefined },
    { id: 'bb', state: 'restarting', exitCode: 3 },
    { id: 'cc', health: 'unhealthy', project: 'shop', service: 'web', exitCode: undefined },
    { id: 'dd', state: 'paused', health: undefined, createdEpochSeconds: 1_795_452_345 },
    { id: 'ee', name: 'own', health: 'starting' },
  ]);
});

test('docker prefers the field Health when a newer daemon sends it', () => {
  expect(list({ Id: 'a', Status: 'Up 1 second', Health: { Status: 'unhealthy', FailingStreak: 3 } })?.[0]?.health).toBe(
    'unhealthy',
  );
});

test('docker has no list when the reply is missing or broken', () => {
  expect(docker.parse({ containers: undefined }).containers).toBeUndefined();
  expect(docker.parse({ containers: '{"message":"page not found"}' }).containers).toBeUndefined();
  expect(docker.parse({ containers: '[]' }).containers).toEqual([]);
});

const event = (Action: string, seconds: number, Attributes: object = {}) => ({
  Type: 'container',
  Action,
  Actor: { ID: 'ec0c', Attributes: { name: 'lab-loop', ...Attributes } },
  timeNano: seconds * 1e9,
});
const answer = (...events: readonly object[]) => JSON.stringify({ sinceMs: 1, listening: true, lost: 0, events });

test('dockerEvents keeps one of each event, the same object, when the stream repeats them', () => {
  const die = event('die', 5, { exitCode: '3' });
  const first = dockerEvents.parse({ events: answer(die, { Type: 'image', Action: 'tag' }) });
  expect(first).toMatchObject({
    listening: true,
    lost: 0,
    events: [{ id: 'ec0c', action: 'die', name: 'lab-loop', exitCode: 3, epochSeconds: 5 }],
  });
  const second = dockerEvents.parse({ events: answer(die, die, event('health_status: unhealthy', 6)) });
  expect(second.events).toHaveLength(2);
  expect(second.events[1]).toMatchObject({ action: 'health_status', detail: 'unhealthy' });
  expect(second.events[0]).toBe(first.events[0]);
  expect(dockerEvents.parse({ events: answer(die, die, event('health_status: unhealthy', 6)) })).toBe(second);
});

test('dockerEvents has the reason when it does not listen', () => {
  expect(dockerEvents.parse({ events: '{"listening":false,"why":"connection refused","events":[]}' })).toMatchObject({
    listening: false,
    why: 'connection refused',
    events: [],
  });
  expect(dockerEvents.parse({ events: undefined }).listening).toBeUndefined();
});

test('dockerInfo reads version and warnings when dockerd answers', () => {
  expect(
    dockerInfo.parse({
      info: '{"ServerVersion":"20.10.24+dfsg1","Driver":"overlay2","CgroupDriver":"cgroupfs","DockerRootDir":"/var/lib/docker","LiveRestoreEnabled":false,"Warnings":["WARNING: IPv4 forwarding is disabled"]}',
    }),
  ).toEqual({
    version: '20.10.24+dfsg1',
    storageDriver: 'overlay2',
    cgroupDriver: 'cgroupfs',
    rootDir: '/var/lib/docker',
    liveRestore: false,
    warnings: ['WARNING: IPv4 forwarding is disabled'],
  });
});

test('dockerInspect reads 0 as no limit, year 1 as never and the last health output when dockerd answers', () => {
  const target = { id: 'e70b', engine: 'docker' } as const;
  const inspected = dockerInspect.parse(
    {
      inspect: JSON.stringify({
        Name: '/lab-web',
        Path: 'httpd',
        Args: ['-f', '-p', '80'],
        RestartCount: 9,
        State: {
          Status: 'running',
          Pid: 30_708,
          OOMKilled: false,
          ExitCode: 0,
          StartedAt: '2026-11-23T16:45:44.176933469Z',
          FinishedAt: '0001-01-01T00:00:00Z',
          Health: { Status: 'unhealthy', FailingStreak: 22, Log: [{ Output: 'old' }, { Output: 'refused\n' }] },
        },
        HostConfig: { Memory: 67_108_864, NanoCpus: 0, PidsLimit: -1, RestartPolicy: { Name: 'always' } },
        Mounts: [{ Type: 'bind', Source: '/srv', Destination: '/data', RW: false }],
        NetworkSettings: { Networks: { bridge: { IPAddress: '10.99.8.3' }, none: { IPAddress: '' } } },
      }),
    },
    target,
  );
  expect(inspected).toMatchObject({
    name: 'lab-web',
    path: 'httpd -f -p 80',
    restarts: 9,
    restartPolicy: 'always',
    finishedEpochSeconds: undefined,
    failingStreak: 22,
    healthOutput: 'refused\n',
    memoryBytes: 67_108_864,
    nanoCpus: undefined,
    pidsLimit: undefined,
    addresses: ['10.99.8.3'],
    mounts: [{ type: 'bind', source: '/srv', destination: '/data', writable: false }],
  });
  expect(dockerInspect.parse({ inspect: undefined }, target)).toBeUndefined();
});
