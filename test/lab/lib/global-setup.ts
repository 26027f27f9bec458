import { beginRun, broughtUpHere, lab, labNames } from './lab.ts';

export function setup(): void {
  beginRun();
}

/** Test files bring up what they need; it goes down after the last, unless CRASHCART_LAB_KEEP is set. */
export async function teardown(): Promise<void> {
  if (process.env['CRASHCART_LAB_KEEP']) return;
  for (const name of labNames) if (broughtUpHere(name)) await lab(name, 'down');
}
