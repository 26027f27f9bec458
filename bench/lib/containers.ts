import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Perl program with one child per group, in the group of every hierarchy; one child in three works three times a second. */
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

/** Cgroup hierarchies of this machine that container engines use. */
function hierarchies(): string[] {
  if (existsSync(`${ROOT}/cgroup.controllers`)) return [ROOT];
  const wanted = ['cpu', 'cpuacct', 'cpu,cpuacct', 'memory', 'pids', 'blkio', 'freezer', 'unified'];
  return readdirSync(ROOT)
    .filter((name) => wanted.includes(name))
    .map((name) => `${ROOT}/${name}`);
}

/** Creates cgroups with LXD's names and a process in each, until disposed. Needs root. */
export async function containers(total: number): Promise<AsyncDisposable & { readonly count: number }> {
  const tops = hierarchies();
  const groups = Array.from({ length: total }, (_, i) => tops.map((top) => `${top}/${NAME}${i + 1}`)).flat();
  for (const group of groups) mkdirSync(group, { recursive: true });
  // A separate process group, so that one signal ends all processes.
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

/** Removes a group as soon as its last process has ended. */
async function removed(group: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++)
    try {
      return rmdirSync(group);
    } catch {
      await sleep(100);
    }
  throw new Error(`${group} could not be removed`);
}
