import type { Read } from '../host/host.ts';
import type { Redactor } from './redactor.ts';

/** What the kernel counts: fixed words and figures, which a name that is one of these words must not make unreadable. */
const COUNTERS =
  /^\/proc\/(?:stat|meminfo|vmstat|loadavg|uptime|buddyinfo|zoneinfo|softirqs|interrupts|diskstats|schedstat|pressure\/|sys\/(?:vm|fs)\/)|^\/sys\/devices\/system\/(?:cpu|node|memory|edac)\//;

/** The answer holds nothing but words of the kernel. */
export const isCounters = (read: Read | undefined): boolean =>
  (read?.kind === 'file' && COUNTERS.test(read.path)) || (read?.kind === 'glob' && COUNTERS.test(read.pattern));

/**
 * Takes identifiers out of what is recorded. Texts stay readable for our parsers: addresses remain addresses, JSON remains
 * JSON. A name that is a word as well is taken out where its place says that it is a name; in what `declares` names, that is
 * every quoted text that consists of it.
 */
export function recordingCover(redactor: Redactor, declares: ReadonlySet<string>) {
  let known = -1;
  let quoted: RegExp | undefined;
  let placed: RegExp | undefined;
  const look = () => {
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
    look();
    let out = redactor.text(redactor.whole(text));
    if (placed) out = out.replace(placed, named);
    if (quoted && source !== undefined && declares.has(source)) out = out.replace(quoted, named);
    return out;
  };
}
