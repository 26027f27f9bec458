import type { Status } from '../collect/session.ts';
import { plain } from '../lib/plain.ts';
import { bytes, duration, percent, plural, span } from '../lib/units.ts';
import { cut, padStyled, textWidth } from '../lib/text-width.ts';
import { gapText, type RecordingGap } from '../lib/recording-gap.ts';
import type { Role, Theme } from '../theme.ts';

/** Facts of the host in the first line, as far as known. */
export interface HostFacts {
  readonly name: string;
  readonly os?: string | undefined;
  readonly kernel?: string | undefined;
  readonly cpus?: number | undefined;
  readonly nodes?: number | undefined;
  readonly uptimeSeconds?: number | undefined;
  /** Reason that the login does not see processes of other users. */
  readonly hidden?: string | undefined;
}

/** Times and modes of the screen. */
export interface ShownTime {
  readonly nowMs: number;
  /** Timeline cursor; undefined is live. */
  readonly cursorMs: number | undefined;
  /** Age of the newest reading on the screen. */
  readonly ageMs: number | undefined;
  /** Whether a replay plays; undefined on a live host. */
  readonly replaying?: boolean | undefined;
  /** Whether the replay has one moment: rates are means since the start of their counters. */
  readonly isOneMoment?: boolean | undefined;
  /** Redaction is on. */
  readonly redacted?: boolean | undefined;
  /** A condition is waited for. */
  readonly waiting?: boolean | undefined;
  /** Gap of the recording at that time. */
  readonly gap?: RecordingGap | undefined;
  /** Numbers of the viewers that see the screen; undefined while it is not shared. */
  readonly viewers?: readonly number[] | undefined;
  /** Tools are off. */
  readonly readOnly?: boolean | undefined;
}

/** Running recording. */
export interface Recorded {
  readonly sinceMs: number;
  /** Reason of an early end. */
  readonly problem: string | undefined;
  readonly gaps: readonly RecordingGap[];
}

export interface Segment {
  readonly text: string;
  readonly role: Role;
  /** Rank: 0 stays, higher ranks are dropped first on a narrow line. */
  readonly rank: number;
}

/** Cells for the numbers of viewers. */
const MAX_VIEWERS = 40;

/** Header: host, link, cost, rights, time. Exactly `columns` cells. */
export function headerLine(
  facts: HostFacts,
  status: Status,
  time: ShownTime,
  columns: number,
  theme: Theme,
  recording?: Recorded,
): string {
  const { dot } = theme.glyphs;
  const segment = (text: string | undefined, role: Role, rank: number): Segment[] =>
    text ? [{ text, role, rank }] : [];
  const left = [
    ...segment('crashcart', 'accent', 9),
    ...segment(cut(plain(facts.name), Math.max(8, Math.floor(columns / 3)), theme.glyphs.ellipsis), 'title', 0),
    ...segment(facts.os && plain(facts.os), 'text', 6),
    ...segment(facts.kernel && plain(facts.kernel), 'text', 7),
    ...segment(machine(facts), 'text', 3),
    ...segment(facts.uptimeSeconds === undefined ? undefined : `up ${span(facts.uptimeSeconds)}`, 'text', 5),
  ];
  const right = [
    ...linkSegments(status, time, theme),
    ...(recording ? recordSegments(recording, time, theme) : []),
    ...gapSegments(time),
    ...viewerSegments(time),
    ...segment(time.redacted ? 'REDACTED' : undefined, 'accent', 0),
    ...segment(time.waiting ? 'WAITING' : undefined, 'accent', 1),
    ...segment(time.readOnly ? 'READ-ONLY' : undefined, 'accent', 1),
    ...segment(status.joined === undefined ? undefined : 'ControlMaster', 'text', 8),
    ...costSegments(status),
    ...rootSegment(status),
    ...(facts.hidden === undefined ? [] : [{ text: `processes ${facts.hidden}`, role: 'warn', rank: 2 } as const]),
    ...segment(`${clock(time.cursorMs ?? time.nowMs)}Z`, 'text', 2),
  ];
  const kept = shortened(left, right, columns);
  const join = (segments: readonly Segment[], between: string) =>
    segments.map(({ text, role }) => theme.paint(role, text)).join(theme.paint('dim', between));
  const head = ` ${join(kept.left, ` ${dot} `)}`;
  const tail = `${join(kept.right, '  ')} `;
  return padStyled(head, columns - textWidth(tail)) + tail;
}

function shortened(left: readonly Segment[], right: readonly Segment[], columns: number) {
  let kept = [...left, ...right];
  const width = () => kept.reduce((sum, { text }) => sum + textWidth(text) + 3, 2);
  while (width() > columns) {
    const worst = kept.reduce((most, { rank }) => Math.max(most, rank), 0);
    if (worst === 0) break;
    const at = kept.findLastIndex(({ rank }) => rank === worst);
    kept = kept.toSpliced(at, 1);
  }
  return {
    left: left.filter((segment) => kept.includes(segment)),
    right: right.filter((segment) => kept.includes(segment)),
  };
}

