import type { Session, SourceStatus } from '../collect/session.ts';
import type { AnswerOf, Read, Reading } from '../host/host.ts';
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

/** Plain text of what can be read on a host, what cannot, why, and how to fix it. */
export async function doctorText({ host }: Reached, session: Session): Promise<string> {
  const root = host.root();
  const out = [
    `crashcart doctor: ${plain(host.name)}`,
    '',
    `connection  ok: ${host.transport()}`,
    host.transport().endsWith('python3')
      ? 'collector   ok: python3'
      : 'collector   reduced: /usr/bin/python3 not present, readings run in sh (about 5x the CPU time on the host); no gdb, no strace, no daemon protocols (Docker, libvirt, Ceph, …). Fix: install python3',
    rootLine(root),
    '',
    'READINGS',
  ];
  const byId = new Map(session.status().sources.map((status) => [status.id, status]));
  for (const source of sources) out.push(...readingLines(source, byId.get(source.id), root.state));
  out.push('', 'TOOLS');
  for (const tool of TOOLS) {
    const reading = await packageOf(host, tool.package);
    out.push(toolLine(tool, reading));
  }
  return `${out.join('\n')}\n`;
}

const packageOf = (host: Reached['host'], name: string): Promise<Reading<AnswerOf<Extract<Read, { kind: 'run' }>>>> =>
  host.read({ kind: 'run', argv: ['dpkg-query', '-W', '-f=${Package} ${Version} ${Architecture}\\n', name] });

const line = (state: string, text: string): string => `  ${state.padEnd(STATE_COLUMNS)}${text}`;

/** One line of a source by its state; of one that is not readable a line for each such read. */
function readingLines({ title, reads }: AnySource, status: SourceStatus | undefined, root: string): readonly string[] {
  if (!status || status.reads === 0) return [line('not read yet', title)];
  const gaps = Object.values(status.missing);
  if (gaps.length === 0) return [line('ok', `${title}  (${ms(status.tookMs)})`)];
  const unread = gaps.flatMap((gap) => {
    const state = stateOfMissing(gap);
    if (state.state === 'not present') return [];
    const why = state.state === 'not readable' ? `: ${state.why}${fixOf(gap.why, root)}` : '';
    return [line(state.state, `${title}${why}`)];
  });
  if (unread.length > 0) return [...new Set(unread)];
  // A source's reads are plain data: see `Reads`.
  const isWhole = gaps.length === Object.keys(reads as object).length;
  const details = [...new Set(gaps.map(({ detail }) => plain(detail)))].join('; ');
  return [line(isWhole ? 'not present' : 'partial', `${title}: ${details}`)];
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
