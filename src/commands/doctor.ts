import type { Session, SourceStatus } from '../collect/session.ts';
import type { ConnectionFacts } from '../host/link-state.ts';
import type { AnswerOf, Missing, Read, Reading } from '../host/host.ts';
import { plain } from '../lib/plain.ts';
import { ms } from '../lib/units.ts';
import type { AnySource } from '../sources/source.ts';
import { sources } from '../subsystems/index.ts';
import { stateOfMissing } from '../timeline/reading-state.ts';
import type { Reached } from './reach.ts';

/** Programs of the debugging tools, each with its Debian and Ubuntu package. */
const TOOLS = [
  { program: 'gdb', package: 'gdb', use: 'backtraces and gdb' },
  { program: 'strace', package: 'strace', use: 'system call traces' },
  { program: 'eu-stack', package: 'elfutils', use: 'stacks with the shortest pause of the process' },
] as const;

/** Width of the state column with its gap. */
const STATE_COLUMNS = 13;

/** Plain text of what can be read on a host, what cannot, why, and how to fix it: a summary, then groups, worst first. */
export async function doctorText({ host }: Reached, session: Session): Promise<string> {
  const root = host.root();
  const byId = new Map(session.status().sources.map((status) => [status.id, status]));
  const lines = sources.flatMap((source) => readingLines(source, byId.get(source.id), root.state));
  const of = (id: ReadingLine['group']) => lines.filter(({ group }) => group === id);
  const tools = await Promise.all(
    TOOLS.map(async (tool) => {
      const reading = await packageOf(host, tool.package);
      return { installed: reading.ok, text: toolLine(tool, reading) };
    }),
  );
  const out = [
    `crashcart doctor: ${plain(host.name)}`,
    '',
    `connection  ok: ${host.transport()}`,
    ...connectionLines(host.connection?.()),
    host.transport().endsWith('python3')
      ? 'collector   ok: python3'
      : 'collector   reduced: /usr/bin/python3 not present, readings run in sh (about 5x the CPU time on the host); no gdb, no strace, no daemon protocols (Docker, libvirt, Ceph, …). Fix: install python3',
    rootLine(root),
    `readings    ${GROUPS.map(({ id, title }) => `${of(id).length} ${title}`).join(', ')}`,
    `tools       ${tools.filter(({ installed }) => installed).length} of ${tools.length} installed`,
    ...GROUPS.flatMap(({ id, title }) => {
      const ranked = of(id).toSorted((one, other) => one.rank - other.rank);
      return ranked.length === 0 ? [] : ['', title.toUpperCase(), ...ranked.map(({ text }) => text)];
    }),
    '',
    'TOOLS',
    ...tools.map(({ text }) => text),
  ];
  return `${out.join('\n')}\n`;
}

/** Facts of an SSH connection: reason for its client, joined ControlMaster, result of the key exchange. */
function connectionLines(facts: ConnectionFacts | undefined): readonly string[] {
  if (facts === undefined) return [];
  const { why, joined, algorithms } = facts;
  const exchange =
    algorithms !== undefined
      ? `kex ${algorithms.kex}, host key ${algorithms.hostKey}, cipher ${algorithms.cipher}${algorithms.compression === 'none' ? '' : `, compression ${algorithms.compression}`}`
      : `not readable: ${joined === undefined ? 'not in the log of ssh' : 'the ControlMaster has negotiated it'}`;
  return [...(why === undefined ? [] : [`client      ${plain(why)}`]), `handshake   ${plain(exchange)}`];
}

/** Groups of readings, worst first. */
const GROUPS = [
  { id: 'none', title: 'not readable' },
  { id: 'some', title: 'partly readable' },
  { id: 'partial', title: 'partly present' },
  { id: 'ok', title: 'readable' },
  { id: 'absent', title: 'not present' },
] as const;

/** Reasons within a group, worst first; a source without a reading is before them. */
const REASONS: readonly Missing['why'][] = ['timeout', 'failed', 'denied'];

interface ReadingLine {
  readonly group: (typeof GROUPS)[number]['id'];
  readonly rank: number;
  readonly text: string;
}

const packageOf = (host: Reached['host'], name: string): Promise<Reading<AnswerOf<Extract<Read, { kind: 'run' }>>>> =>
  host.read({ kind: 'run', argv: ['dpkg-query', '-W', '-f=${Package} ${Version} ${Architecture}\\n', name] });

const line = (state: string, text: string): string => `  ${state.padEnd(STATE_COLUMNS)}${text}`;

/** One line of a source by its state; of one that is not readable a line for each such read. */
function readingLines(
  { title, reads }: AnySource,
  status: SourceStatus | undefined,
  root: string,
): readonly ReadingLine[] {
  if (!status || status.reads === 0) return [{ group: 'none', rank: -1, text: line('not read yet', title) }];
  const gaps = Object.values(status.missing);
  if (gaps.length === 0) return [{ group: 'ok', rank: 0, text: line('ok', `${title}  (${ms(status.tookMs)})`) }];
  // A source's reads are plain data: see `Reads`.
  const isWhole = gaps.length === Object.keys(reads as object).length;
  const unread = gaps.flatMap((gap): ReadingLine[] => {
    const state = stateOfMissing(gap);
    if (state.state === 'not present') return [];
    const why = state.state === 'not readable' ? `: ${state.why}${fixOf(gap.why, root)}` : '';
    const text = line(state.state, `${title}${why}`);
    return [{ group: isWhole ? 'none' : 'some', rank: REASONS.indexOf(gap.why), text }];
  });
  if (unread.length > 0) return unread.filter(({ text }, at) => unread.findIndex((one) => one.text === text) === at);
  const details = [...new Set(gaps.map(({ detail }) => plain(detail)))].join('; ');
  const group = isWhole ? 'absent' : 'partial';
  return [{ group, rank: 0, text: line(isWhole ? 'not present' : 'partial', `${title}: ${details}`) }];
}

/** dpkg-query ends with 1 for a package that is not installed; any other failure leaves it unknown. */
function toolLine(tool: (typeof TOOLS)[number], reading: Awaited<ReturnType<typeof packageOf>>): string {
  if (reading.ok) return line('ok', `${tool.program}: ${plain(reading.value.trim())}`);
  if (reading.why === 'failed' && /\bexit 1\b/.test(reading.detail))
    return line(
      'not present',
      `${tool.program} (${tool.use}). Fix: install package ${tool.package}; crashcart installs nothing`,
    );
  return line('not readable', `${tool.program} (${tool.use}): ${plain(reading.detail)}`);
}

function rootLine(root: ReturnType<Reached['host']['root']>): string {
  switch (root.state) {
    case 'root':
      return 'root        ok';
    case 'password':
      return 'root        locked: sudo asks for a password. Fix: press s on the screen, or grant this user NOPASSWD sudo';
    case 'lost':
      return `root        lost: ${plain(root.detail)}. Readings that need root are not readable`;
    case 'none':
      return `root        no: ${plain(root.detail)}. Readings that need root are not readable`;
  }
}

const fixOf = (why: string, root: string): string => {
  if (why === 'denied' && root !== 'root') return ' (needs root)';
  if (why === 'timeout') return ' (the read hangs on the host; repeat it in a shell there)';
  return '';
};
