import { expect, test } from 'vitest';
import { containerUse } from '../../../src/entities/containers/use.ts';
import { containerNeeds, containersAt } from '../../../src/entities/containers/containers.ts';
import { guestNeeds, guestsOf } from '../../../src/entities/kvm/guests.ts';
import { hostMoments } from '../../helpers/hosts.ts';
import { momentOf } from '../../helpers/moments.ts';

/** All engines under systemd on the unified hierarchy; the kernel has no PSI and no renamed processes. */
const HOST = 'v2-stacks';

test('containersAt finds each container and its engine when systemd slices hold them', async () => {
  const moment = await momentOf(containerNeeds, hostMoments(HOST));
  const up = containersAt(moment).filter(({ group }) => group !== undefined);
  const paths = Object.fromEntries(
    up.map(({ engine, name, group }) => [`${engine} ${name}`, group?.path.replace(/[0-9a-f]{64}/, 'ID')]),
  );
  const pod =
    '/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod0c0ffee0_1234_4abc_9def_000000000001.slice';
  expect(paths).toEqual({
    'docker lab-idle': '/system.slice/docker-ID.scope',
    'docker lab-leak': '/system.slice/docker-ID.scope',
    'docker lab-net': '/system.slice/docker-ID.scope',
    'docker lab-worker': '/system.slice/docker-ID.scope',
    'k8s labpod-app': `${pod}/cri-containerd-labpod-app.scope`,
    'lxc ct-mem': '/lxc.payload.ct-mem',
    'lxc ct-web': '/lxc.payload.ct-web',
    'lxc ct-worker': '/lxc.payload.ct-worker',
    'lxd lab-web': '/lxc.payload.lab-web',
    'lxd lab-worker': '/lxc.payload.lab-worker',
  });
  expect(moment.cgroups.now?.layout).toBe('v2');
});

test('containersAt distinguishes LXD from plain LXC when the daemon never answered', async () => {
  const moment = await momentOf(containerNeeds, hostMoments(HOST));
  const unheard = { ...moment.lxd, now: undefined, before: undefined, history: [] };
  const all = containersAt({ ...moment, lxd: unheard });
  expect(all.filter(({ engine }) => engine === 'lxd').map(({ name }) => name)).toEqual(
    expect.arrayContaining(['lab-web', 'lab-worker']),
  );
  expect(all.find(({ name }) => name === 'ct-web')?.engine).toBe('lxc');
});

test('containerUse has throttling, and pressure undefined rather than 0, when the kernel has no PSI', async () => {
  const moment = await momentOf(containerNeeds, hostMoments(HOST));
  const use = new Map(containersAt(moment).map((one) => [one.name, containerUse(one, moment.cgroups, moment.cgroups)]));
  // LXD has a container of the same name.
  const worker = containersAt(moment).find(({ name, engine }) => engine === 'docker' && name === 'lab-worker');
  expect(worker && containerUse(worker, moment.cgroups, moment.cgroups)?.throttledPct).toBeCloseTo(
    (100 * (3656 - 2657)) / (8871 - 7653),
    5,
  );
  expect(use.get('ct-web')).toMatchObject({ pids: 12, pidsMax: 12, pidsPct: 100 });
  expect(use.get('lab-leak')).toMatchObject({ memoryMaxBytes: 32 * 1024 * 1024, oomKills: 1 });
  expect(use.get('lab-leak')).toMatchObject({ cpuSomePct: undefined, memorySomePct: undefined, ioSomePct: undefined });
  expect(use.get('lab-net')?.writeBytesPerSec).toBeGreaterThan(10_000);
});

test('cgroups hold the scope and the vCPUs of a guest when libvirt made them', async () => {
  const moment = await momentOf(guestNeeds, hostMoments(HOST));
  const raw = guestsOf(moment).find(({ name }) => name === 'lab-raw');
  expect(raw?.group?.path).toBe(String.raw`/machine.slice/machine-qemu\x2d1\x2dlab\x2draw.scope`);
  expect(raw?.cpu.throttledPct).toBeGreaterThan(1);
});
