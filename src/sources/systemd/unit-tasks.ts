import { toCount } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';

export interface UnitTasks {
  readonly tasks: number;
  readonly limit: number;
  /** Forks that the limit refused. */
  readonly refused: number | undefined;
}

/**
 * Tasks of services and users against TasksMax=: pids.current, pids.max and pids.events of their control groups, v2 or v1.
 * Instances (`ceph-osd@1.service`) are in a slice of their template. https://docs.kernel.org/admin-guide/cgroup-v2.html#pid-interface-files
 *
 *     /sys/fs/cgroup/system.slice/shop.service/pids.max: 512      pids.events: max 3
 */
export const unitTasks = defineSource({
  id: 'unit-tasks',
  title: 'Tasks of units',
  why: 'Shows services and users near their limit of tasks (TasksMax), at which fork fails.',
  everySeconds: 10,
  reads: {
    services: { kind: 'glob', pattern: '/sys/fs/cgroup/system.slice/*.service/pids.[cme]*' },
    instances: { kind: 'glob', pattern: '/sys/fs/cgroup/system.slice/*.slice/*.service/pids.[cme]*' },
    users: { kind: 'glob', pattern: '/sys/fs/cgroup/user.slice/user-*.slice/pids.[cme]*' },
    v1: { kind: 'glob', pattern: '/sys/fs/cgroup/pids/system.slice/*.service/pids.[cme]*' },
    v1Instances: { kind: 'glob', pattern: '/sys/fs/cgroup/pids/system.slice/*.slice/*.service/pids.[cme]*' },
    v1Users: { kind: 'glob', pattern: '/sys/fs/cgroup/pids/user.slice/user-*.slice/pids.[cme]*' },
  },
  parse: (values): ReadonlyMap<string, UnitTasks> => {
    const files = new Map(Object.values(values).flatMap((one) => [...(one ?? [])]));
    const units = new Map<string, UnitTasks>();
    for (const [path, text] of files) {
      const group = path.slice(0, path.lastIndexOf('/'));
      if (!path.endsWith('/pids.current')) continue;
      const tasks = toCount(text.trim());
      // `max` is none.
      const limit = toCount(files.get(`${group}/pids.max`)?.trim());
      const refused = toCount(/^max (\d+)/m.exec(files.get(`${group}/pids.events`) ?? '')?.[1]);
      if (tasks !== undefined && limit !== undefined && limit > 0)
        units.set(group.slice(group.lastIndexOf('/') + 1), { tasks, limit, refused });
    }
    return units;
  },
});
