import { expect, test } from 'vitest';
import { cannedSession } from '../helpers/fake-session.ts';
import { open } from '../helpers/screen.tsx';

test('screen names each read that hangs with its state and age', async () => {
  const session = cannedSession();
  const detail = 'timeout after 1 s, in D state at rpc_wait_bit_killable, for 12 s';
  session.hung = [
    { name: '/mnt/nfs/data', detail },
    { name: 'command smartctl -a /dev/sdb', detail: 'timeout after 10 s, in D state at blk_execute_rq, retry in 4 s' },
  ];
  const screen = await open({ session });
  expect(screen.line(0)).toContain('2 hung reads');
  await screen.press('S');
  const text = screen.text();
  expect(text).toContain(`/mnt/nfs/data: not readable: ${detail}`);
  expect(text).toContain('command smartctl -a /dev/sdb: not readable: timeout after 10 s');
  await screen.quit();
});
