import { lines } from '../lib/lines.ts';

/**
 * Where the kernel says whether a process is frozen with its container (docker pause, lxc freeze): cgroup v1 freezer.state
 * (kernel doc cgroup-v1/freezer-subsystem), v2 cgroup.events (admin-guide/cgroup-v2). From /proc/PID/cgroup.
 */
export function freezerFiles(cgroup: string | undefined): readonly string[] {
  return lines(cgroup ?? '').flatMap((line) => {
    const [, number, controllers = '', path = ''] = /^(\d+):([^:]*):(\/.*)$/.exec(line) ?? [];
    if (number === undefined) return [];
    const below = path === '/' ? '' : path;
    if (controllers.split(',').includes('freezer')) return [`/sys/fs/cgroup/freezer${below}/freezer.state`];
    // Hybrid layouts have the unified hierarchy beside the others.
    return number === '0'
      ? ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'].map((top) => `${top}${below}/cgroup.events`)
      : [];
  });
}

/** `FROZEN` or `FREEZING` of v1, `frozen 1` of v2. */
export const saysFrozen = (text: string): boolean => /^(FROZEN|FREEZING)$|^frozen 1$/m.test(text);
