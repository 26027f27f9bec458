import { describe, expect, test } from 'vitest';
import { rowOfStep } from '../../src/app/entity-row.ts';
import { tools } from '../../src/debugger/tools.ts';
import { tracerOf } from '../../src/tracers/index.ts';
import {
  cephCluster,
  entityRef,
  hostResource,
  podRef,
  processRef,
  type EntityRef,
} from '../../src/findings/entity-ref.ts';
import type { Found } from '../../src/findings/finding.ts';
import { judge, type Judged } from '../../src/findings/judge.ts';
import { commandText, type CommandStep, type NextStep, type Standing } from '../../src/findings/next-step.ts';
import { nextSteps } from '../../src/findings/next-steps.ts';
import type { AnyPane, Section } from '../../src/panes/pane.ts';
import { findings, panes, sources, steps } from '../../src/subsystems/index.ts';
import { findingExamples } from '../helpers/finding-examples.ts';
import { hostMoments, hostNames } from '../helpers/hosts.ts';
import { watched } from '../helpers/moments.ts';

const SEEN_MS = Date.UTC(2026, 10, 23, 23, 46, 48);

const standing = (found: Judged): Standing => ({ ...found, sinceMs: SEEN_MS - 60_000, seenMs: SEEN_MS });

/** Finding of a rule about an object, with what the rule's steps read. */
const found = (rule: string, entity: EntityRef, more: Partial<Found> = {}): Standing =>
  standing({ rule, severity: 'crit', entity, subject: entity.id, sentence: '', evidence: [], next: 'look', ...more });

const commandsOf = (all: readonly NextStep[]): readonly CommandStep[] => all.filter((step) => step.kind === 'command');

const texts = (finding: Standing): readonly string[] => commandsOf(nextSteps(finding, steps)).map(commandText);

/**
 * Commands that change nothing, whatever object they are about: program, then the verbs of programs that could change
 * something. `*` is a program that only reads.
 */
const READ_ONLY: Readonly<Record<string, '*' | RegExp>> = {
  'apt-cache': /^policy \S+$/,
  conntrack: /^-S$/,
  coredumpctl: /^list --no-pager$/,
  dpkg: /^--audit$/,
  btrfs: /^(?:device stats|filesystem usage) -- /,
  dmsetup: /^(?:status(?: --noflush)?|info)$/,
  du: /^-x -h -d 2 (?:--inodes )?-- /,
  findmnt: /^(?:-t |-l -o )/,
  lsof: /^-nP \+L1$/,
  nfsiostat: /^2 5$/,
  nstat: /^-az$/,
  chronyc: /^-n tracking$/,
  lsns: /^-t net$/,
  resolvectl: /^status$/,
  timedatectl: /^timesync-status$/,
  ss: '*',
  tc: /^-s qdisc show dev /,
  uname: /^-a$/,
  cat: /^\/(?:proc\/|run\/reboot-required\.pkgs$)/,
  cpupower: /^frequency-info$/,
  crictl: /^(?:ps|logs|inspect|stats|imagefsinfo)\b/,
  df: '*',
  ethtool: /^(?:-[Sgl] )?[^-]\S*$/,
  grep: / \/proc\/\S+$/,
  incus: /^(?:info|console --show-log)\b/,
  iostat: '*',
  ip: /^(?:-[sd] )*(?:link show dev |(?:neigh|route|rule|addr) show$|route show table all$)/,
  ipmitool: /^sdr type /,
  journalctl: /^(?!.*--(?:vacuum|rotate|flush|sync|setup-keys|update-catalog))/,
  kubeadm: /^certs check-expiration$/,
  kubectl: /^(?:-n \S+ )?(?:describe|logs|get|rollout status)\b/,
  ls: '*',
  lsblk: '*',
  lscpu: '*',
  lspci: '*',
  lxc: /^(?:info|console --show-log|cluster list|operation (?:list|show)|storage info|warning (?:list|show))\b/,
  mdadm: /^--detail \S+$/,
  mpstat: '*',
  numastat: '*',
  nvme: /^list-subsys$/,
  'nvidia-smi': /^-q -d ECC,PAGE_RETIREMENT -i [\da-f:.]+$/,
  openssl: /^x509 -noout /,
  pidstat: '*',
  podman: /^(?:inspect|stats --no-stream|logs|top)\b/,
  docker: /^(?:inspect|stats --no-stream|logs|top)\b/,
  ps: '*',
  'ras-mc-ctl': /^--errors$/,
  sensors: /^$/,
  snap: /^info \S+$/,
  slabtop: /^-o /,
  smartctl: /^-x \S+$/,
  zpool: /^status -v \S+$/,
  'apt-mark': /^showhold$/,
  swapon: /^--show$/,
  sysctl: /^[a-z0-9_. -]+$/,
  'systemd-detect-virt': '*',
  systemctl: /^(?:(?:status|cat) .*|list-jobs --after )--no-pager$/,
  tail: /^-n \d+ /,
  'tuned-adm': /^active$/,
  virsh:
    /^(?:list --all|domstats --vcpu|(?:domstate --reason|domblkerror|vcpuinfo|schedinfo|domblklist --details|numatune|domjobinfo|dommemstat) \S+|(?:domblkstat|blkdeviotune|domifstat) \S+ \S+)$/,
  vmstat: '*',
  ceph: /^(?:--connect-timeout 5 )?(?:osd (?:tree|perf|df|find|dump|pool (?:autoscale-status|ls detail))|health detail|pg (?:ls|dump_stuck|\S+ query$)|time-sync-status|mon stat|mgr stat|crash ls(?:-new)?|fs status|device ls|config get|daemon mon\.\S+ (?:mon_status|perf dump)|tell osd\.\d+ (?:dump_|bluefs stats|perf dump|heap stats))/,
  'ovs-appctl':
    /^(?:dpctl\/(?:show|dump-flows|ct-stats-show|ct-get-\w+)|upcall\/show|coverage\/show|bond\/show|lacp\/show|fdb\/(?:stats-)?show|dpif-netdev\/pmd-(?:rxq|stats)-show)\b/,
  'ovs-dpctl': /^show$/,
  'ovs-ofctl': /^dump-aggregate \S+$/,
  'ovs-vsctl': /^(?:show$|(?:--columns=\S+ )?(?:list|find) )/,
  'ovn-appctl': /^-t \S+ (?:status|connection-status|sb-connection-status|cluster\/status \S+)$/,
  'ovn-nbctl': /^(?:list|--columns=\S+ find) /,
  'ovn-sbctl': /^--columns=\S+ find /,
};

