import { describe, expect, it } from 'vitest';
import { connectionEvents } from '../../../src/host/ssh/connection-events.ts';
import { JumpLines } from '../../../src/host/ssh/jump-lines.ts';
import type { Ssh2Connection } from '../../../src/host/ssh/ssh2-connection.ts';

/** Connection of which only the events and the end matter. */
function line() {
  const events = connectionEvents();
  let closed = 0;
  const made = { events, close: async () => void closed++ } as unknown as Ssh2Connection;
  return { made, events, closed: () => closed };
}

describe('JumpLines', () => {
  it('opens one connection for all targets behind a jump host, and closes it with the last', async () => {
    const lines = new JumpLines();
    const { made, closed } = line();
    let opened = 0;
    const open = async () => {
      opened++;
      return made;
    };
    const [first, second] = await Promise.all([lines.lease('bastion', open), lines.lease('bastion', open)]);
    expect(opened).toBe(1);
    first.close();
    first.close();
    expect(closed()).toBe(0);
    second.close();
    expect(closed()).toBe(1);
    await lines.lease('bastion', open);
    expect(opened).toBe(2);
  });

  it('opens another one after a loss or a failed login', async () => {
    const lines = new JumpLines();
    const lost = line();
    await lines.lease('bastion', async () => lost.made);
    lost.events.lose('Connection closed by remote host');
    await expect(lines.lease('bastion', async () => Promise.reject(new Error('denied')))).rejects.toThrow('denied');
    const next = line();
    expect((await lines.lease('bastion', async () => next.made)).line).toBe(next.made);
  });

  it('keeps jump hosts apart', async () => {
    const lines = new JumpLines();
    const [one, two] = [line(), line()];
    expect((await lines.lease('a', async () => one.made)).line).toBe(one.made);
    expect((await lines.lease('b', async () => two.made)).line).toBe(two.made);
  });
});
