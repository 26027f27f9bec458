import { describe, expect, test } from 'vitest';
import { containerNeeds, containersAt } from '../../../src/entities/containers/containers.ts';
import { containerProcesses, initOf, pidInside } from '../../../src/entities/containers/processes.ts';
import type { Container } from '../../../src/entities/containers/container.ts';
import { keyOf, type CgroupTable, type ProcessTable, type Read } from '../../../src/host/host.ts';
import { processesPane } from '../../../src/panes/processes/pane.ts';
import { cgroups } from '../../../src/sources/containers/cgroups.ts';
import { docker } from '../../../src/sources/containers/docker.ts';
import { lxd } from '../../../src/sources/containers/lxd.ts';
import { processes } from '../../../src/sources/processes/processes.ts';
import type { AnySource } from '../../../src/sources/source.ts';
import { hostMoments } from '../../helpers/hosts.ts';
import { momentOf, watched } from '../../helpers/moments.ts';
import { overlay, type Changes } from '../../helpers/overlay.ts';

const HOST = 'container-host';
const LIST = keyOf(docker.reads.containers);

/** Recorded host with some replies changed. */
const containersOn = async (changes: Changes, when: 'last' | 'always' = 'last'): Promise<readonly Container[]> => {
  const moments = hostMoments(HOST);
  const { timeline, nowMs } = await watched(
    Object.values<AnySource>(containerNeeds),
    moments.map(({ at, host }, i) => ({
      at,
      host: when === 'always' || i === moments.length - 1 ? overlay(host, changes) : host,
    })),
  );
  return containersAt(timeline.moment(containerNeeds, nowMs));
};
const CONMON = (id: string, name: string) =>
  `/usr/bin/conmon --api-version 1 -c ${id} -u ${id} -r /usr/bin/runc -n ${name} --exit-dir /x`;

test('containersAt finds a podman container by its conmon when it has no cgroup', async () => {
  const { processes } = await momentOf({ processes: containerNeeds.processes }, hostMoments(HOST));
  const [some] = processes.now?.processes.values() ?? [];
  if (!some) throw new Error(`${HOST} has no processes`);
  const [own, pod] = ['a'.repeat(64), 'b'.repeat(64)];
  const made = (pid: number, parentPid: number, more: object) => ({
    ...some,
    pid,
    parentPid,
    startTicks: pid,
    owner: undefined,
    namespacePids: [],
    commandLine: undefined,
    ...more,
  });
  const { of, conmonNames } = containerProcesses([
    made(10, 1, { command: 'conmon', commandLine: CONMON(own, 'web') }),
    made(11, 10, { command: 'sh', namespacePids: [11, 1] }),
    made(12, 11, { command: 'sleep', namespacePids: [12, 7] }),
    made(13, 1, { command: 'sh' }),
    made(20, 1, { command: 'conmon', commandLine: CONMON(pod, 'k8s_app_web_default_0') }),
    made(21, 20, { command: 'app', owner: { kind: 'pod', name: '0c0ffee0', id: '0c0ffee0', container: pod } }),
  ]);
  expect(of.get(`id:${own}`)?.map(({ pid }) => pid)).toEqual([11, 12]);
  expect(initOf(of.get(`id:${own}`) ?? [])?.pid).toBe(11);
  expect(of.get(`id:${pod}`)?.map(({ pid }) => pid)).toEqual([21]);
  expect(conmonNames.get(own)).toBe('web');
});

const named = (all: readonly Container[]) => new Map(all.map((one) => [`${one.engine} ${one.name}`, one]));

