import { toNumber, words } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';

/**
 * Load: runnable tasks and tasks in D state, averaged over 1, 5 and 15 minutes.
 * proc_loadavg(5): `3.34 2.51 1.89 5/412 20417`: the averages, runnable/all threads, the last PID.
 */
export const loadavg = defineSource({
  id: 'loadavg',
  title: 'Load',
  why: 'Shows load averages, to compare with the number of CPUs.',
  everySeconds: 2,
  reads: { text: { kind: 'file', path: '/proc/loadavg' } },
  parse: ({ text }) => {
    const [one, five, fifteen, threads = '', lastPid] = words(text ?? '');
    const [runnable, all] = threads.split('/');
    return {
      load1: toNumber(one),
      load5: toNumber(five),
      load15: toNumber(fifteen),
      runnableThreads: toNumber(runnable),
      threads: toNumber(all),
      lastPid: toNumber(lastPid),
    };
  },
});
