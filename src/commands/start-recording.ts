import { join } from 'node:path';
import pkg from '../../package.json' with { type: 'json' };
import { LiveSession } from '../collect/live-session.ts';
import type { Session } from '../collect/session.ts';
import { SessionRecorder } from '../recording/session-recorder.ts';

/** Rejects with a RecordingError. Without a path: a file in the current folder, named after host and time. */
export function startRecording(session: Session, path?: string): Promise<SessionRecorder> {
  if (!(session instanceof LiveSession)) throw new TypeError('a recording is not recorded again');
  const nowMs = () => Date.now();
  return SessionRecorder.start(session, {
    path: path ?? recordingPath(session.host.name, nowMs()),
    crashcart: pkg.version,
    redacted: false,
    nowMs,
  });
}

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
