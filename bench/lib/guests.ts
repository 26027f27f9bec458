import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Python program with processes of twelve threads, like a QEMU with four vCPUs; two threads work five times a second. */
const FARM = String.raw`
import os, sys, threading, time
threading.stack_size(65536)
def work():
    while True:
        time.sleep(0.2)
        sum(range(300))
for _ in range(int(sys.argv[1])):
    if os.fork() == 0:
        for i in range(11):
            threading.Thread(target=work if i < 2 else threading.Event().wait, daemon=True).start()
        threading.Event().wait()
print("ready", flush=True)
time.sleep(3600)
`;

/** Starts guest-like processes, which end when disposed. */
export async function guests(total: number): Promise<AsyncDisposable & { readonly count: number }> {
  // A separate process group, so that one signal ends all processes.
  const farm = spawn('python3', ['-I', '-c', FARM, String(total)], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(farm.stdout, 'data');
  const { pid } = farm;
  if (pid === undefined) throw new Error('python3 did not start');
  return {
    count: total,
    async [Symbol.asyncDispose]() {
      process.kill(-pid, 'SIGKILL');
      await once(farm, 'exit');
    },
  };
}
