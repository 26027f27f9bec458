import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type SshReach, sshReach } from '../../helpers/ssh-reach.ts';

let reach: SshReach;
beforeEach(() => {
  reach = sshReach();
});
afterEach(() => reach.end());

describe('a session', () => {
  it('times out after 60 s when it is never opened', async () => {
    const transport = await reach.connected(reach.resolved(await reach.serverWithKey({ stallOpen: true })));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      let message = '';
      const opening = transport.exec('true').catch((error: unknown) => (message = String(error)));
      await vi.advanceTimersByTimeAsync(59_000);
      expect(message).toBe('');
      await vi.advanceTimersByTimeAsync(1000);
      await opening;
      expect(message).toContain('Session open timed out after 60 s');
    } finally {
      vi.useRealTimers();
    }
  });
});
