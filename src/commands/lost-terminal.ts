import { closeSync } from 'node:fs';
import { isatty } from 'node:tty';

const STANDARD = [0, 1, 2];

/**
 * Closes the standard streams of a terminal that is gone before exit. Node restores the modes of each terminal on exit, and aborts
 * with a core file when that fails.
 */
export function exitWithoutTerminal(): void {
  const terminals = STANDARD.filter(isatty);
  process.on('exit', () => {
    for (const fd of terminals) if (!isatty(fd)) closeQuietly(fd);
  });
}

/** Signals that come more than once when a terminal is closed: from the kernel, the launcher, a service manager. */
const REPEATED: readonly NodeJS.Signals[] = ['SIGHUP', 'SIGTERM'];

/** Ignores repeated signals until exit: the first one starts the end of the recording and of the collector, which must complete. */
export function holdRepeatedSignals(): void {
  for (const signal of REPEATED) process.on(signal, () => undefined);
}

/** Drops write errors of a stderr that is gone: an error event without a listener would end the process. */
export function ignoreLostStderr(): void {
  process.stderr.on('error', () => undefined);
}

function closeQuietly(fd: number): void {
  try {
    closeSync(fd);
  } catch {
    // Closed already.
  }
}
