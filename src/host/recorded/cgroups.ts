import { keptGroups } from '../../sources/containers/cgroup-owner.ts';
import { cgroupFiles, hybridFiles } from '../collector/cgroup-files.ts';
import type { CgroupTable, CgroupTexts } from '../host.ts';

/** Access to recorded files by path. */
export interface RecordedFiles {
  readonly text: (path: string) => Promise<string | undefined>;
  readonly names: (path: string) => Promise<ReadonlySet<string>>;
}

const ROOT = '/sys/fs/cgroup';

/**
 * Control groups of a recorded `/sys/fs/cgroup`: v2, v1 with a folder per controller (also `cpu,cpuacct`), or hybrid with
 * `unified` among them. The network of a group is /proc/PID/net/dev of a PID in its cgroup.procs.
 */
export async function recordedCgroups(files: RecordedFiles): Promise<CgroupTable | undefined> {
  const top = await files.names(ROOT);
  // Read, not only listed, so that a recorder of reads gets it.
  const v2 = (await files.text(`${ROOT}/cgroup.controllers`)) !== undefined;
  /** Controller → its folder. */
  const folders = new Map<string, string>();
  if (v2) folders.set('unified', ROOT);
  else for (const name of top) for (const controller of name.split(',')) folders.set(controller, `${ROOT}/${name}`);
  const walked = ['cpu', 'cpuacct', 'memory', 'unified'].flatMap((controller) => folders.get(controller) ?? [])[0];
  if (walked === undefined) return undefined;
  const hybrid = !v2 && folders.has('unified');
  const read = cgroupFiles.filter(
    ({ name, of }) => folders.has(of) && (of !== 'unified' || v2 || hybridFiles.has(name)),
  );
  const groups = new Map<string, CgroupTexts>();
  for (const path of await keptPaths(walked, files)) {
    const use: Record<string, string> = {};
    const rest: Record<string, string> = {};
    for (const { name, of, pace } of read) {
      const text = await files.text(`${folders.get(of)}${path}/${name}`);
      if (text !== undefined)
        (pace === 'use' ? use : rest)[hybrid && of === 'unified' ? `unified/${name}` : name] = text;
    }
    if (Object.keys(use).length + Object.keys(rest).length === 0) continue;
    const firstPid = await firstPidBelow(`${walked}${path}`, files);
    const net = firstPid === undefined ? undefined : await files.text(`/proc/${firstPid}/net/dev`);
    if (net !== undefined) rest['net/dev'] = net;
    groups.set(path, { path, use, rest, firstPid });
  }
  return { layout: v2 ? 'v2' : hybrid ? 'hybrid' : 'v1', groups, left: 0 };
}

/** Paths in the collector's order: below a kept group only where `enter` matches. */
async function keptPaths(folder: string, { names }: RecordedFiles): Promise<string[]> {
  const kept = new RegExp(keptGroups.keep);
  const entered = new RegExp(keptGroups.enter);
  const found: string[] = [];
  const walk = async (path: string, inKept: boolean): Promise<void> => {
    for (const name of [...(await names(`${folder}${path}`))].toSorted()) {
      const below = `${path}/${name}`;
      if ((await names(`${folder}${below}`)).size === 0) continue;
      const isKept = kept.test(below);
      if (isKept) found.push(below);
      if (entered.test(below) || (!isKept && !inKept)) await walk(below, inKept || isKept);
    }
  };
  await walk('', false);
  return found;
}

/** First process of a group; in a systemd container it is a level deeper. */
async function firstPidBelow(folder: string, files: RecordedFiles): Promise<number | undefined> {
  const pid = /^\d+/.exec((await files.text(`${folder}/cgroup.procs`)) ?? '')?.[0];
  if (pid !== undefined) return Number(pid);
  for (const name of [...(await files.names(folder))].toSorted()) {
    const found = await firstPidBelow(`${folder}/${name}`, files);
    if (found !== undefined) return found;
  }
  return undefined;
}
