import {
  containerNeeds,
  containersAt,
  hostEpochSeconds,
  type ContainerMoment,
} from '../../entities/containers/containers.ts';
import type { Container } from '../../entities/containers/container.ts';
import { exitedByItself } from '../../entities/containers/exited.ts';
import { engineNeeds, enginesAt } from '../../entities/containers/engines.ts';
import { isStuck } from '../../entities/containers/lxd-stuck.ts';
import { containerUse } from '../../entities/containers/use.ts';
import { containerSubject } from '../../findings/containers/cap-findings.ts';
import { entityRef, thisHost } from '../../findings/entity-ref.ts';
import { plain } from '../../lib/plain.ts';
import { binaryBytes, count, ms, percent } from '../../lib/units.ts';
import { lxdCluster } from '../../sources/containers/lxd-cluster.ts';
import { lxdOperations } from '../../sources/containers/lxd-operations.ts';
import { lxdPools } from '../../sources/containers/lxd-pools.ts';
import { lxdWarnings } from '../../sources/containers/lxd-warnings.ts';
import { cpuStat } from '../../sources/machine/cpu-stat.ts';
import { limits } from '../../thresholds.ts';
import { overLast } from '../../timeline/window.ts';
import { stateOfMissing } from '../../timeline/reading-state.ts';
import { check, defineChecks, unreadCheck, type Check } from '../check.ts';

const NO_LIMIT = 'no limit';
const LIMIT_UNREAD = 'its limit is not readable';

const isUp = ({ state }: Container): boolean => ['running', 'paused', 'frozen', 'restarting'].includes(state);

/** Containers that run: CPU quota, memory limit, pids limit, OOM kills, state. */
export const containerChecks = defineChecks({
  id: 'containers',
  needs: containerNeeds,
  rules: [
    'container-throttled',
    'container-memory-short',
    'container-oom',
    'container-pids',
    'container-restart-loop',
    'container-unhealthy',
    'container-frozen',
    'container-failed',
  ],
  of: (moment): readonly Check[] => {
    const window = overLast(moment.cgroups, 30, 5);
    const [all, ended] = byState(containersAt(moment));
    const source = { cgroups: moment.cgroups };
    return [
      ...all.flatMap((one) => {
        const use = containerUse(one, window, window);
        const { group } = one;
        const line = { entity: entityRef('container', one.key), name: containerSubject(one), family: 'containers', pane: 'containers', because: use === undefined ? ({ state: 'not readable', why: 'its cgroup' } as const) : undefined } as const; // prettier-ignore
        return [
          ...check(
            { ...line, aspect: 'saturation', rules: ['container-throttled'], what: 'throttled periods', limit: `${limits.containerThrottledPct.warn}%`, load: use?.throttledPct ?? 0 }, // prettier-ignore
            group?.cpuQuotaPct === 'none' ? NO_LIMIT : use?.throttledPct === undefined ? undefined : `${percent(use.throttledPct)}, quota ${percent(use.quotaPct)}`, // prettier-ignore
            source,
          ),
          ...check(
            { ...line, aspect: 'utilisation', rules: ['container-memory-short'], what: 'memory', limit: `${limits.containerMemoryPct.warn}% of its limit`, load: use?.memoryPct ?? 0 }, // prettier-ignore
            group?.memoryMaxBytes === 'none' ? NO_LIMIT : use?.memoryPct === undefined ? undefined : `${percent(use.memoryPct)} of ${binaryBytes(use.memoryMaxBytes)}`, // prettier-ignore
            source,
            LIMIT_UNREAD,
          ),
          ...check(
            { ...line, aspect: 'utilisation', rules: ['container-pids'], what: 'pids', limit: `${limits.containerPidsPct.warn}% of its limit`, load: use?.pidsPct ?? 0 }, // prettier-ignore
            group?.pidsMax === 'none' ? NO_LIMIT : use?.pidsPct === undefined ? undefined : `${use.pids} of ${use.pidsMax}`, // prettier-ignore
            source,
            LIMIT_UNREAD,
          ),
          ...check(
            { ...line, aspect: 'errors', rules: ['container-oom'], what: 'OOM kills since its start', limit: 'any in 5 min', load: use?.oomKills ?? 0 }, // prettier-ignore
            use?.oomKills === undefined ? undefined : count(use.oomKills),
            source,
            'memory.events is not readable',
          ),
          ...check(
            { ...line, aspect: 'errors', rules: ['container-restart-loop', 'container-unhealthy', 'container-frozen', 'container-failed'], what: 'state', limit: 'running' }, // prettier-ignore
            `${one.state}${one.health === undefined ? '' : `, ${plain(one.health)}`}${one.recentRestarts === undefined ? '' : `, ${one.recentRestarts} restarts in 10 min`}`,
            source,
          ),
        ];
      }),
      ...ended.flatMap((one) => ofEnded(one, moment)),
      ...(all.length > 0
        ? []
        : unreadCheck({ entity: thisHost, name: 'containers', nameVocabulary: 'fixed', pane: 'containers', aspect: 'utilisation', rules: ['container-throttled', 'container-memory-short', 'container-oom', 'container-pids'], what: 'cgroups' }, source)), // prettier-ignore
    ];
  },
});