function isReadOnly({ argv: [program = '', ...rest] }: CommandStep): boolean {
  const allowed = READ_ONLY[program];
  return allowed === '*' || (allowed?.test(rest.join(' ')) ?? false);
}

const examples = await findingExamples();

describe.each(findings.map(({ id }) => id))('steps after %s', (rule) => {
  const all = (examples.get(rule) ?? []).map((one) => standing({ ...one, rule }));

  test('have one that runs, for each finding of a recorded host', () => {
    expect(all.length).toBeGreaterThan(0);
    for (const finding of all) expect(nextSteps(finding, steps).filter(({ kind }) => kind !== 'note')).not.toEqual([]);
  });

  test('have commands that only read', () => {
    const commands = all.flatMap((finding) => commandsOf(nextSteps(finding, steps)));
    expect(commands.filter((step) => !isReadOnly(step)).map(commandText)).toEqual([]);
  });

  test('name tools of the tool box', () => {
    const named = all
      .flatMap((finding) => nextSteps(finding, steps))
      .flatMap((step) => (step.kind === 'tool' ? step.tool : []));
    const ids = new Set(tools.map(({ id }) => id));
    expect(named.filter((tool) => !ids.has(tool))).toEqual([]);
  });
});

test('steps name tracers of the list', () => {
  const traced = Object.values(steps).flatMap(({ tracers }) =>
    ['cpu', 'memory', 'io'].flatMap((id) => tracers?.(found('x', entityRef('resource', id))) ?? []),
  );
  expect(new Set(traced).size).toBeGreaterThan(8);
  expect(traced.filter((id) => tracerOf(id) === undefined)).toEqual([]);
});

test('every entry of the table is of a rule, and every rule has one', () => {
  const rules = new Set(findings.map(({ id }) => id));
  expect([...rules].filter((rule) => !Object.hasOwn(steps, rule))).toEqual([]);
  expect(Object.keys(steps).filter((rule) => !rules.has(rule))).toEqual([]);
});

describe.each(hostNames)('steps on %s', (host) => {
  test('lead to a pane with the row or section of the finding', async () => {
    const { timeline, nowMs } = await watched(sources, hostMoments(host));
    const sections = new Map<string, readonly Section[]>();
    const sectionsOf = (pane: AnyPane): readonly Section[] => {
      const made = sections.get(pane.id) ?? pane.sections(pane.model(timeline.moment(pane.needs, nowMs)));
      sections.set(pane.id, made);
      return made;
    };
    const astray: string[] = [];
    for (const finding of judge(findings, (needs) => timeline.latestMoment(needs, nowMs)).map(standing))
      for (const step of nextSteps(finding, steps)) {
        if (step.kind !== 'go') continue;
        const pane = panes.find(({ id }) => id === step.pane);
        const shown = pane ? sectionsOf(pane) : [];
        const isThere =
          step.section === undefined
            ? (step.row ?? step.entity) === undefined || rowOfStep(shown, step) !== undefined
            : shown.some(({ id }) => id === step.section);
        if (!isThere) astray.push(`${finding.rule} ${JSON.stringify(step)}`);
      }
    expect(astray).toEqual([]);
  });
});

