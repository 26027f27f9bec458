import { join } from 'node:path';
import pkg from '../../package.json' with { type: 'json' };
import { LiveSession } from '../collect/live-session.ts';
import type { Session } from '../collect/session.ts';
import type { RecordingControl } from '../app/recording-flow.ts';
import { SCREEN } from '../recording/asciicast.ts';
import { verifyRedaction, type RedactionSearch } from '../recording/verify-redaction.ts';
import { SessionRecorder } from '../recording/session-recorder.ts';
import { isCounters, recordingRedaction } from '../redact/recording-redaction.ts';
import type { RecordingGap } from '../lib/recording-gap.ts';
import type { Redactor } from '../redact/redactor.ts';
import type { ScreenRedaction } from '../redact/screen-redaction.ts';
import { sources } from '../subsystems/index.ts';
import { keepNames } from './keep-names.ts';

/** Starts a recording; the default path is a file in the current folder, named after host and time. Rejects with a RecordingError. */
export function startRecording(
  session: Session,
  path?: string,
  earlierGaps?: readonly RecordingGap[],
): Promise<SessionRecorder> {
  if (!(session instanceof LiveSession)) throw new TypeError('only the session of a live host is recorded');
  const nowMs = () => Date.now();
  return SessionRecorder.start(session, {
    path: path ?? recordingPath(session.host.name, nowMs()),
    crashcart: pkg.version,
    redacted: false,
    nowMs,
    earlierGaps,
  });
}

/** Recording with pseudonyms. `stop` is `end`, then `verify`. */
export interface RedactedRecording extends RecordingControl {
  /** Ends the file; it may hold names that were learned late. */
  readonly end: () => Promise<void>;
  /** Redacts such names and searches the file, which is removed where one is left; the result is a sentence with the reason. */
  readonly verify: () => Promise<string | undefined>;
}

/** Like startRecording, with pseudonyms for all identifiers; screen output while redaction was off is left out. */
export async function startRedacted(
  session: Session,
  redaction: ScreenRedaction,
  path?: string,
  earlierGaps?: readonly RecordingGap[],
): Promise<RedactedRecording> {
  if (!(session instanceof LiveSession)) throw new TypeError('only the session of a live host is recorded');
  const nowMs = () => Date.now();
  const { redactor } = redaction;
  const declaring = sources.filter(({ identifiers }) => identifiers !== undefined);
  const clean = recordingRedaction(redactor, new Set(declaring.map(({ id }) => id)));
  const learn = () => redaction.learnFrom(session.timeline, declaring);
  redaction.learnTarget(session.host.name);
  learn();
  const to = path ?? recordingPath('redacted', nowMs());
  // Subscribed before the recorder, so that names are known when they are written.
  const unsubscribe = session.subscribe(learn);
  const options = { path: to, crashcart: pkg.version, redacted: true, nowMs, clean, earlierGaps };
  const recorder = await SessionRecorder.start(session, options, redactor).catch((error: unknown) => {
    unsubscribe();
    throw error;
  });
  let problem: string | undefined;
  const end = async () => {
    await recorder.stop();
    unsubscribe();
    learn();
  };
  const verify = async () => {
    problem = await verifyRedaction(to, clean, redactionSearch(redactor), redactor);
    keepNames(redactor, nowMs());
    return problem;
  };
  return {
    state: () => ({
      ...recorder.state(),
      problem: problem ?? recorder.state().problem,
      removed: problem !== undefined,
    }),
    output: (terminal, data) => {
      // Output of tools is redacted on its way into the file, whatever the screen shows.
      if (redaction.on || terminal !== SCREEN) recorder.output(terminal, data);
    },
    terminal: recorder.terminal.bind(recorder),
    pause: recorder.pause.bind(recorder),
    resume: recorder.resume.bind(recorder),
    end,
    verify,
    stop: async () => {
      await end();
      await verify();
    },
  };
}

/** Search for what redaction may have left in a recording. */
export const redactionSearch = (redactor: Redactor): RedactionSearch => ({
  // Words of the kernel may be names in other readings.
  inText: (text, { read }) => (isCounters(read) ? redactor.leftByForm(text) : redactor.left(text)),
  inLine: (line) => redactor.leftInLine(line),
  version: () => redactor.version,
});

/** `node-7-20261123T215512Z.cc.zst` */
function recordingPath(host: string, nowMs: number): string {
  const time = new Date(nowMs).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const name =
    host
      .replaceAll(/[^\w.-]+/g, '_')
      .replace(/^[.-]+/, '')
      .slice(0, 80) || 'host';
  return join(process.cwd(), `${name}-${time}.cc.zst`);
}
