import { enginesAt, engineNeeds, type EngineState } from '../../entities/containers/engines.ts';
import { unseenWords } from '../../entities/processes/hidden-processes.ts';
import { plain } from '../../lib/plain.ts';
import { ms, percent, plural, span } from '../../lib/units.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { limits } from '../../thresholds.ts';

/** Without its daemon no container can be started, stopped or entered, while those that run may be well. */
export const containerDaemonUnresponsive = defineFinding({
  id: 'container-daemon-unresponsive',
  title: 'Container daemon unresponsive, gone or slow',
  needs: engineNeeds,
  authority: limits.daemonAnswerMs.authority,
  judge: (moment) =>
    enginesAt(moment, new Set()).flatMap((engine) => findingOf(engine, unseenWords(moment.processes)) ?? []),
});

function findingOf(engine: EngineState, unseen: string | undefined): Found | undefined {
  const { state, tookMs, unresponsiveSeconds, process, detail, orphans } = engine;
  const since = unresponsiveSeconds === undefined ? '' : ` for ${span(unresponsiveSeconds)}`;
  const evidence = [
    { what: 'ping', value: tookMs === undefined ? plain(detail ?? state) : ms(tookMs), source: 'API socket' },
    {
      what: 'daemon process',
      value: process
        ? `pid ${process.pid}, state ${plain(process.state)}, ${percent(engine.cpuPct)} of a CPU`
        : (unseen ?? 'none'),
      source: '/proc',
    },
  ];
  const common = {
    subject: engine.key,
    subjectVocabulary: 'fixed' as const,
    entity: entityRef('daemon', engine.engine),
    // LXD of the package and of the snap may both be there.
    ...(engine.place !== undefined && { condition: engine.place }),
    evidence,
    pane: 'containers',
  };
  if (state === 'unresponsive')
    return {
      ...common,
      severity: 'crit',
      sentence: `daemon accepts connections, does not respond${since}${process || unseen !== undefined ? '' : ', no process found'}`,
      next: 'open Containers, press t on its row in Engines: stacks show where it hangs; running containers go on',
    };
  // A daemon without any reply so far may be disabled on purpose.
  if ((state === 'stopped' || state === 'failed') && unresponsiveSeconds !== undefined)
    return {
      ...common,
      severity: 'crit',
      sentence: `daemon gone${since}`,
      next: `\`systemctl status ${unitOf(engine)}\`; running containers go on, without restarts`,
    };
  if (orphans > 0)
    return {
      ...common,
      severity: 'crit',
      sentence: `dockerd not running, ${plural(orphans, 'container')} still up`,
      next: `\`systemctl status ${unitOf(engine)}\`; running containers go on, without restarts`,
    };
  if (state === 'answers' && engine.slow)
    return {
      ...common,
      severity: 'warn',
      sentence: `daemon slow, ${ms(tookMs)} per ping`,
      next: 'open Containers, read CPU% and RSS in Engines; look for monitoring that polls it',
    };
  return undefined;
}

/** Name of the daemon's systemd unit, for a command to copy. */
const unitOf = ({ engine, place }: EngineState): string => (place === 'snap' ? 'snap.lxd.daemon' : engine);
