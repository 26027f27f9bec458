import { span } from '../lib/units.ts';
import { kernelLog } from '../sources/kernel/kernel-log.ts';
import { nvmeControllerOf } from '../sources/machine/block-devices.ts';
import type { Needs } from '../timeline/moment.ts';
import type { Finding, Found } from './finding.ts';

/** Age up to which a line belongs to a present fault. */
const RECENT_SECONDS = 3600;

/**
 * Rule whose findings have the newest line of the kernel log that fits as their first evidence. Without such a line, or where the log is
 * not readable, the findings are as they were.
 */
export function quotingKernelLog<N extends Needs>(
  rule: Finding<N>,
  fits: (found: Found) => RegExp,
): Finding<N & { readonly kernelLog: typeof kernelLog }> {
  return {
    ...rule,
    needs: { ...rule.needs, kernelLog },
    judge: (moment) => {
      const found = rule.judge(moment);
      const { history, ageMs } = moment.kernelLog;
      const last = history.at(-1);
      const records = last?.sample?.records;
      if (!last || !records) return found;
      return found.map((one) => {
        const pattern = fits(one);
        const line = records.findLast(({ byKernel, text }) => byKernel && pattern.test(text));
        if (!line) return one;
        const ageSeconds = Math.max(0, last.at - line.at) + (ageMs ?? 0) / 1000;
        if (!one.past && ageSeconds > RECENT_SECONDS) return one;
        const quoted = { what: `kernel log, ${span(ageSeconds)} ago`, value: line.text, source: '/dev/kmsg' };
        return { ...one, evidence: [quoted, ...one.evidence] };
      });
    },
  };
}

/** Lines about a disk or its NVMe controller: `I/O error, dev sda`, `nvme nvme0: I/O 12 timeout`. */
export const diskLine = ({ entity }: Found): RegExp => {
  const names = [entity.id, nvmeControllerOf(entity.id) ?? entity.id].map((name) =>
    name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`),
  );
  return new RegExp(String.raw`(?<![\w-])(?:${names.join('|')})(?![\w-])`);
};
