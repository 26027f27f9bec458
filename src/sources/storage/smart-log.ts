import { countOf, fields, flagOf, items, json, numberOf, textOf } from '../../lib/json.ts';
import { defineDetail } from '../source.ts';

/** Arguments of smartctl before the disk: one that sleeps is not woken. */
export const SMARTCTL = ['smartctl', '--json=c', '--nocheck=standby', '--info', '--health', '--attributes'];

export interface SmartAttribute {
  readonly id: number;
  readonly name: string;
  readonly value: number | undefined;
  readonly worst: number | undefined;
  readonly threshold: number | undefined;
  /** `now` or `past`, where its value is or was below the threshold. */
  readonly whenFailed: string | undefined;
  readonly raw: number | undefined;
  readonly rawText: string | undefined;
}

/** SMART of one disk as smartctl has it; all its texts are hostile. */
export interface SmartLog {
  readonly model: string | undefined;
  readonly firmware: string | undefined;
  readonly protocol: string | undefined;
  readonly passed: boolean | undefined;
  readonly temperatureC: number | undefined;
  readonly powerOnHours: number | undefined;
  readonly attributes: readonly SmartAttribute[];
  /** NVMe. */
  readonly criticalWarning: number | undefined;
  readonly sparePct: number | undefined;
  readonly spareThresholdPct: number | undefined;
  readonly usedPct: number | undefined;
  readonly mediaErrors: number | undefined;
  /** SCSI. */
  readonly grownDefects: number | undefined;
  /** Messages of smartctl: `Device is in STANDBY mode, exit(2)`. */
  readonly messages: readonly string[];
}

const MAX_ATTRIBUTES = 64;

/**
 * SMART data of one disk: smartctl(8), whose exit code is a set of bits about the disk.
 *
 *     {"model_name":"Samsung SSD 840 Series","smart_status":{"passed":true},"ata_smart_attributes":{"table":[{"id":5,…}]}}
 */
export const smartLog = defineDetail({
  id: 'smart-log',
  title: 'SMART data of a disk',
  why: 'Shows errors, reallocated sectors, wear and temperature that a disk counted, when the engineer opens them; a sleeping disk is not woken.',
  everySeconds: 3600,
  example: { disk: 'sda' },
  reads: ({ disk }: { readonly disk: string }) => ({
    log: {
      kind: 'run',
      argv: [...SMARTCTL, `/dev/${disk}`],
      okExits: Array.from({ length: 256 }, (_, code) => code),
      as: 'root',
      timeoutMs: 20_000,
    },
  }),
  parse: ({ log: text }): SmartLog | undefined => (text === undefined ? undefined : smartOf(json(text))),
});

export function smartOf(value: unknown): SmartLog | undefined {
  const all = fields(value);
  if (Object.keys(all).length === 0) return undefined;
  const nvme = fields(all['nvme_smart_health_information_log']);
  return {
    model: textOf(all['model_name']) ?? textOf(all['scsi_model_name']),
    firmware: textOf(all['firmware_version']) ?? textOf(all['scsi_revision']),
    protocol: textOf(fields(all['device'])['protocol']),
    passed: flagOf(fields(all['smart_status'])['passed']),
    temperatureC: numberOf(fields(all['temperature'])['current']),
    powerOnHours: countOf(fields(all['power_on_time'])['hours']),
    attributes: items(fields(all['ata_smart_attributes'])['table'])
      .slice(0, MAX_ATTRIBUTES)
      .flatMap((one) => attributeOf(fields(one)) ?? []),
    criticalWarning: countOf(nvme['critical_warning']),
    sparePct: countOf(nvme['available_spare']),
    spareThresholdPct: countOf(nvme['available_spare_threshold']),
    usedPct: countOf(nvme['percentage_used']),
    mediaErrors: countOf(nvme['media_errors']),
    grownDefects: countOf(all['scsi_grown_defect_list']),
    messages: items(fields(all['smartctl'])['messages']).flatMap((one) => textOf(fields(one)['string']) ?? []),
  };
}

function attributeOf(one: Readonly<Record<string, unknown>>): SmartAttribute | undefined {
  const [id, name] = [countOf(one['id']), textOf(one['name'])];
  if (id === undefined || name === undefined) return undefined;
  const raw = fields(one['raw']);
  return {
    id,
    name,
    value: countOf(one['value']),
    worst: countOf(one['worst']),
    threshold: countOf(one['thresh']),
    whenFailed: textOf(one['when_failed']),
    raw: countOf(raw['value']),
    rawText: textOf(raw['string']),
  };
}
