import { showMessage } from './dialogs.ts';
import type { Screen } from './screen.ts';

/** Runs an asynchronous action; its error opens a dialog. */
export function inBackground(screen: Screen, task: (screen: Screen) => Promise<void>): void {
  const run = async () => {
    try {
      await task(screen);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      await showMessage(screen.layers, { title: 'Action failed', lines: [message] });
    }
    screen.changed();
  };
  void run();
}