describe('a command', () => {
  test('quotes a name with blanks and shell characters', () => {
    expect(texts(found('ovs-bond-degraded', entityRef('bond', 'b; rm -rf /')))).toEqual([
      "ovs-appctl bond/show 'b; rm -rf /'",
      "ovs-appctl lacp/show 'b; rm -rf /'",
    ]);
  });

  test('is left out when its name would be an option', () => {
    expect(texts(found('nic-errors', entityRef('nic', '--reset')))).toEqual([]);
  });

  test('quotes a name twice when it is a value of a database', () => {
    expect(texts(found('ovn-chassis-behind', entityRef('chassis', 'a"b')))[0]).toBe(
      String.raw`ovn-sbctl --columns=name,nb_cfg,nb_cfg_timestamp find Chassis_Private 'name="a\"b"'`,
    );
  });

  test('reads the log from two minutes before the onset', () => {
    const log = found('ceph-osd-unresponsive', entityRef('osd', 'osd.1'), {
      onset: { secondsAgo: 345, source: 'osdmap' },
    });
    expect(texts(log)[0]).toBe(
      "journalctl -u ceph-osd@1 -u 'ceph-*@osd.1' -u snap.microceph.osd --since '2026-11-23 23:39:03 UTC' --no-pager",
    );
  });

  test('reads the log of this boot when the time of a past event is unknown', () => {
    const [log] = texts(found('oom-kills', hostResource('memory'), { past: { ageSeconds: undefined } }));
    expect(log).toBe("journalctl -k -g 'oom-kill|Killed process' -b --no-pager");
  });

  test('reads the log of this boot when the onset is before all times', () => {
    const onset = { secondsAgo: 1e300, source: 'a hostile API' };
    expect(texts(found('kubelet-unhealthy', entityRef('daemon', 'kubelet'), { onset }))[0]).toContain(' -b');
  });

  test('takes the namespace and name of the first pod', () => {
    const pod = found('kube-pod-unhealthy', entityRef('node', 'n1'), {
      condition: 'crash',
      members: [podRef({ namespace: 'shop', name: 'web-0' }), podRef({ namespace: 'shop', name: 'web-1' })],
    });
    expect(texts(pod)).toEqual([
      'kubectl -n shop logs web-0 --all-containers --previous --tail=50',
      'kubectl -n shop describe pod web-0',
      'kubectl -n shop get events --field-selector involvedObject.name=web-0',
    ]);
  });

  test('asks the first inactive PG, and the datapath of a conntrack table other than the kernel', () => {
    const members = [entityRef('pool', 'lab'), entityRef('pg', '2.19'), entityRef('pg', '2.1a')];
    expect(texts(found('ceph-pgs-inactive', cephCluster, { members }))[1]).toBe('ceph pg 2.19 query');
    const limit = (where: string) => texts(found('ovs-conntrack-full', entityRef('datapath', where)))[1];
    expect(limit('netdev@ovs-netdev')).toBe('ovs-appctl dpctl/ct-get-maxconns netdev@ovs-netdev');
    expect(limit('kernel')).toBe('ovs-appctl dpctl/ct-get-maxconns');
  });

  test('follows from the code of a health check', () => {
    const check = (condition: string) => texts(found('ceph-health', cephCluster, { condition }))[0];
    expect(check('OSD_NEARFULL')).toBe('ceph osd df tree');
    expect(check('OSD_DOWN')).toBe('ceph osd tree down');
    expect(check('A_NEW_CHECK')).toBe('ceph health detail');
  });
});

describe('a step to an object', () => {
  const go = (finding: Standing) => nextSteps(finding, steps).find(({ kind }) => kind === 'go');

  test('leads to the container of a cgroup with OOM kills', () => {
    const members = [entityRef('cgroup', '/lxc.payload.lab-mem')];
    expect(go(found('oom-kills', hostResource('memory'), { members, pane: 'hardware' }))).toMatchObject({
      pane: 'containers',
      entity: entityRef('container', 'lxc:lab-mem'),
    });
  });

  test('has the time of a past event', () => {
    const past = { ageSeconds: 600 };
    expect(go(found('nic-flaps', entityRef('nic', 'eth0'), { past, pane: 'hardware' }))).toMatchObject({
      atMs: SEEN_MS - 600_000,
    });
  });

  test('has no tool when the event is over', () => {
    const process = processRef({ pid: 71, startTicks: 50 });
    const kinds = (more: Partial<Found>) =>
      nextSteps(found('process-stopped', process, more), steps).map(({ kind }) => kind);
    expect(kinds({})).toContain('tool');
    expect(kinds({ past: { ageSeconds: 5 } })).not.toContain('tool');
  });
});

test('nextSteps gives the sentence when nothing runs', () => {
  expect(nextSteps(found('no-such-rule', hostResource('cpu')), steps)).toEqual([{ kind: 'note', text: 'look' }]);
});
