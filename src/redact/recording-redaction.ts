import type { Read } from '../host/host.ts';
import type { Redactor } from './redactor.ts';
import { isSocketTable, mapAddresses } from './socket-table.ts';

/** Kernel counters: fixed words and figures, which a name equal to one of these words must not make unreadable. */
const COUNTERS =
  /^\/proc\/(?:stat|meminfo|vmstat|loadavg|uptime|buddyinfo|zoneinfo|softirqs|interrupts|diskstats|schedstat|pressure\/|sys\/(?:vm|fs)\/)|^\/sys\/devices\/system\/(?:cpu|node|memory|edac)\//;

/** True for a read with nothing but kernel words in its reply. */
export const isCounters = (read: Read | undefined): boolean =>
  (read?.kind === 'file' && COUNTERS.test(read.path)) || (read?.kind === 'glob' && COUNTERS.test(read.pattern));

/**
 * Redaction of recorded texts, which stay readable for the parsers: addresses remain addresses, JSON remains JSON. A name that is also a
 * common word is redacted in places of names; in sources of `declares` every quoted text equal to it is one.
 */
export function recordingRedaction(redactor: Redactor, declares: ReadonlySet<string>) {
  let known = -1;
  let quoted: RegExp | undefined;
  let placed: RegExp | undefined;
  const update = () => {
    const { words } = redactor;
    if (words.length === known) return;
    known = words.length;
    const any = words
      .toSorted((a, b) => b.length - a.length)
      .map((word) => word.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`))
      .join('|');
    quoted = known === 0 ? undefined : new RegExp(String.raw`(["'>]\/?)(${any})(?=["'<])`, 'g');
    placed =
      known === 0
        ? undefined
        : new RegExp(
            String.raw`(lxc\.(?:payload|monitor)\.|\bguest=|\/lxc\/|\/containers\/|\/qemu\/)(${any})(?![\w-])`,
            'g',
          );
  };
  const named = (_: string, before: string, name: string) => before + redactor.pseudonyms.of('container', name);
  return (text: string, { source, read }: { readonly source?: string; readonly read?: Read }): string => {
    if (isCounters(read)) return redactor.forms(text);
    if (isSocketTable(read)) return redactor.forms(mapAddresses(text, (address) => redactor.forms(address)));
    update();
    let out = redactor.text(redactor.whole(text));
    if (placed) out = out.replace(placed, named);
    if (quoted && source !== undefined && declares.has(source)) out = out.replace(quoted, named);
    return out;
  };
}
