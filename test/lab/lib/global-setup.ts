import { lab, wasUsed, type LabName } from './lab.ts';

/** Tests bring up what they need; all of it goes down after the last file, unless CRASHCART_LAB_KEEP is set. */
export async function teardown(): Promise<void> {
  if (process.env['CRASHCART_LAB_KEEP']) return;
  const names: readonly LabName[] = ['numa', 'sshd'];
  for (const name of names) if (wasUsed(name)) await lab(name, 'down');
}
