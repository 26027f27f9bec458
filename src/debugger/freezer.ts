import { lines } from '../lib/lines.ts';

/**
 * Files with the freezer state of a process (docker pause, lxc freeze), from /proc/PID/cgroup: freezer.state of cgroup v1
 * (kernel doc cgroup-v1/freezer-subsystem), cgroup.events of v2 (admin-guide/cgroup-v2).
 */
export function freezerFiles(cgroup: string | undefined): readonly string[] {
  return lines(cgroup ?? '').flatMap((line) => {
    const [, number, controllers = '', path = ''] = /^(\d+):([^:]*):(\/.*)$/.exec(line) ?? [];
    if (number === undefined) return [];
    const below = path === '/' ? '' : path;
    if (controllers.split(',').includes('freezer')) return [`/sys/fs/cgroup/freezer${below}/freezer.state`];
    // In hybrid layouts the unified hierarchy is a subfolder.
    return number === '0'
      ? ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'].map((top) => `${top}${below}/cgroup.events`)
      : [];
  });
}

/** Whether a freezer file is `FROZEN` or `FREEZING` (v1), or has `frozen 1` (v2). */
export const isFrozen = (text: string): boolean => /^(FROZEN|FREEZING)$|^frozen 1$/m.test(text);