/** Containers that run or restart, and those that ended. */
function byState(containers: readonly Container[]): readonly [readonly Container[], readonly Container[]] {
  const runs = (one: Container) => isUp(one) || one.oomEvents > 0 || (one.recentRestarts ?? 0) > 0;
  return [containers.filter(runs), containers.filter((one) => !runs(one))];
}

function ofEnded(one: Container, moment: ContainerMoment): readonly Check[] {
  const { key, state, exitCode } = one;
  const failed = state === 'dead' || state === 'error' || exitedByItself(one);
  return check(
    { entity: entityRef('container', key), name: containerSubject(one), family: 'ended containers', pane: 'containers', aspect: 'errors', rules: ['container-failed'], what: 'state', limit: 'no error in 10 min', load: failed ? 1 : 0 }, // prettier-ignore
    state === 'unknown' ? undefined : `${state}${exitCode === undefined ? '' : `, exit code ${exitCode}`}`,
    listOf(one, moment),
    'its state is not known',
  );
}

/** List that has the containers of an engine that do not run. */
function listOf({ engine }: Container, moment: ContainerMoment): Parameters<typeof check>[2] {
  if (engine === 'docker') return { docker: moment.docker, dockerEvents: moment.dockerEvents };
  if (engine === 'lxd' || engine === 'incus') return { lxd: moment.lxd };
  if (engine === 'lxc') return { lxc: moment.lxc };
  if (engine === 'podman') return { podman: moment.podman };
  return { cgroups: moment.cgroups };
}

/** Engines and LXD: daemons, cluster members, pools, operations, warnings. */
export const engineChecks = defineChecks({
  id: 'engines',
  needs: { ...engineNeeds, lxdCluster, lxdPools, lxdOperations, lxdWarnings, cpuStat },
  rules: ['container-daemon-unresponsive', 'lxd-member-offline', 'lxd-pool-full', 'lxd-operation-stuck', 'lxd-warning'],
  of: (moment): readonly Check[] => {
    const { lxdCluster: members, lxdPools: pools, lxdOperations: operations, lxdWarnings: warnings } = moment;
    const nowSeconds = hostEpochSeconds(moment);
    const running = [...(operations.now?.servers.values() ?? [])].flat();
    const own = [...(warnings.now?.servers.values() ?? [])].flat();
    const lxd = { entity: thisHost, name: 'LXD', nameVocabulary: 'fixed', pane: 'containers', wide: true } as const;
    return [
      ...enginesAt(moment, new Set())
        .filter(({ state }) => state !== 'no daemon')
        .flatMap(({ key, state, tookMs, detail, place, orphans }) => {
          const source = place === undefined ? { dockerPing: moment.dockerPing } : { lxdPing: moment.lxdPing };
          const why = place === undefined ? moment.dockerPing.missing['ping'] : moment.lxdPing.missing[place];
          return check(
            { entity: entityRef('daemon', key), name: key, nameVocabulary: 'fixed', pane: 'containers', aspect: 'errors', rules: ['container-daemon-unresponsive'], what: 'ping', ...(orphans > 0 && { essential: true as const }), limit: `${limits.daemonAnswerMs.warn} ms`, because: why && stateOfMissing(why) }, // prettier-ignore
            state === 'answers' ? `replies in ${ms(tookMs)}` : undefined,
            source,
            plain(detail ?? state),
          );
        }),
      ...[...(members.now?.servers ?? [])].flatMap(([place, all]) =>
        all.flatMap(({ name, status }) =>
          check(
            { entity: entityRef('lxd-member', `${place}/${name}`), name: plain(name), family: 'LXD members', pane: 'containers', aspect: 'errors', rules: ['lxd-member-offline'], what: 'status', limit: 'Online' }, // prettier-ignore
            status === undefined ? undefined : plain(status),
            { lxdCluster: members },
            'status not reported',
          ),
        ),
      ),
      ...[...(pools.now?.servers ?? [])].flatMap(([place, all]) =>
        all.flatMap(({ name, usedBytes, totalBytes }) => {
          const pct = usedBytes === undefined || !totalBytes ? undefined : (100 * usedBytes) / totalBytes;
          return check(
            { entity: entityRef('storage-pool', `${place}/${name}`), name: plain(name), family: 'LXD pools', pane: 'containers', aspect: 'utilisation', rules: ['lxd-pool-full'], what: 'used', limit: `${limits.lxdPoolUsedPct.warn}%`, load: pct ?? 0 }, // prettier-ignore
            pct === undefined ? undefined : `${percent(pct)} of ${binaryBytes(totalBytes)}`,
            { lxdPools: pools },
            'usage not reported',
          );
        }),
      ),
      ...check(
        { ...lxd, aspect: 'saturation', rules: ['lxd-operation-stuck'], what: 'stuck operations', limit: 'none' },
        (operations.now?.servers.size ?? 0) === 0 ? undefined : `${running.filter((one) => isStuck(one, nowSeconds)).length} of ${running.length}`, // prettier-ignore
        { lxdOperations: operations },
      ),
      ...check(
        { ...lxd, aspect: 'errors', rules: ['lxd-warning'], what: 'warnings', limit: 'new, moderate or high' },
        (warnings.now?.servers.size ?? 0) === 0 ? undefined : `${own.filter(({ status }) => status === 'new').length} new of ${own.length}`, // prettier-ignore
        { lxdWarnings: warnings },
      ),
    ];
  },
});
