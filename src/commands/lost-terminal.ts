import { closeSync } from 'node:fs';
import { isatty } from 'node:tty';

const STANDARD = [0, 1, 2];

/**
 * Makes the end of the process quiet when its terminal is gone by then. As it exits Node gives each terminal the modes that it had,
 * and aborts, with a core file, when that fails; what is closed it leaves alone.
 */
export function exitWithoutTerminal(): void {
  const terminals = STANDARD.filter(isatty);
  process.on('exit', () => {
    for (const fd of terminals) if (!isatty(fd)) closeQuietly(fd);
  });
}

/** SIGHUP and SIGTERM come more than once when a terminal is closed: from the kernel, the launcher, a service manager. */
const REPEATED: readonly NodeJS.Signals[] = ['SIGHUP', 'SIGTERM'];

/**
 * Keeps the second of those signals, until the process exits, from cutting short what the first one began: a recording must end
 * whole, and the collector with it.
 */
export function holdRepeatedSignals(): void {
  for (const signal of REPEATED) process.on(signal, () => undefined);
}

/** Drops what is written to a stderr that is gone: an error event without a listener would end the process. */
export function ignoreLostStderr(): void {
  process.stderr.on('error', () => undefined);
}

function closeQuietly(fd: number): void {
  try {
    closeSync(fd);
  } catch {
    // Closed already: then Node leaves it alone as well.
  }
}
