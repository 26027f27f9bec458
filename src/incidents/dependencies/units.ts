import { entityRef, processRef } from '../../findings/entity-ref.ts';
import { unitMemory } from '../../sources/containers/unit-memory.ts';
import { processes } from '../../sources/processes/processes.ts';
import { unitDependencies } from '../../sources/processes/unit-dependencies.ts';
import { defineDependencies, type Dependency } from '../dependency.ts';

/** Service to its main process and the units that it requires; cgroup to its service. */
export const unitDependencyGraph = defineDependencies({
  id: 'units',
  needs: { processes, unitDependencies, unitMemory },
  of: ({ processes: { now: table }, unitDependencies: { now: units }, unitMemory: { now: groups } }) => {
    const found: Dependency[] = [];
    for (const [id, { mainPid, needs }] of units ?? []) {
      const unit = entityRef('unit', id);
      const main = mainPid === undefined ? undefined : table?.processes.get(mainPid);
      if (main) found.push({ dependent: unit, via: 'runs-as', on: processRef(main) });
      for (const need of needs) found.push({ dependent: unit, via: 'requires', on: entityRef('unit', need) });
    }
    for (const path of groups?.keys() ?? []) {
      const unit = path.slice(path.lastIndexOf('/') + 1);
      if (unit.endsWith('.service'))
        found.push({ dependent: entityRef('cgroup', path), via: 'member-of', on: entityRef('unit', unit) });
    }
    return found;
  },
});
