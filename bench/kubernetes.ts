/**
 * Cost of a cluster of many pods. Locally, for synthetic pods in the session's format: the first screen, and each change of
 * some pods, at 200x60. On the host, on a node (test/lab/kubernetes, or any other): crashcart's session beside
 * `kubectl get pods -A -w`, `watch -n 2 kubectl get pods -A`, and k9s if it is on the PATH, on the cluster of KUBECONFIG or
 * /etc/kubernetes/admin.conf.
 * `node bench/kubernetes.ts [--pods 3000,13000] [--rounds 20] [--seconds 60]` (as root, for the host's part; --pods '' skips
 * the local part)
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { clusterDetail } from '../src/panes/kubernetes/cluster.ts';
import { kubeCluster } from '../src/sources/kubernetes/cluster.ts';
import { makeTheme } from '../src/theme.ts';
import { drawSections } from '../src/ui/draw-pane.ts';
import { plainPaneView } from '../src/ui/pane-view.ts';
import { hostSide } from './lib/kube-host.ts';
import { figure, machine, median, percentile, printTable } from './lib/figures.ts';

const { values: options } = parseArgs({
  options: {
    pods: { type: 'string', default: '3000,13000' },
    rounds: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '60' },
  },
});
const theme = makeTheme({ colour: true, ascii: false });
const BEGAN = Date.UTC(2026, 10, 23, 18, 0, 0);
const time = (second: number) => new Date(BEGAN + second * 1000).toISOString();

/** Pod in the session's format; one in fifty is in CrashLoopBackOff. `second` is the last start of its container. */
function row(i: number, second: number): string {
  const broken = i % 50 === 0;
  return JSON.stringify({
    metadata: {
      name: `web-${i % 97}-5d7b46c6cd-${i.toString(36).padStart(5, 'x')}`,
      namespace: `team-${i % 41}`,
      uid: `uid-${i}`,
      creationTimestamp: time(0),
      ownerReferences: [{ kind: 'ReplicaSet', name: `web-${i % 97}-5d7b46c6cd`, controller: true }],
      labels: { 'pod-template-hash': '5d7b46c6cd' },
    },
    status: {
      phase: 'Running',
      qosClass: 'Burstable',
      podIP: `10.1.${i >> 8}.${i & 255}`,
      hostIP: '10.0.0.1',
      startTime: time(0),
      conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
        type,
        status: broken && type !== 'PodScheduled' ? 'False' : 'True',
        lastTransitionTime: time(second),
      })),
      containerStatuses: [
        {
          name: 'app',
          ready: !broken,
          restartCount: second,
          containerID: `containerd://${i.toString(16).padStart(64, '0')}`,
          state: broken
            ? { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container=app' } }
            : { running: { startedAt: time(second) } },
          lastState: broken ? { terminated: { exitCode: 3, reason: 'Error', finishedAt: time(second) } } : {},
        },
      ],
    },
    spec: {
      nodeName: `node-${i % 120}`,
      restartPolicy: 'Always',
      containers: [
        { name: 'app', image: 'registry.example/web:1', resources: { requests: { cpu: '100m', memory: '64Mi' } } },
      ],
    },
  });
}

const cpuMs = (run: () => void): number => {
  const began = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1000;
};

console.log(`${machine()}\n`);
const heads = [
  'pods',
  'text kB',
  'first screen ms',
  '100 pods change: p50 ms',
  'p99 ms',
  'nothing changes ms',
  'drawn again ms',
];
const out: string[][] = [];
for (const pods of options.pods.split(',').filter(Boolean).map(Number)) {
  const detail = clusterDetail({ links: { volumes: new Map(), interfaces: new Map(), guests: new Map() }, rows: [] });
  const lines = Array.from({ length: pods }, (_, i) => row(i, 0));
  const text = (second: number) =>
    [JSON.stringify({ state: 'live', heardAt: BEGAN / 1000 + second }), ...lines].join('\n');
  const show = (given: string) => {
    const cluster = kubeCluster.parse({ pods: given }, {});
    drawSections(detail.sections({ cluster }, {}), plainPaneView, { columns: 200, rows: 60 }, theme);
  };
  let now = text(0);
  const first = cpuMs(() => show(now));
  const changes: number[] = [];
  for (let round = 1; round <= Number(options.rounds); round++) {
    for (let i = 0; i < 100; i++) lines[(round * 131 + i * 7) % pods] = row((round * 131 + i * 7) % pods, round);
    now = text(round * 2);
    changes.push(cpuMs(() => show(now)));
  }
  const same = cpuMs(() => show(now));
  const cluster = kubeCluster.parse({ pods: now }, {});
  const again = cpuMs(() =>
    drawSections(detail.sections({ cluster }, {}), plainPaneView, { columns: 200, rows: 60 }, theme),
  );
  out.push([
    String(pods),
    (now.length / 1000).toFixed(0),
    figure(first),
    figure(median(changes)),
    figure(percentile(changes, 0.99)),
    figure(same),
    figure(again),
  ]);
}
if (out.length > 0) printTable(heads, out);

const CONF = '/etc/kubernetes/admin.conf';
if (existsSync(CONF)) {
  process.env['KUBECONFIG'] ??= CONF;
  const listed = execFileSync('kubectl', ['get', 'pods', '-A', '--no-headers'], { maxBuffer: 2 ** 28 });
  const pods = listed.toString('utf8').split('\n').length - 1;
  await hostSide(Number(options.seconds), `${pods} pods, most of them on fake nodes`);
} else console.log(`\nno ${CONF} here: nothing to measure on the host`);
