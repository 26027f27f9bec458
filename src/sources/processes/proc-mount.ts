import { keyValues, lines, toCount, words } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';

/** Numbers of proc(5); kernels since 5.8 print names. */
const HIDEPID: Readonly<Record<string, number>> = { off: 0, noaccess: 1, invisible: 2, ptraceable: 4 };
/** Mount option without an exemption for its group. */
const PTRACEABLE = 4;
/** CAP_SYS_PTRACE, a bit of CapEff: capabilities(7). */
const SYS_PTRACE = 1n << 19n;

/**
 * Mount options of /proc, `rw,nosuid,gid=44,hidepid=invisible`, and the credentials that they apply to: proc(5).
 * findmnt prints one line for each mount at that place, the visible one last. /proc/self/mountinfo itself lists every
 * mount of the host: on a node of containers thousands.
 */
export const procMount = defineSource({
  id: 'proc-mount',
  title: 'Mount of /proc',
  why: 'Shows whether hidepid hides processes of other users, so that a hidden process is not reported as absent.',
  everySeconds: 'once',
  reads: {
    options: {
      kind: 'run',
      argv: ['findmnt', '--noheadings', '--output', 'OPTIONS', '--mountpoint', '/proc'],
    },
    self: { kind: 'file', path: '/proc/self/status', as: 'root' },
  },
  parse: ({ options, self }) => {
    const option = new Map(
      (lines(options ?? '').findLast((line) => line.trim() !== '') ?? '').split(',').map((one): [string, string] => {
        const [name = '', value = ''] = one.trim().split('=');
        return [name, value];
      }),
    );
    const value = option.get('hidepid');
    const hidepid = options === undefined ? undefined : value === undefined ? 0 : (HIDEPID[value] ?? toCount(value));
    return { hidepid, hidesOthers: hidesOthers(hidepid, toCount(option.get('gid') ?? '0'), self) };
  },
});

/** Whether /proc hides processes of other users from this login; undefined where that is unknown. */
function hidesOthers(
  hidepid: number | undefined,
  gid: number | undefined,
  status: string | undefined,
): boolean | undefined {
  if (hidepid === 0) return false;
  if (hidepid === undefined || status === undefined) return undefined;
  const fields = keyValues(status);
  const capabilities = fields.get('CapEff') ?? '';
  if (/^[\da-f]{1,16}$/i.test(capabilities) && (BigInt(`0x${capabilities}`) & SYS_PTRACE) !== 0n) return false;
  // The kernel compares field 4 of Gid, besides the supplementary groups.
  const groups = [words(fields.get('Gid') ?? '')[3], ...words(fields.get('Groups') ?? '')].map(toCount);
  return hidepid === PTRACEABLE || gid === undefined || !groups.includes(gid);
}
