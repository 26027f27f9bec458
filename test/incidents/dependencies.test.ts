import { expect, test } from 'vitest';
import { entityText } from '../../src/findings/entity-ref.ts';
import type { Dependency } from '../../src/incidents/dependency.ts';
import type { Read } from '../../src/host/host.ts';
import { mountDependencies } from '../../src/incidents/dependencies/mounts.ts';
import { socketDependencies } from '../../src/incidents/dependencies/sockets.ts';
import { unitDependencyGraph } from '../../src/incidents/dependencies/units.ts';
import { EntityGraph } from '../../src/incidents/entity-graph.ts';
import { neighboursOf, viaWords } from '../../src/incidents/neighbours.ts';
import { kvmDependencies } from '../../src/incidents/dependencies/kvm.ts';
import { processDependencies } from '../../src/incidents/dependencies/processes.ts';
import { storageDependencies } from '../../src/incidents/dependencies/storage.ts';
import { blockDevices } from '../../src/sources/machine/block-devices.ts';
import { mounts } from '../../src/sources/machine/mounts.ts';
import { socketPeers } from '../../src/sources/processes/socket-peers.ts';
import { unitDependencies } from '../../src/sources/processes/unit-dependencies.ts';
import type { AnySource } from '../../src/sources/source.ts';
import type { Needs } from '../../src/timeline/moment.ts';
import { LXD } from '../findings/containers/faults.ts';
import { hostMoments } from '../helpers/hosts.ts';
import { momentOf } from '../helpers/moments.ts';
import { overlay, type Changes } from '../helpers/overlay.ts';

/** Key of the command of a source in an overlay. */
const commandOf = (source: AnySource): string => {
  const [read] = Object.values<Read>(source.reads);
  return read?.kind === 'run' ? read.argv.join(' ') : '';
};

/** Moment of a recorded host with the replies of commands that its recording lacks. */
const momentWith = <N extends Needs>(needs: N, host: string, changes: Changes) =>
  momentOf(
    needs,
    hostMoments(host).map((moment) => ({ ...moment, host: overlay(moment.host, changes) })),
  );

const lines = (found: readonly Dependency[]): readonly string[] =>
  found.map(({ dependent, via, on }) => `${entityText(dependent)} ${via} ${entityText(on)}`);

test('mountDependencies lead from a mount over a volume and its partition to the disk', async () => {
  const moment = await momentWith(mountDependencies.needs, 'container-host', {
    [commandOf(mounts)]: '/srv /dev/mapper/vg0-data xfs rw\n/boot /dev/sda1 ext4 rw\n',
    '/sys/block/dm-2/size': '100\n',
    '/sys/block/dm-2/dm/name': 'vg0-data\n',
    '/sys/block/dm-2/slaves/nvme0n1p3': '../../nvme0n1p3',
    '/sys/block/nvme0n1/size': '200\n',
    '/sys/block/sda/size': '200\n',
  });
  expect(moment.blockDevices.now?.has('nvme0n1')).toBe(true);
  const found = lines(mountDependencies.of(moment));
  expect(found).toContain('mount:/srv stored-on disk:dm-2');
  expect(found).toContain('disk:nvme0n1p3 stored-on disk:nvme0n1');
  expect(found).toContain('mount:/boot stored-on disk:sda1');
  expect(found).toContain('disk:sda1 stored-on disk:sda');
  // Docker of this host keeps its layers below /srv.
  expect(found).toContain(
    'container:id:3373f01c8e4e785bc5d8fdf9e62778e92a6b3287e8ca1d224c1f76b389061739 stored-on mount:/srv',
  );
});

test('storageDependencies lead from a pool of LXD in a folder to the mount that holds it', async () => {
  const moment = await momentWith(storageDependencies.needs, 'storage-host', {
    [`${LXD} < EACH /1.0/storage-pools resources`]: JSON.stringify({
      list: [
        { name: 'folder', driver: 'dir', config: { source: '/srv/data/pool' } },
        { name: 'volumes', driver: 'lvm', config: { source: '/srv/data/pool' } },
      ],
      each: {},
    }),
  });
  const found = lines(storageDependencies.of(moment)).filter((line) => line.startsWith('storage-pool'));
  expect(found).toEqual(['storage-pool:deb/folder stored-on mount:/srv/data']);
});

test('mountDependencies are empty when mounts are not in the recording', async () => {
  const moment = await momentOf({ ...mountDependencies.needs, blockDevices }, hostMoments('container-host'));
  expect(lines(mountDependencies.of(moment)).filter((line) => line.includes('mount:'))).toEqual([]);
});

test('kvmDependencies lead from a disk image to the mount that holds it', async () => {
  const moment = await momentWith(kvmDependencies.needs, 'kvm-host', {
    [commandOf(mounts)]: '/ /dev/vda ext4 rw\n',
  });
  expect(lines(kvmDependencies.of(moment))).toContain(
    'guest-disk:6792f2ff-e73c-48f6-8a54-608f9853c565/vda stored-on mount:/',
  );
});

test('socketDependencies lead from a process to its daemon when both are in the table', async () => {
  const sockets = [
    'u_str ESTAB 0 0 /run/docker.sock 10 * 11 users:(("dockerd",pid=28752,fd=3))',
    'u_str ESTAB 0 0 * 11 * 10 users:(("sh",pid=29306,fd=3))',
    'u_str ESTAB 0 0 /run/docker.sock 12 * 13 users:(("dockerd",pid=28752,fd=3))',
    'u_str ESTAB 0 0 * 13 * 12 users:(("gone",pid=31,fd=3))',
  ].join('\n');
  const moment = await momentWith(socketDependencies.needs, 'container-host', { [commandOf(socketPeers)]: sockets });
  const found = lines(socketDependencies.of(moment));
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(/^process:29306@\d+ connected-to process:28752@\d+$/);
});

test('unitDependencyGraph leads from a process of a service to the main process of the one that it requires', async () => {
  const units = 'MainPID=28752\nId=docker.service\n\nMainPID=0\nId=web.service\nRequires=docker.service\n';
  const needs = { ...unitDependencyGraph.needs, ...processDependencies.needs };
  const moment = await momentWith(needs, 'container-host', {
    [commandOf(unitDependencies)]: units,
    '/sys/fs/cgroup/system.slice/web.service/memory.events': 'oom_kill 0\n',
  });
  const found = unitDependencyGraph.of(moment);
  expect(lines(found)).toContain('unit:web.service requires unit:docker.service');
  expect(lines(found)).toContain('cgroup:/system.slice/web.service member-of unit:web.service');
  const main = found.find(({ via }) => via === 'runs-as')?.on;
  const reached = neighboursOf(new EntityGraph(found), 'cgroup:/system.slice/web.service', {
    hasRow: (entity) => entity.startsWith('process:'),
    matters: () => false,
  });
  expect(reached.map((one) => `${viaWords(one)} ${one.entity}`)).toEqual([`in ${main ? entityText(main) : ''}`]);
});
