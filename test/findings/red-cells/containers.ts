import type { JudgedCells } from './judged-cell.ts';

export const containersJudged: JudgedCells = {
  'containers/containers/memoryPct': { rules: ['container-memory-short'] },
  'containers/containers/oom': { rules: ['container-oom'] },
  'containers/containers/pids': { rules: ['container-pids'] },
  'containers/containers/problem': { rules: ['container-oom', 'container-restart-loop', 'container-unhealthy', 'container-pids', 'container-memory-short', 'container-throttled', 'container-failed'] }, // prettier-ignore
  'containers/containers/psiCpu': { rules: ['container-throttled', 'container-pressure'], host: ['cpu-saturated'] },
  'containers/containers/psiMemory': { rules: ['container-pressure'] },
  'containers/containers/restarts': { rules: ['container-restart-loop'] },
  'containers/containers/state': { rules: ['container-frozen', 'container-failed', 'container-restart-loop'] },
  'containers/containers/throttled': { rules: ['container-throttled'] },
  'containers/engines/daemon': { rules: ['container-daemon-unresponsive'] },
  'containers/pools/used': { rules: ['lxd-pool-full'] },
  'containers/tile/docker': { rules: ['container-daemon-unresponsive'] },
  'containers/tile/problems': { rules: ['container-oom', 'container-restart-loop', 'container-unhealthy', 'container-pids', 'container-memory-short', 'container-throttled', 'container-failed'] }, // prettier-ignore
};
