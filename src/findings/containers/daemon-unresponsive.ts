import { enginesAt, engineNeeds, type EngineState } from '../../entities/containers/engines.ts';
import { engineName } from '../../entities/containers/container.ts';
import { hiddenProcesses } from '../../entities/processes/hidden-processes.ts';
import { plain } from '../../lib/plain.ts';
import { duration, ms, percent } from '../../lib/units.ts';
import { defineFinding, type Found } from '../finding.ts';
import { limits } from '../../thresholds.ts';

/** The daemon is the patient: nothing can be started, stopped or entered, while the containers themselves may be well. */
export const containerDaemonSilent = defineFinding({
  id: 'container-daemon-silent',
  title: 'A container daemon that does not answer, or slowly',
  needs: engineNeeds,
  authority: limits.daemonAnswerMs.authority,
  judge: (moment) => enginesAt(moment, new Set()).flatMap((engine) => said(engine, hiddenProcesses(moment)) ?? []),
});

function said(engine: EngineState, hidden: string | undefined): Found | undefined {
  const name = engineName(engine.engine);
  const { state, tookMs, silentSeconds, process, detail } = engine;
  const lately = silentSeconds === undefined ? '' : ` for ${duration(silentSeconds)}`;
  const evidence = [
    { what: 'answer', value: tookMs === undefined ? plain(detail ?? state) : ms(tookMs), source: 'its socket' },
    {
      what: 'its process',
      value: process
        ? `pid ${process.pid}, state ${plain(process.state)}, ${percent(engine.cpuPct)} of a CPU`
        : (hidden ?? 'none'),
      source: '/proc',
    },
  ];
  const common = { subject: engine.key, evidence, pane: 'containers' };
  if (state === 'silent')
    return {
      ...common,
      severity: 'crit',
      sentence: `the ${name} daemon takes connections and does not answer${lately}${process || hidden !== undefined ? '' : ', though its process is not to be seen'}`,
      next: 'its process: t on its row in Engines shows where its threads wait; its containers go on without it',
    };
  // One that we never heard may be meant to be off.
  if ((state === 'stopped' || state === 'failed') && silentSeconds !== undefined)
    return {
      ...common,
      severity: 'crit',
      sentence: `the ${name} daemon is gone${lately}`,
      next: 'systemctl status and its journal tell why; its containers may live on, but nobody restarts them',
    };
  if (state === 'answers' && tookMs !== undefined && tookMs >= limits.daemonAnswerMs.warn)
    return {
      ...common,
      severity: 'warn',
      sentence: `the ${name} daemon takes ${ms(tookMs)} to answer its simplest question`,
      next: 'look at its CPU and memory in Engines, and at what asks it so often (monitoring that polls it)',
    };
  return undefined;
}
