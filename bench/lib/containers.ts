import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Each child moves itself into its own group of every hierarchy; one in three then works a little, thrice a second. */
const FARM = String.raw`
  my ($n, $name, @tops) = @ARGV;
  for my $i (1 .. $n) {
    my $pid = fork; die "fork: $!" unless defined $pid;
    next if $pid;
    for my $top (@tops) { open my $f, '>', "$top/$name$i/cgroup.procs" or die "$top: $!"; print $f "0\n"; close $f }
    if ($i % 3 == 0) { while (1) { select undef, undef, undef, 0.3; my $x = 0; $x += $_ for 1 .. 100 } }
    sleep 3600 while 1;
  }
  sleep 1; $| = 1; print "ready\n"; sleep 3600 while 1;`;

const ROOT = '/sys/fs/cgroup';
const NAME = 'lxc.payload.bench-';

/** Hierarchies of this machine that containers are placed in. */
function hierarchies(): string[] {
  if (existsSync(`${ROOT}/cgroup.controllers`)) return [ROOT];
  const wanted = ['cpu', 'cpuacct', 'cpu,cpuacct', 'memory', 'pids', 'blkio', 'freezer', 'unified'];
  return readdirSync(ROOT)
    .filter((name) => wanted.includes(name))
    .map((name) => `${ROOT}/${name}`);
}

/** As many groups as that, each with a process, named as LXD names its containers; disposed, they are gone. Needs root. */
export async function containers(total: number): Promise<AsyncDisposable & { readonly count: number }> {
  const tops = hierarchies();
  const groups = Array.from({ length: total }, (_, i) => tops.map((top) => `${top}/${NAME}${i + 1}`)).flat();
  for (const group of groups) mkdirSync(group, { recursive: true });
  // A process group of its own, so that one signal ends them all.
  const farm = spawn('perl', ['-e', FARM, String(total), NAME, ...tops], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(farm.stdout, 'data');
  const { pid } = farm;
  if (pid === undefined) throw new Error('perl did not start');
  return {
    count: total,
    async [Symbol.asyncDispose]() {
      process.kill(-pid, 'SIGKILL');
      for (const group of groups) await removed(group);
    },
  };
}

/** A group can go when its last process has. */
async function removed(group: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++)
    try {
      return rmdirSync(group);
    } catch {
      await sleep(100);
    }
  throw new Error(`${group} could not be removed`);
}