describe('a host with LXD, Docker and a pod', () => {
  test('containersAt lists each container once, with the state of its cgroup, when several sources list it', async () => {
    const all = containersAt(await momentOf(containerNeeds, hostMoments(HOST)));
    const states = Object.fromEntries([...named(all)].map(([name, { state }]) => [name, state]));
    expect(states).toEqual({
      'docker lab-forks': 'running',
      'docker lab-leak': 'running',
      'docker lab-net': 'running',
      'docker lab-web': 'running',
      'docker lab-worker': 'running',
      'docker lab-idle': 'paused',
      'docker lab-loop': 'restarting',
      'docker lab-oom': 'exited',
      'docker lab-done': 'exited',
      'docker lab-new': 'created',
      'k8s labpod-app': 'running',
      'lxd lab-mem': 'running',
      'lxd lab-web': 'running',
      'lxd lab-worker': 'running',
      'lxd lab-priv': 'frozen',
      'lxd lab-stop': 'stopped',
    });
    expect(all).toHaveLength(16);
    const web = named(all).get('docker lab-web');
    expect(web).toMatchObject({ project: 'shop', health: 'unhealthy', image: 'lab/busybox:1' });
    expect(web?.init && pidInside(web.init)).toBe(1);
    expect(named(all).get('docker lab-loop')).toMatchObject({ exitCode: 3 });
  });

  /** The group of a container as after a restart whose old group could not be removed. */
  const suffixed = (name: string): Changes => ({
    [keyOf(cgroups.reads.table)]: (table: CgroupTable) => ({
      ...table,
      groups: new Map([...table.groups].map(([path, texts]) => [path.replace(name, `${name}-1`), { ...texts, path: texts.path.replace(name, `${name}-1`) }])), // prettier-ignore
    }),
    [keyOf(processes.reads.table)]: (table: ProcessTable) =>
      new Map([...table].map(([pid, texts]) => [pid, { ...texts, cgroup: texts.cgroup?.replaceAll(name, `${name}-1`) }])), // prettier-ignore
  });

  test('containersAt joins an LXD container with its group when LXC gave that a suffix', async () => {
    const plain = named(await containersOn({})).get('lxd lab-web');
    const all = await containersOn(suffixed('lxc.payload.lab-web'));
    expect(all).toHaveLength(16);
    const web = named(all).get('lxd lab-web');
    expect(web).toMatchObject({
      state: 'running',
      group: { path: '/lxc.payload.lab-web-1', pids: plain?.group?.pids },
    });
    expect(web?.processes).toHaveLength(plain?.processes.length ?? 0);
    expect(web?.processes.length).toBeGreaterThan(0);
  });

  test('containersAt keeps the used group when the one of an earlier run is left empty', async () => {
    const withStale = (table: CgroupTable) => {
      const group = table.groups.get('/lxc.payload.lab-web');
      if (!group) throw new Error('no group');
      const path = '/lxc.payload.lab-web-1';
      return { ...table, groups: new Map([...table.groups, [path, { ...group, path, use: {}, rest: {} }]]) };
    };
    const all = await containersOn({ [keyOf(cgroups.reads.table)]: withStale });
    expect(all).toHaveLength(16);
    expect(named(all).get('lxd lab-web')).toMatchObject({ state: 'running', group: { path: '/lxc.payload.lab-web' } });
  });

  test('containersAt joins once when the moment is the same', async () => {
    const moment = await momentOf(containerNeeds, hostMoments(HOST));
    expect(containersAt(moment)).toBe(containersAt({ ...moment }));
  });

  test('containersAt keeps names when a daemon is unresponsive', async () => {
    const web = named(await containersOn({ [LIST]: undefined })).get('docker lab-web');
    expect(web).toMatchObject({ state: 'running', project: 'shop', health: 'unhealthy' });
  });

  test('containersAt keeps names, with their age, when daemons have been unresponsive for an hour', async () => {
    const [first, ...rest] = hostMoments(HOST);
    const mute = Object.fromEntries(
      Object.values(containerNeeds)
        .flatMap((source) => Object.values<Read>(source.reads))
        .filter(({ kind }) => kind === 'talk')
        .map((read) => [keyOf(read), undefined]),
    );
    const then = rest.at(-1) ?? first;
    if (!first || !then) throw new Error(`${HOST} has no moments`);
    const { timeline, nowMs } = await watched(Object.values<AnySource>(containerNeeds), [
      first,
      ...[3600, 3601].map((later) => ({ at: then.at + later, host: overlay(then.host, mute) })),
    ]);
    const all = named(containersAt(timeline.moment(containerNeeds, nowMs)));
    expect(all.get('docker lab-web')).toMatchObject({ state: 'running', project: 'shop', image: 'lab/busybox:1' });
    expect(all.get('docker lab-oom')).toMatchObject({ state: 'exited', exitCode: 137 });
    expect(all.get('lxd lab-stop')).toMatchObject({ state: 'stopped', instance: { pool: 'lab' } });
    for (const name of ['docker lab-web', 'docker lab-oom', 'lxd lab-stop', 'lxd lab-mem'])
      expect(all.get(name)?.staleSeconds).toBeGreaterThanOrEqual(3600);
    expect(all.get('k8s labpod-app')?.staleSeconds).toBeUndefined();
  });

  test('containersAt names instances of Incus when its own socket answers', async () => {
    // Reply of Incus 6.0.4, shortened.
    const metadata = [
      {
        name: 'inc-stop',
        status: 'Stopped',
        type: 'container',
        project: 'default',
        location: 'none',
        profiles: ['default'],
        created_at: '2026-11-27T20:41:13.51927794Z',
        description: '',
        ephemeral: false,
        expanded_config: { 'image.description': 'Lab BusyBox' },
        expanded_devices: { root: { path: '/', pool: 'labincus', type: 'disk' } },
      },
    ];
    const all = named(await containersOn({ [keyOf(lxd.reads.incus)]: JSON.stringify({ type: 'sync', metadata }) }));
    expect(all.get('incus inc-stop')).toMatchObject({
      state: 'stopped',
      image: 'Lab BusyBox',
      instance: { place: 'incus', pool: 'labincus', location: undefined },
    });
    expect(lxd.reads.incus).toMatchObject({ to: '/var/lib/incus/unix.socket' });
  });

  test('containersAt lists running containers without names when no daemon ever replied', async () => {
    const gone = Object.values(containerNeeds)
      .flatMap((source) => Object.values<Read>(source.reads))
      .filter(({ kind }) => kind === 'talk')
      .map(keyOf);
    const all = await containersOn(Object.fromEntries(gone.map((key) => [key, undefined])), 'always');
    expect(all.filter(({ engine, state }) => engine === 'docker' && state === 'running')).toHaveLength(5);
    expect(all.filter(({ engine }) => engine === 'lxd').map(({ name, state }) => `${name} ${state}`)).toEqual(
      expect.arrayContaining(['lab-mem running', 'lab-web running', 'lab-worker running', 'lab-priv frozen']),
    );
    // The title of its monitors identifies LXD without a reply.
    expect(all.some(({ engine }) => engine === 'lxc')).toBe(false);
    for (const { group } of all.filter(({ state }) => state === 'running')) expect(group?.cpuUsec).toBeGreaterThan(0);
  });

  test('containersAt does not call a container running when its cgroup is gone', async () => {
    const id = 'f'.repeat(64);
    const listed = (state: string, status: string) => ({
      [LIST]: JSON.stringify([{ Id: id, Names: ['/ghost'], State: state, Status: status }]),
    });
    expect(named(await containersOn(listed('running', 'Up 1 hour'))).get('docker ghost')?.state).toBe('unknown');
    expect(named(await containersOn(listed('dead', 'Dead'))).get('docker ghost')?.state).toBe('dead');
  });

  test('the Processes pane names containers when it lists their processes', async () => {
    const model = processesPane.model(await momentOf(processesPane.needs, hostMoments(HOST)));
    const owners = new Set(model.rows.map(({ owner }) => owner));
    expect([...owners]).toEqual(expect.arrayContaining(['docker:lab-web', 'LXD:lab-mem', 'k8s:labpod-app']));
    expect([...owners].filter((owner) => /[0-9a-f]{12}/.test(owner ?? ''))).toEqual([]);
  });
});
