import { entityRef, type EntityRef } from '../../findings/entity-ref.ts';
import { pciAddress } from '../../sources/sysfs.ts';
import type { Groups, KernelKind } from './kernel-kind.ts';

const PCI = String.raw`(?<pci>[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}(?:\.[0-7])?)`;
const gpu = ({ pci = '' }: Groups): EntityRef => entityRef('pci-device', pciAddress(pci) ?? pci);

/** Xids in short. https://docs.nvidia.com/deploy/xid-errors/ */
const XIDS: ReadonlyMap<string, string> = new Map([
  ['13', 'graphics engine exception'],
  ['31', 'GPU memory page fault'],
  ['32', 'invalid push buffer'],
  ['38', 'driver firmware error'],
  ['43', 'GPU stopped processing'],
  ['45', 'channels ended after an earlier error'],
  ['48', 'double-bit ECC error'],
  ['61', 'microcontroller breakpoint'],
  ['62', 'microcontroller halt'],
  ['63', 'page retired or row remapped'],
  ['64', 'page retirement or row remap failed'],
  ['69', 'graphics engine class error'],
  ['74', 'NVLink error'],
  ['79', 'GPU has fallen off the bus'],
  ['92', 'high rate of single-bit ECC errors'],
  ['94', 'contained ECC error'],
  ['95', 'uncontained ECC error'],
  ['109', 'context switch timeout'],
  ['119', 'GSP RPC timeout'],
  ['120', 'GSP error'],
  ['140', 'unrecovered ECC error'],
  ['143', 'GPU initialization failed'],
  ['154', 'GPU recovery action changed'],
]);

/** Xids after which the GPU needs a reset, a reboot or its replacement. */
const FATAL = '48|62|64|74|79|95|119|120|140|143';

const xidText = ({ xid = '' }: Groups): string => {
  const what = XIDS.get(xid);
  return `Xid ${xid}${what === undefined ? '' : `, ${what}`}`;
};

/** Lines of the drivers of NVIDIA, AMD and Intel. */
export const gpuKinds: readonly KernelKind[] = [
  {
    id: 'nvidia-xid-fatal',
    patterns: [new RegExp(String.raw`^NVRM: Xid \((?:PCI:)?${PCI}\): (?<xid>${FATAL})\b`)],
    rule: 'gpu-errors-logged',
    severity: 'crit',
    condition: xidText,
    entity: gpu,
  },
  {
    id: 'nvidia-xid',
    patterns: [new RegExp(String.raw`^NVRM: Xid \((?:PCI:)?${PCI}\): (?<xid>\d{1,4})\b`)],
    rule: 'gpu-errors-logged',
    severity: 'warn',
    condition: xidText,
    entity: gpu,
  },
  {
    id: 'nvidia-gone',
    patterns: [
      new RegExp(String.raw`^NVRM: (?:The NVIDIA )?GPU (?:at )?(?:PCI:)?${PCI}.{1,200}?fallen off the bus`),
      new RegExp(String.raw`^NVRM: GPU ${PCI}: (?<failed>RmInitAdapter failed)`),
    ],
    rule: 'gpu-errors-logged',
    severity: 'crit',
    condition: ({ failed = 'GPU has fallen off the bus' }) => failed,
    entity: gpu,
  },
  {
    id: 'amdgpu-reset',
    patterns: [
      new RegExp(String.raw`^amdgpu ${PCI}: (?:amdgpu: )?GPU reset begin!`),
      new RegExp(String.raw`^amdgpu ${PCI}: (?:amdgpu: )?ring (?<ring>[\w.]{1,24}) timeout`),
    ],
    rule: 'gpu-errors-logged',
    severity: 'crit',
    condition: ({ ring }) => (ring === undefined ? 'GPU reset' : `ring ${ring} timeout`),
    entity: gpu,
  },
  {
    id: 'amdgpu-ecc',
    patterns: [
      new RegExp(
        String.raw`^amdgpu ${PCI}: .{0,64}?\b(?<count>\d{1,9}) (?:new )?uncorrectable hardware errors detected .{0,16}?(?<block>\w{1,16}) block`,
      ),
    ],
    rule: 'gpu-errors-logged',
    severity: 'crit',
    condition: ({ count, block }) => `${count} uncorrectable ECC errors (${block})`,
    entity: gpu,
  },
  {
    id: 'intel-gpu-hang',
    patterns: [
      new RegExp(String.raw`^i915 ${PCI}: \[drm\] GPU HANG: ecode (?<ecode>[0-9a-fx:]{1,32})`),
      new RegExp(
        String.raw`^xe ${PCI}: \[drm\] (?:\*ERROR\* )?(?:Tile\d{1,2}: )?GT\d{1,2}: (?:Engine reset|Timedout job)`,
      ),
    ],
    rule: 'gpu-errors-logged',
    severity: 'warn',
    condition: ({ ecode }) => (ecode === undefined ? 'GPU engine reset' : `GPU hang, ecode ${ecode}`),
    entity: gpu,
  },
];
