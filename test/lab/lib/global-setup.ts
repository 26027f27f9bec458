import { beginRun, broughtUpHere, lab, labNames } from './lab.ts';

export function setup(): void {
  beginRun();
}

/** Takes down the labs that the test files brought up, unless CRASHCART_LAB_KEEP is set. */
export async function teardown(): Promise<void> {
  if (process.env['CRASHCART_LAB_KEEP']) return;
  for (const name of labNames) if (broughtUpHere(name)) await lab(name, 'down');
}
