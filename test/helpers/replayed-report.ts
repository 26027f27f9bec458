import { Readable } from 'node:stream';
import { reportText } from '../../src/commands/report.ts';
import { recordingFromPipe } from '../../src/recording/open-recording.ts';
import { ReplaySession } from '../../src/recording/replay-session.ts';
import { findings, sources } from '../../src/subsystems/index.ts';
import { tarOf } from './made-sosreport.ts';

/** Clock of a small report: taken at noon, two hours after boot. */
export const CLOCK: Readonly<Record<string, string>> = {
  'sos_commands/date/date': 'Thu Mar  5 12:00:00 UTC 2026\n',
  'sos_commands/date/date_--utc': 'Thu Mar  5 12:00:00 UTC 2026\n',
  'sos_commands/host/uptime': ' 12:00:00 up 2:00,  1 user,  load average: 0.50, 0.40, 0.30\n',
};

/** Session of a report of these files; the caller stops it. */
export async function replayed(files: Readonly<Record<string, string>>): Promise<ReplaySession> {
  const recording = await recordingFromPipe(Readable.from([await tarOf({ ...CLOCK, ...files })]), sources);
  return ReplaySession.open({ recording, sources, findings, clock: () => 0, fromMs: Infinity });
}

/** Findings and the plain text of a report. */
export async function shownOf(files: Readonly<Record<string, string>>) {
  const session = await replayed(files);
  try {
    const text = reportText(session, { ascii: false, nowMs: session.player.positionMs() });
    const found = session.findings().map(({ severity, subject, sentence }) => `${severity} ${subject}: ${sentence}`);
    return { text, found };
  } finally {
    await session.stop();
  }
}
