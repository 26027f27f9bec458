import { describe, expect, test } from 'vitest';
import { figureProblem, figuresOf, panesFor } from '../../src/figures/find-figures.ts';
import { panes } from '../../src/subsystems/index.ts';
import type { AnyPane } from '../../src/panes/pane.ts';
import type { Moment, Needs } from '../../src/timeline/moment.ts';
import { hostMoments } from '../helpers/hosts.ts';
import { momentOf } from '../helpers/moments.ts';

const moments = new Map<string, Promise<ReadonlyMap<AnyPane, Moment<Needs>>>>();

/** Moments of all panes on a recorded host, made once. */
function momentsOn(host: string): Promise<ReadonlyMap<AnyPane, Moment<Needs>>> {
  const made =
    moments.get(host) ??
    Promise.all(panes.map(async (pane) => [pane, await momentOf<Needs>(pane.needs, hostMoments(host))] as const)).then(
      (pairs) => new Map(pairs),
    );
  moments.set(host, made);
  return made;
}

const figuresOn = async (path: string, host: string) => {
  const at = await momentsOn(host);
  return panesFor(path, panes).flatMap((pane) => figuresOf(path, pane, at.get(pane) ?? {}));
};

const problemOn = async (path: string, host: string) => {
  const at = await momentsOn(host);
  return figureProblem(path, panes, (pane) => at.get(pane) ?? {})?.sentence;
};

describe('figuresOf', () => {
  test.each([
    ['osd.1 commit', 'ceph-calm', ['ceph osds osd.1 commit']],
    ['OSD.1  Commit', 'ceph-calm', ['ceph osds osd.1 commit']],
    ['ceph osd.1 commit', 'ceph-calm', ['ceph osds osd.1 commit']],
    ['osd osd.1 commit', 'ceph-calm', ['ceph osds osd.1 commit']],
    ['osd commit', 'ceph-calm', ['ceph osds osd.0 commit', 'ceph osds osd.1 commit', 'ceph osds osd.2 commit']],
    ['ceph OSDs up', 'ceph-calm', ['ceph cluster OSDs up']],
    ['ovs main thread load', 'ovs-calm', ['ovs forwarding main thread load']],
    ['node0 free', 'numa-guest', ['hardware nodes node0 free']],
    ['vda r_await', 'ceph-calm', ['hardware disks vda rawait']],
    ['vda await', 'ceph-calm', ['hardware disks vda rawait', 'hardware disks vda wawait', 'hardware disks vda fawait']],
    ['load 1 min', 'bare-kernel', ['hardware load load 1 min']],
    ['memory available', 'cloud-vm', ['hardware memory available']],
    ['PSI memory full', 'bare-kernel', ['hardware pressure memory full']],
    ['eth0 drops', 'cloud-vm', ['hardware nics eth0 drops']],
    ['pid 1 cpu', 'container-host', ['processes processes 1@24 cpu']],
    ['process 1@24 cpu', 'container-host', ['processes processes 1@24 cpu']],
    ['systemd[1] rss', 'container-host', ['processes processes 1@24 rss']],
    ['lab-mem oom', 'container-host', ['containers containers lxc:lab-mem oom']],
    ['instance-0000002a steal', 'kvm-host', ['kvm guests 86d43b01-fe62-474d-8ba5-9c666316e0ab steal']],
  ])('finds %s on %s', async (path, host, ids) => {
    expect((await figuresOn(path, host)).map(({ id }) => id)).toEqual(ids);
  });

  test('gives the object that findings know, and the value', async () => {
    const [figure] = await figuresOn('osd.1 commit', 'ceph-calm');
    expect(figure).toMatchObject({ object: 'osd.1', title: 'commit', entity: { kind: 'osd', id: 'osd.1' } });
    expect(figure?.measure.format(figure.value ?? Number.NaN)).toMatch(/^\d+(?:\.\d)?ms$/);
  });

  test('finds nothing when the object is left out of a table', async () => {
    expect(await figuresOn('commit', 'ceph-calm')).toEqual([]);
  });
});

test.each([
  ['process cpu', ['processes']],
  ['pid 123 cpu', ['processes']],
  ['osd commit', ['ceph']],
  ['ceph osd.1 commit', ['ceph']],
  ['disk util', ['hardware']],
])('panesFor evaluates only the panes that "%s" can be in', (path, ids) => {
  expect(panesFor(path, panes).map(({ id }) => id)).toEqual(ids);
});

describe('figureProblem', () => {
  test.each([
    ['osd.1 commit', 'ceph-calm', undefined],
    ['osd.1 comit', 'ceph-calm', expect.stringMatching(/^osd\.1 has w-sub, commit, /)],
    ['osdd.1 commit', 'ceph-calm', 'no object "osdd.1" with this figure on this host; did you mean "osd.1"?'],
    ['xyz commit', 'ceph-calm', 'no object "xyz" with this figure on this host'],
    ['xyz comit', 'ceph-calm', 'no figure "comit" in any pane; did you mean "commit"?'],
    ['eth0 rx drops', 'cloud-vm', expect.stringMatching(/^eth0 has rxB\/s, .*drop\/s/)],
    ['OSDs up', 'ceph-calm', 'it is a figure of the pane Ceph: write "ceph OSDs up"'],
    ['main thread load', 'ovs-calm', 'it is a figure of the pane OVS: write "ovs main thread load"'],
  ])('states of "%s" on %s', async (path, host, problem) => {
    expect(await problemOn(path, host)).toEqual(problem);
  });
});
