import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { grouped, nextGroup } from '../../../src/ui/table-groups.ts';
import { ordered } from '../../../src/ui/table-order.ts';
import { plainTableView } from '../../../src/ui/table-view.ts';
import { makeTheme } from '../../../src/theme.ts';
import { hardwarePane } from '../../../src/panes/machine/pane.ts';
import { kubernetesPane } from '../../../src/panes/kubernetes/pane.ts';
import { apiFigure } from '../../../src/panes/kubernetes/node-lines.ts';
import { podGroups } from '../../../src/panes/kubernetes/pod-groups.ts';
import { podDetail } from '../../../src/panes/kubernetes/pod-detail.ts';
import { farRow, type PodRow } from '../../../src/panes/kubernetes/pod-rows.ts';
import { volumeRows } from '../../../src/panes/kubernetes/pod-volumes.ts';
import type { AnyPane, Section, TableSection } from '../../../src/panes/pane.ts';
import { fields, items, json } from '../../../src/lib/json.ts';
import { interfacesByPod, podsByInterface } from '../../../src/entities/kubernetes/pod-interfaces.ts';
import type { KubeState } from '../../../src/entities/kubernetes/state.ts';
import { kubeClaims } from '../../../src/sources/kubernetes/claims.ts';
import { podOf } from '../../../src/sources/kubernetes/objects.ts';
import { kubePod } from '../../../src/sources/kubernetes/pod.ts';
import { kubePods } from '../../../src/sources/kubernetes/pods.ts';
import type { Process } from '../../../src/sources/processes/processes.ts';
import { hostMoments } from '../../helpers/hosts.ts';
import { momentOf } from '../../helpers/moments.ts';
import { overlay } from '../../helpers/overlay.ts';
import { seen } from '../../helpers/seen.ts';
import { anyPod } from '../../helpers/pods.ts';
import { ownWords } from '../../../src/timeline/reading-state.ts';

