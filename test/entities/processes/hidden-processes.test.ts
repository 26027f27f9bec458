import { describe, expect, test } from 'vitest';
import { enginesAt, engineNeeds } from '../../../src/entities/containers/engines.ts';
import { containerNeeds, containersAt } from '../../../src/entities/containers/containers.ts';
import { guestsOf } from '../../../src/entities/kvm/guests.ts';
import { hiddenReason } from '../../../src/entities/processes/hidden-processes.ts';
import { kubeStateAt, kubeStateNeeds } from '../../../src/entities/kubernetes/state.ts';
import { libvirtDaemon } from '../../../src/entities/kvm/libvirt-daemon.ts';
import { containerDaemonUnresponsive } from '../../../src/findings/containers/daemon-unresponsive.ts';
import { guestDown } from '../../../src/findings/kvm/guest-down.ts';
import { missing } from '../../../src/host/host.ts';
import { procMount } from '../../../src/sources/processes/proc-mount.ts';
import { processes, type Process } from '../../../src/sources/processes/processes.ts';
import type { SampleOf } from '../../../src/sources/source.ts';
import type { Moment, Seen } from '../../../src/timeline/moment.ts';
import { guestMoment } from '../../helpers/guest-host.ts';
import { hostMoments, hostNames } from '../../helpers/hosts.ts';
import { momentOf } from '../../helpers/moments.ts';
import { seen } from '../../helpers/seen.ts';

const HIDDEN = 'hidden by hidepid=2';

const one = (pid: number, uid: number | undefined, command = 'bash'): Process => {
  const process = processes
    .parse({
      table: new Map([
        [
          pid,
          {
            pid,
            stat: `${pid} (${command}) S 1 1 1 0 -1 4194304 0 0 0 0 5 5 0 0 20 0 1 0 900 0 10`,
            status: uid === undefined ? undefined : `Uid:\t${uid}\t${uid}\t${uid}\t${uid}`,
          },
        ],
      ]),
    })
    .processes.get(pid);
  if (!process) throw new Error('no process');
  return process;
};
const table = (...all: readonly Process[]) => seen(undefined, { processes: new Map(all.map((p) => [p.pid, p])) }, 1);
const NEVER_READ = { now: undefined, ageMs: undefined, history: [] };

/** The same moment with processes of other users hidden in the last two walks. */
function hidden<M extends Moment<{ processes: typeof processes }>>(moment: M): M {
  const walk: Seen<SampleOf<typeof processes>> = moment.processes;
  const { now } = table(one(4000, 1004));
  return { ...moment, processes: { ...walk, now, before: now, missing: { table: missing('denied', HIDDEN) } } };
}

describe('hiddenReason', () => {
  test('is undefined on every recorded host but that with hidepid', async () => {
    for (const name of hostNames)
      expect([name, hiddenReason((await momentOf({ processes, procMount }, hostMoments(name))).processes)]).toEqual([
        name,
        name === 'hidepid' ? HIDDEN : undefined,
      ]);
  });
});

describe('while processes are hidden', () => {
  test('libvirt is unresponsive, not stopped, when its socket refuses', async () => {
    const moment = await guestMoment();
    const refused = {
      ...moment,
      processes: table(one(1, 0, 'systemd')),
      libvirtDomains: {
        ...moment.libvirtDomains,
        now: undefined,
        missing: { daemon: missing('failed', 'connection refused') },
      },
    };
    expect(libvirtDaemon(refused.libvirtDomains, refused.processes).state).toBe('stopped');
    expect(libvirtDaemon(refused.libvirtDomains, hidden(refused).processes).state).toBe('unresponsive');
  });

  test('a guest of an unresponsive libvirt is not gone, and evidence of a broken one does not claim it', async () => {
    const moment = await guestMoment();
    const silent = {
      ...moment,
      libvirtDomains: { ...moment.libvirtDomains, now: undefined, missing: { daemon: missing('timeout', '') } },
    };
    const words = guestsOf(hidden(silent)).map(({ state }) => state.word);
    expect(words).toContain('running');
    expect(words).not.toContain('process gone');
    // Without hidden processes, a missing QEMU has ended.
    const ended = {
      ...silent,
      processes: { ...silent.processes, ...table(one(1, 0, 'systemd')), history: silent.processes.history },
    };
    expect(guestsOf(ended).map(({ state }) => state.word)).toContain('process gone');
    const full = guestDown.judge(hidden(moment)).find(({ subject }) => subject === 'lab-full');
    expect(full?.severity).toBe('crit');
    expect(full?.evidence.find(({ what }) => what === 'QEMU')?.value).toBe(`not readable: ${HIDDEN}`);
  });

  test('containers run and daemons are not shown as stopped when only cgroups are visible', async () => {
    const moment = await momentOf({ ...containerNeeds, ...engineNeeds }, hostMoments('v2-stacks'));
    const used = new Set(['containerd', 'docker'] as const);
    const state = (at: typeof moment) =>
      new Map(
        enginesAt({ ...at, dockerPing: { ...at.dockerPing, ...NEVER_READ } }, used).map((each) => [
          each.key,
          each.state,
        ]),
      );
    const visible = { ...moment, processes: table(one(1, 0, 'systemd')) };
    expect(state(visible).get('containerd')).toBe('stopped');
    expect(state(hidden(moment)).get('containerd')).toBe('no daemon');
    expect(state(hidden(moment)).get('docker')).not.toBe('stopped');
    const bare = (at: typeof moment) => {
      const { cgroups } = at;
      const groups = cgroups.now && {
        ...cgroups.now,
        cgroups: new Map([...cgroups.now.cgroups].map(([path, group]) => [path, { ...group, pids: undefined }])),
      };
      return containersAt({ ...at, cgroups: { ...cgroups, now: groups } })
        .filter(({ group }) => group?.frozen !== true && group !== undefined)
        .map((container) => container.state);
    };
    expect(bare(hidden(moment))).toContain('running');
    expect(new Set(bare(hidden(moment)))).not.toContain('stopped');
  });

  test('a finding on an unresponsive daemon makes no claim about its process', async () => {
    const moment = await momentOf(engineNeeds, hostMoments('container-host'));
    const frozen = {
      ...moment,
      dockerPing: {
        ...moment.dockerPing,
        now: { answered: false },
        missing: { ping: missing('timeout', 'no answer in 5 s') },
      },
    };
    const [found] = containerDaemonUnresponsive.judge(hidden(frozen));
    expect(found?.sentence).not.toContain('no process found');
    expect(found?.evidence.find(({ what }) => what === 'daemon process')?.value).toBe(`not readable: ${HIDDEN}`);
  });

  test('kubelet is not reported as not running when its health check is not at the default port', async () => {
    const moment = await momentOf(kubeStateNeeds, hostMoments('cloud-vm'));
    const pulse = seen(
      undefined,
      {
        kubeletRuns: false,
        healthz: 'ConnectionRefusedError: [Errno 111]',
        healthzMs: 1,
        runtimeHealth: undefined,
        runtimeMs: undefined,
      },
      1,
    );
    const state = (at: Moment<typeof kubeStateNeeds>) =>
      kubeStateAt({ ...at, kubePulse: { ...at.kubePulse, ...pulse } as typeof at.kubePulse }).kubelet;
    expect(state(moment)).toBe('not running');
    expect(state(hidden(moment))).toBe('unread');
  });
});
