import { fields, json, textOf, textsOf } from '../../lib/json.ts';
import { defineSource } from '../source.ts';

/** Health log of an NVMe controller. NVM Express Base Specification, SMART / Health Information (Log Identifier 02h). */
export interface NvmeHealth {
  readonly name: string;
  /** Bits of the critical warning. */
  readonly criticalWarning: number;
  readonly temperatureC: number | undefined;
  readonly sparePct: number;
  readonly spareThresholdPct: number;
  /** Estimate of the life that is used; may exceed 100. */
  readonly usedPct: number;
  readonly powerOnHours: number;
  readonly unsafeShutdowns: number;
  readonly mediaErrors: number;
  readonly errorLogEntries: number;
  /** Minutes above the thresholds of the temperature since it was made. */
  readonly warningTempMinutes: number;
  readonly criticalTempMinutes: number;
}

export interface NvmeHealthSample {
  readonly controllers: ReadonlyMap<string, NvmeHealth>;
  /** Controllers without a log, with the reason: its state, an error. */
  readonly failed: ReadonlyMap<string, string>;
}

const LOG_BYTES = 232;

/**
 * Health of NVMe controllers.
 *
 *     {"all":1,"logs":{"nvme0":"00340163…"},"failed":{}}
 */
export const nvmeHealth = defineSource({
  id: 'nvme-health',
  title: 'Health of NVMe disks',
  why: 'Shows critical warnings, media errors, spare and wear of NVMe disks.',
  everySeconds: 600,
  value: 'low',
  reads: { logs: { kind: 'talk', dialect: 'facts', to: 'facts:nvme', request: 'nvme', as: 'root' } },
  parse: ({ logs: text }): NvmeHealthSample | undefined => {
    if (text === undefined) return undefined;
    const reply = fields(json(text));
    const logs = Object.entries(fields(reply['logs'])).flatMap(([name, hex]) => healthOf(name, textOf(hex)) ?? []);
    return { controllers: new Map(logs.map((one) => [one.name, one])), failed: textsOf(reply['failed']) };
  },
});

export function healthOf(name: string, hex: string | undefined): NvmeHealth | undefined {
  const bytes = Uint8Array.from(hex?.match(/[\da-f]{2}/gi) ?? [], (pair) => Number.parseInt(pair, 16));
  if (bytes.length < LOG_BYTES) return undefined;
  const view = new DataView(bytes.buffer);
  /** Counters have 16 bytes; the upper 8 are 0 on every disk that was made. */
  const counter = (at: number) => Number(view.getBigUint64(at, true));
  const kelvin = view.getUint16(1, true);
  return {
    name,
    criticalWarning: view.getUint8(0),
    temperatureC: kelvin === 0 ? undefined : kelvin - 273,
    sparePct: view.getUint8(3),
    spareThresholdPct: view.getUint8(4),
    usedPct: view.getUint8(5),
    powerOnHours: counter(128),
    unsafeShutdowns: counter(144),
    mediaErrors: counter(160),
    errorLogEntries: counter(176),
    warningTempMinutes: view.getUint32(192, true),
    criticalTempMinutes: view.getUint32(196, true),
  };
}
