import { diskOfPath, nvmeControllerOf } from '../../sources/machine/block-devices.ts';
import type { StorageLink } from '../../sources/storage/storage-links.ts';

/** Path of an NVMe namespace through one controller (native multipath, hidden block device). */
export interface NvmePath {
  /** `nvme0c2n1`. */
  readonly name: string;
  readonly disk: string;
  /** `nvme2`. */
  readonly controller: string | undefined;
  /** `live`, `connecting`, `resetting`, `dead`; undefined where it was not read. */
  readonly controllerState: string | undefined;
  /** `optimized`, `non-optimized`, `inaccessible`, `persistent-loss`, `change`; undefined of a subsystem without ANA. */
  readonly ana: string | undefined;
  /** Transport and address of the controller. */
  readonly target: string | undefined;
}

/** Paths among these block devices, with what their controllers and ANA groups report. */
export function nvmePaths(names: Iterable<string>, links: readonly StorageLink[] | undefined): readonly NvmePath[] {
  const ana = new Map(links?.flatMap(({ kind, name, state }) => (kind === 'NVMe path' ? [[name, state]] : [])));
  const controllers = new Map(links?.flatMap((link) => (link.kind === 'NVMe controller' ? [[link.name, link]] : [])));
  return [...new Set([...names, ...ana.keys()])].flatMap((name): NvmePath[] => {
    const disk = diskOfPath(name);
    if (disk === undefined) return [];
    const controller = nvmeControllerOf(name);
    const link = controllers.get(controller ?? '');
    return [{ name, disk, controller, controllerState: link?.state, ana: ana.get(name), target: link?.target }];
  });
}

/** Whether the path is lost: its controller is not live, or its ANA group is gone. Not read is not lost. */
export const isLostPath = ({ controllerState, ana }: NvmePath): boolean =>
  (controllerState !== undefined && controllerState !== 'live') || ana === 'persistent-loss';

/** Whether I/O may take the path; an inaccessible one waits for its gateway to take over. */
export const isUsablePath = (path: NvmePath): boolean =>
  !isLostPath(path) && (path.ana === undefined || path.ana === 'optimized' || path.ana === 'non-optimized');

/** `inaccessible, nvme2 connecting`. */
export const pathText = (path: NvmePath): string =>
  [path.ana, path.controllerState === undefined ? path.controller : `${path.controller ?? ''} ${path.controllerState}`]
    .filter(Boolean)
    .join(', ');
