import { defineDetail } from '../source.ts';
import { parseSsacli } from './ssacli.ts';
import { parseStorcli } from './storcli.ts';

/** Tools of RAID controllers, with arguments that only show; `nolog` keeps storcli.log from being written. */
export const STORCLI = ['/opt/MegaRAID/storcli/storcli64', '/call', 'show', 'all', 'J', 'nolog'];
export const PERCCLI = ['/opt/MegaRAID/perccli/perccli64', '/call', 'show', 'all', 'J', 'nolog'];
export const SSACLI = ['ssacli', 'ctrl', 'all', 'show', 'config'];
export const SSACLI_STATUS = ['ssacli', 'ctrl', 'all', 'show', 'status'];

/** Drivers of RAID controllers → maker, whose tool reads them. */
export const RAID_DRIVERS: ReadonlyMap<string, RaidMaker> = new Map([
  ['megaraid_sas', 'Broadcom'],
  ['hpsa', 'HPE'],
  ['smartpqi', 'HPE'],
]);
export type RaidMaker = 'Broadcom' | 'HPE';

export interface VirtualDrive {
  /** `0/0`: drive group and virtual drive, or number of the logical drive. */
  readonly id: string;
  readonly level: string;
  /** `Optl`, `Dgrd`, `Pdgd`, `OfLn`; `OK`, `Interim Recovery Mode`. */
  readonly state: string;
  readonly size: string;
  readonly name: string | undefined;
}

export interface PhysicalDrive {
  /** Enclosure and slot `252:0`, or port, box and bay `1I:1:1`. */
  readonly slot: string;
  /** `Onln`, `UBad`, `Rbld`, `GHS`; `OK`, `Failed`, `Predictive Failure`. */
  readonly state: string;
  readonly size: string;
  readonly model: string | undefined;
}

/** Controller as its tool shows it; all its texts are hostile. */
export interface RaidController {
  readonly tool: 'storcli' | 'perccli' | 'ssacli';
  readonly model: string;
  readonly firmware: string | undefined;
  /** `Optimal`, `Degraded`, `Needs Attention`; `OK`. */
  readonly status: string | undefined;
  readonly temperatureC: number | undefined;
  readonly virtualDrives: readonly VirtualDrive[];
  readonly drives: readonly PhysicalDrive[];
  /** State of the battery or capacitor of its cache; undefined where it has none. */
  readonly battery: string | undefined;
}

/**
 * Virtual and physical drives of the RAID controllers of a maker, by the tool that is installed: StorCLI Reference Manual (Broadcom),
 * HPE Smart Storage Administrator User Guide. A firmware that hangs is given up after 60 s.
 */
export const raidTools = defineDetail({
  id: 'raid-tools',
  title: 'Drives of RAID controllers',
  why: 'Shows degraded virtual drives, failed disks and batteries behind a RAID controller, when the engineer opens them.',
  everySeconds: 3600,
  example: { maker: 'Broadcom' },
  reads: ({ maker }: { readonly maker: RaidMaker }) => {
    const read = (argv: readonly string[]) =>
      ({ kind: 'run', argv, okExits: Array.from({ length: 256 }, (_, code) => code), as: 'root', timeoutMs: 60_000 }) as const; // prettier-ignore
    return maker === 'HPE'
      ? { first: read(SSACLI), second: read(SSACLI_STATUS) }
      : { first: read(STORCLI), second: read(PERCCLI) };
  },
  parse: ({ first, second }, { maker }): readonly RaidController[] | undefined => {
    if (maker === 'HPE') return first === undefined ? undefined : parseSsacli(first, second ?? '');
    if (first === undefined && second === undefined) return undefined;
    // perccli also lists what storcli does: one of them is enough.
    const found = parseStorcli(first ?? '', 'storcli');
    return found.length > 0 ? found : parseStorcli(second ?? '', 'perccli');
  },
});