const PODS = readFileSync(new URL('../../fixtures/kubernetes/pods.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n');
const theme = makeTheme({ colour: false, ascii: false });
const NOW = Date.UTC(2026, 10, 23, 18, 17, 2) / 1000;
const ask = (what: string, answer: object | undefined) => ({
  [`/etc/kubernetes < ${what}`]: answer && JSON.stringify(answer),
});

/** Pane on a machine without other faults, with these replies of the cluster. */
async function shown(pane: AnyPane, changes: Readonly<Record<string, string | undefined>>) {
  const moments = hostMoments('cloud-vm').map(({ at, host }) => ({ at, host: overlay(host, changes) }));
  const model: unknown = pane.model(await momentOf(pane.needs, moments));
  const sections: readonly Section[] = pane.sections(model);
  const section = (id: string) => sections.find((one): one is TableSection => one.kind === 'table' && one.id === id);
  return { section, sections };
}
const listed = (state: string) =>
  [JSON.stringify({ node: 'lab1', state, heardAt: NOW - 60, lostSince: NOW - 50, said: 'refused' }), ...PODS].join(
    '\n',
  );
const first = podOf(JSON.parse(PODS[0] ?? '{}'));
const uid = first?.uid ?? '';

describe('a pod and the disk of its volume', () => {
  const volumes = {
    volumes: [{ uid, plugin: 'csi', name: 'pvc-1', fs: 'ext4', source: '/dev/vda1', device: 'vda1', disk: 'vda' }],
  };
  const changes = { '/etc/kubernetes < pods here': listed('live'), ...ask('volumes', volumes) };

  test('a pod and a disk link to each other when its volume is on that disk', async () => {
    const pods = (await shown(kubernetesPane, changes)).section('pods');
    const row = pods?.rows.find((one) => pods.key(one) === uid);
    expect(pods?.links?.(row)).toContainEqual({ label: 'disk vda of pvc-1', pane: 'hardware', row: 'vda' });
    const disks = (await shown(hardwarePane, changes)).section('disks');
    const disk = disks?.rows.find((one) => disks.key(one) === 'vda');
    expect(disk).toBeDefined();
    expect(disks?.links?.(disk)).toEqual([
      { label: `pod ${first?.namespace}/${first?.name}`, pane: 'kubernetes', row: uid },
    ]);
  });

  test('a pod and an interface link to each other when its veth peer is in the pod', () => {
    const processOf = (id: string) => ({ owner: { kind: 'pod', id, name: id } }) as Process;
    const moment = {
      kubePods: seen(undefined, kubePods.parse({ pods: listed('live') }), 1),
      processes: seen(
        undefined,
        {
          processes: new Map([
            [77, processOf(uid)],
            [78, processOf('unlisted')],
            [79, {} as Process],
          ]),
        },
        1,
      ),
      vethPeers: seen(
        undefined,
        {
          peers: new Map(
            [77, 78, 79, 80, undefined].map((pid, i) => [`veth${i}`, { pid, namespace: undefined }] as const),
          ),
        },
        1,
      ),
    };
    expect(interfacesByPod(moment)).toEqual(
      new Map([
        [uid, ['veth0']],
        ['unlisted', ['veth1']],
      ]),
    );
    expect(podsByInterface(moment)).toEqual(
      new Map([
        ['veth0', [{ key: uid, name: `${first?.namespace}/${first?.name}` }]],
        ['veth1', [{ key: 'unlisted', name: 'unlisted' }]],
      ]),
    );
  });

  test('volumeRows joins claims and mounts when both are known', () => {
    const claims = kubeClaims.parse(
      {
        claims: JSON.stringify([
          {
            volume: 'data',
            claim: 'data-web-0',
            of: {
              spec: { volumeName: 'pvc-1', storageClassName: 'fast' },
              status: { phase: 'Bound', capacity: { storage: '10Gi' } },
            },
            pv: {
              spec: {
                csi: { driver: 'rbd.csi.ceph.com', volumeHandle: 'x', volumeAttributes: { pool: 'p', imageName: 'i' } },
              },
            },
          },
          { volume: 'late', claim: 'late-0', of: { status: { phase: 'Pending' } } },
        ]),
      },
      { namespace: 'a', name: 'b' },
    ).claims;
    expect(claims).toMatchObject([
      { bound: 'pvc-1', what: 'rbd.csi.ceph.com p/i', pool: 'p', sizeBytes: 10 * 2 ** 30, phase: 'Bound' },
      { bound: undefined, what: undefined, phase: 'Pending' },
    ]);
    const mounted = { ...volumes.volumes[0]!, driver: undefined, handle: undefined };
    const other = { ...mounted, name: 'other' };
    expect(volumeRows(claims ?? [], [mounted, other])).toMatchObject([
      { key: 'data', mounted: { disk: 'vda' } },
      { key: 'late', mounted: undefined },
      { key: 'other', claim: undefined },
    ]);
  });
});

describe('with an unresponsive API server', () => {
  const container = (name: string, more: object) => ({
    id: 'ab'.repeat(32),
    uid,
    pod: first?.name,
    namespace: first?.namespace,
    name,
    ...more,
  });
  const ended = {
    state: 'exited',
    exitCode: 137,
    reason: 'OOMKilled',
    finishedAt: new Date((NOW - 20) * 1000).toISOString(),
  };
  const clock = { '/proc/stat': `cpu  9 0 9 99 0 0 0 0 0 0\nbtime ${NOW - 8000}\n` };
  const runtime = (rows: readonly object[]) =>
    ask('runtime', {
      now: NOW,
      endpoint: '/run/containerd/containerd.sock',
      says: 'ok',
      tookMs: 2,
      by: 'crictl',
      rows,
    });

  test('the pane lists pods by the runtime when the API server has no list', async () => {
    const pods = (
      await shown(kubernetesPane, {
        ...clock,
        ...ask('pods here', undefined),
        ...runtime([container('app', { state: 'running', attempt: 3 }), container('side', { ...ended, attempt: 1 })]),
      })
    ).section('pods');
    expect(pods?.rows).toHaveLength(1);
    const [row] = (pods?.rows ?? []) as PodRow[];
    expect(row).toMatchObject({ status: 'on node', ready: '1/2', restarts: 4, name: first?.name });
    expect(row?.why).toContain('side: OOMKilled (exit 137)');
    expect(row?.troubles[0]).toMatchObject({ kind: 'oom', severity: 'crit' });
  });

  test('a pod has a problem by the runtime when its container exited since the list', async () => {
    const running = PODS.map((line) => podOf(JSON.parse(line))).find((pod) => pod?.statuses.some((one) => one.running));
    const app = running?.statuses.find((one) => one.running)?.name ?? '';
    const of = async (state: string) => {
      const pods = (
        await shown(kubernetesPane, {
          ...clock,
          '/etc/kubernetes < pods here': listed(state),
          ...runtime([{ ...container(app, ended), uid: running?.uid }]),
        })
      ).section('pods');
      return ((pods?.rows ?? []) as PodRow[]).find(({ here }) => here.uid === running?.uid);
    };
    expect((await of('lost'))?.why).toContain(`${app}: OOMKilled (exit 137)`);
    expect((await of('live'))?.why).not.toContain('container runtime');
  });

  test('the node section shows NOT RUNNING and UNRESPONSIVE when a static pod or the runtime fails', async () => {
    const { sections } = await shown(kubernetesPane, {
      ...clock,
      ...ask('pods here', undefined),
      ...ask('local', {
        now: NOW,
        node: 'lab1',
        kubelet: { runs: true, healthz: 'ok' },
        manifests: ['kube-apiserver.yaml', '.hidden.yaml'],
      }),
      ...ask('runtime', { now: NOW, endpoint: '/run/c.sock', says: 'timeout after 2 s', rows: [] }),
    });
    const node = sections.find((one) => one.id === 'node');
    const text = node?.kind === 'lines' ? node.draw(150, 20, theme).join('\n') : '';
    expect(text).toContain('kube-apiserver NOT RUNNING');
    expect(text).toContain('UNRESPONSIVE: timeout after 2 s');
    expect(text).not.toContain('hidden');
  });
});

test('apiFigure leaves out the prefix of kubectl when the API server is unresponsive', () => {
  // apiFigure reads these fields only.
  const unresponsive = (error: string) =>
    apiFigure({ api: 'unresponsive', unresponsiveSeconds: 5, error } as KubeState).text;
  const expired =
    'x509: certificate has expired or is not yet valid: current time 2026-11-28T00:32:00Z is after 2026-11-27';
  expect(unresponsive(`Unable to connect to the server: tls: failed to verify certificate: ${expired}`)).toBe(
    `UNRESPONSIVE for 5 s: ${expired}`,
  );
  expect(unresponsive(`Unable to connect to the server: ${expired}`)).toBe(`UNRESPONSIVE for 5 s: ${expired}`);
  const refused = 'The connection to the server 10.0.0.1:6443 was refused';
  expect(unresponsive(refused)).toBe(`UNRESPONSIVE for 5 s: ${refused}`);
});

test('podDetail shows image digests when the pod has image IDs', () => {
  const raw = fields(json(PODS.find((line) => line.includes('"containerStatuses"'))));
  const status = fields(raw['status']);
  const made = items(status['containerStatuses']).map((one) => ({
    ...fields(one),
    imageID: `r/x@sha256:${'0a'.repeat(32)}`,
  }));
  const answer = JSON.stringify({ ...raw, status: { ...status, containerStatuses: made } });
  const pod = podOf(raw);
  const row = farRow(pod!, NOW);
  const links = { volumes: new Map(), interfaces: new Map(), guests: new Map() };
  const detail = podDetail(row, { links, nowEpochSeconds: NOW }, undefined);
  const text = (sample: unknown) => {
    const lines = detail.sections({ pod: sample }, {}).find(({ id }) => id === 'pod');
    return lines?.kind === 'lines' ? lines.draw(200, 20, theme).join('\n') : '';
  };
  const { name, image } = pod?.containers[0] ?? {};
  expect(text(kubePod.parse({ pod: answer, events: undefined }, { namespace: 'n', name: 'p' }))).toContain(
    `${name} ${image} is sha256:0a0a0a0a0a0a`,
  );
  expect(text(undefined)).not.toContain('images');
});

describe('pods in groups', () => {
  const section = (rows: readonly PodRow[]): TableSection<PodRow> => ({
    kind: 'table',
    id: 'pods',
    title: 'Pods',
    sources: [],
    columns: [{ id: 'name', title: 'POD', about: '', width: 20, rank: 0, value: ({ name }) => name }],
    rows,
    key: ({ here }) => here.uid,
    sort: { column: 'name', descending: false },
    groups: podGroups,
    empty: ownWords(''),
  });

  test('a grouped table has each pod once below its group when it gets random pods', () => {
    fc.assert(
      fc.property(fc.array(anyPod, { maxLength: 30 }), (values) => {
        const rows = values.flatMap((value, i) => {
          const pod = podOf(value);
          return pod ? [farRow({ ...pod, uid: `u${i}` }, NOW)] : [];
        });
        for (const { id, of } of podGroups) {
          const view = { ...plainTableView, group: id, tree: true };
          const shownRows = ordered(grouped(section(rows), view), view, theme).rows;
          expect(new Set(shownRows).size).toBe(rows.length + new Set(rows.map(of)).size);
          let head = '';
          const wrong = shownRows.filter((row) => {
            if (!row.here.uid.startsWith('group ')) return head !== of(row);
            head = row.here.name;
            return false;
          });
          expect(wrong).toEqual([]);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('a group sums restarts and shows its worst pod when pods have problems', () => {
    const rows = PODS.flatMap((line) => podOf(JSON.parse(line)) ?? []).map((pod) => farRow(pod, NOW));
    const view = { ...plainTableView, group: 'namespace', tree: true };
    const heads = grouped(section(rows), view).rows.filter(({ here }) => here.uid.startsWith('group '));
    for (const head of heads) {
      const own = rows.filter(({ namespace }) => namespace === head.name);
      expect(head.restarts).toBe(own.reduce((sum, { restarts = 0 }) => sum + restarts, 0));
      expect(head.status).toBe(`${own.length} pod${own.length === 1 ? '' : 's'}`);
    }
    expect(heads.find(({ name }) => name === 'default')?.why).toMatch(/^\d+ with problems: \S+ /);
  });

  test('a group has no READY when its pods are not in the API', () => {
    const [row] = PODS.flatMap((line) => podOf(JSON.parse(line)) ?? []).map((pod) => farRow(pod, NOW));
    const unknown = { ...row!, namespace: '', readyShare: undefined };
    const [head] = grouped(section([unknown]), { ...plainTableView, group: 'namespace' }).rows;
    expect(head).toMatchObject({ name: 'unknown', ready: '—', readyShare: undefined });
  });

  test('nextGroup returns to the list when all groups were shown', () => {
    const steps = ['namespace', 'owner', undefined];
    let view = plainTableView;
    for (const step of steps) {
      view = { ...view, ...nextGroup(section([]) as TableSection, view) };
      expect([view.group, view.tree]).toEqual([step, step !== undefined]);
    }
  });
});