function machine({ cpus, nodes }: HostFacts): string | undefined {
  if (cpus === undefined) return undefined;
  return nodes === undefined ? plural(cpus, 'CPU') : `${plural(cpus, 'CPU')} / ${nodes} NUMA`;
}

/** Link state as a word and a mark, readable without colour. */
export function linkSegments(status: Status, time: ShownTime, theme: Theme): Segment[] {
  const { live, paused, severity } = theme.glyphs;
  const { link } = status;
  const since = (sinceMs: number) => duration(Math.max(0, time.nowMs - sinceMs) / 1000);
  if (link.state === 'lost') {
    const what = link.collectorOnly ? 'COLLECTOR DOWN' : 'LOST';
    const waitMs = (link.retryAtMs ?? 0) - time.nowMs;
    return [
      { text: `${severity.crit} ${what} ${since(link.sinceMs)}`, role: 'crit', rank: 0 },
      ...(waitMs >= 1000 ? [{ text: `retry in ${duration(waitMs / 1000)}`, role: 'crit', rank: 2 } as const] : []),
    ];
  }
  if (link.state === 'closed') return [{ text: `${severity.crit} CLOSED`, role: 'crit', rank: 0 }];
  if (link.state === 'stalled')
    return [{ text: `${severity.warn} STALLED ${since(link.sinceMs)}`, role: 'warn', rank: 0 }];
  if (time.isOneMoment) return [{ text: `${paused} ONE READING, means since boot`, role: 'warn', rank: 0 }];
  if (time.replaying !== undefined)
    return [
      time.replaying && time.cursorMs === undefined
        ? { text: `${live} REPLAY`, role: 'accent', rank: 0 }
        : { text: `${paused} REPLAY`, role: 'warn', rank: 0 },
    ];
  if (time.cursorMs !== undefined)
    // The clock in the header shows the cursor's time; this text must not change while paused.
    return [{ text: `${paused} PAUSED`, role: 'warn', rank: 0 }];
  const age = time.ageMs === undefined ? '' : ` ${duration(time.ageMs / 1000)}`;
  return [{ text: `${live} LIVE${age}`, role: 'good', rank: 0 }];
}

/** Who sees the screen: their count stays on a narrow line. By number, since viewers see this line, and choose their names. */
function viewerSegments({ viewers }: ShownTime): Segment[] {
  if (viewers === undefined) return [];
  const numbers = cut(viewers.map((number) => `viewer ${number}`).join(', '), MAX_VIEWERS);
  return [
    { text: viewers.length === 0 ? 'SHARED' : plural(viewers.length, 'viewer').toUpperCase(), role: 'crit', rank: 0 },
    ...(numbers === '' ? [] : [{ text: numbers, role: 'accent', rank: 3 } as const]),
  ];
}

/** In a replay: nothing was recorded at that time. */
const gapSegments = ({ gap }: ShownTime): Segment[] =>
  gap === undefined ? [] : [{ text: gapText(gap), role: 'warn', rank: 1 }];

function recordSegments({ sinceMs, problem, gaps }: Recorded, { nowMs }: ShownTime, { glyphs }: Theme): Segment[] {
  const gap = gaps.at(-1);
  if (problem === undefined && gap !== undefined && gap.untilMs === undefined)
    return [{ text: `${glyphs.paused} REC PAUSED ${clock(Math.max(0, nowMs - gap.fromMs))}`, role: 'warn', rank: 0 }];
  return problem === undefined
    ? [{ text: `${glyphs.live} REC ${clock(Math.max(0, nowMs - sinceMs))}`, role: 'crit', rank: 1 }]
    : [{ text: `${glyphs.severity.warn} REC ENDED`, role: 'warn', rank: 1 }];
}

function costSegments(status: Status): Segment[] {
  const { hostCpuPct, wireBytesPerSec, stretched, budgetPct, hung } = status;
  const over = hostCpuPct !== undefined && hostCpuPct > budgetPct;
  const out: Segment[] = [];
  if (hung.length > 0) out.push({ text: plural(hung.length, 'hung read'), role: 'warn', rank: 3 });
  if (hostCpuPct !== undefined)
    out.push({
      text: `cost ${percent(hostCpuPct)}${stretched ? ' stretched' : ''}`,
      role: over || stretched ? 'warn' : 'text',
      rank: 4,
    });
  if (wireBytesPerSec !== undefined) out.push({ text: `${bytes(wireBytesPerSec)}/s`, role: 'text', rank: 8 });
  return out;
}

function rootSegment({ root }: Status): Segment[] {
  if (root === undefined) return [];
  if (root.state === 'root') return [{ text: 'root', role: 'good', rank: 6 }];
  if (root.state === 'password') return [{ text: 'sudo locked', role: 'warn', rank: 3 }];
  if (root.state === 'lost') return [{ text: 'root lost', role: 'warn', rank: 1 }];
  return [{ text: 'no sudo', role: 'dim', rank: 6 }];
}

/** Time of day, UTC: one time zone for all hosts and notes. */
export const clock = (wallMs: number): string => new Date(wallMs).toISOString().slice(11, 19);
