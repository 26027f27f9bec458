import { appendFileSync } from 'node:fs';
import { plain } from '../lib/plain.ts';
import { maskSecrets } from '../lib/secrets.ts';
import { TransportError } from '../host/transport.ts';
import type { DebugLog } from '../host/ssh/connection.ts';
import type { Reach } from './arguments.ts';

const MAX_LINE_CHARACTERS = 2000;

/**
 * Log of the SSH handshake for -v, on standard error or in the file of -E; undefined without both. `show` gets the lines of
 * -v, too.
 */
export function handshakeLog(
  { verbose, logFile }: Pick<Reach, 'verbose' | 'logFile'>,
  show: (line: string) => void = () => undefined,
): DebugLog | undefined {
  if (logFile === undefined && !verbose) return undefined;
  const write = (text: string): void => {
    if (logFile === undefined) process.stderr.write(text);
    else appendFileSync(logFile, text, { mode: 0o600 });
  };
  try {
    write('');
  } catch (error) {
    throw new TransportError(`-E: log not writable: ${plain(error instanceof Error ? error.message : String(error))}`);
  }
  return (line) => {
    const clean = maskSecrets(plain(line.slice(0, MAX_LINE_CHARACTERS)));
    try {
      write(`debug: ${clean}\n`);
    } catch {
      // A disk that fills up meanwhile must not end the login.
    }
    if (verbose) show(clean);
  };
}
