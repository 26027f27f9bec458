import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandOf, parents } from './cpu.ts';

/** Perl program that forks children; one in a hundred wakes ten times a second, the others sleep, and use a CPU for 4 s after USR1. */
const FARM = String.raw`
  my $n = shift; my @busy;
  for my $i (1 .. $n) {
    my $pid = fork; die "fork: $!" unless defined $pid;
    next if $pid;
    $0 = "bench-worker --shard=$i --queue=/var/lib/bench/$i";
    if ($i % 100 == 0) { while (1) { select undef, undef, undef, 0.1; my $x = 0; $x += $_ for 1 .. 200 } }
    $SIG{USR1} = sub { my $end = time + 4; 1 while time < $end };
    sleep 3600 while 1;
  }
  $| = 1; print "ready\n"; sleep 3600 while 1;`;

export const processCount = (): number => readdirSync('/proc').filter((name) => /^\d+$/.test(name)).length;

/** Raises the number of processes on the machine to about `total`, until disposed. */
export async function sleepers(
  total: number,
): Promise<AsyncDisposable & { readonly count: number; readonly idle: () => readonly number[] }> {
  const wanted = Math.max(0, total - processCount());
  // A separate process group, so that one signal ends all processes.
  const farm = spawn('perl', ['-e', FARM, String(wanted)], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  await once(farm.stdout, 'data');
  const { pid } = farm;
  if (pid === undefined) throw new Error('perl did not start');
  return {
    count: processCount(),
    /** Pids of those that sleep. */
    idle: () =>
      [...parents()].flatMap(([child, parent]) =>
        parent === pid && !/=\d*00\b/.test(commandOf(child)) ? [child] : [],
      ),
    async [Symbol.asyncDispose]() {
      if (farm.exitCode !== null || farm.signalCode !== null)
        throw new Error('The sleepers ended during the measurement: the figures are invalid.');
      process.kill(-pid, 'SIGKILL');
      for (let tries = 0; tries < 200 && processCount() > total - wanted + 50; tries++) await sleep(50);
    },
  };
}
