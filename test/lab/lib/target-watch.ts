import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { guestConfig, inGuest } from './numa-guest.ts';

/** Perl program that prints ten times a second: the counter of labtarget, the state letters of its threads, and their tracer. */
const WATCH = String.raw`
$| = 1; my $pid = shift;
while (opendir my $tasks, "/proc/$pid/task") {
  my ($states, $tracer) = ('', 0);
  for my $task (grep { /^\d/ } readdir $tasks) {
    open my $status, '<', "/proc/$pid/task/$task/status" or next;
    while (<$status>) { $states .= $1 if /^State:\s+(\w)/; $tracer = $1 if /^TracerPid:\s+(\d+)/ and $1 }
  }
  open my $progress, '<', '/run/labtarget'; read $progress, my $bytes, 8;
  print unpack('Q', $bytes), " $states $tracer\n";
  select undef, undef, undef, 0.1;
}
print "gone\n";
__END__
`;

/** One line of WATCH's output. */
export interface TargetSample {
  /** performance.now() of its arrival. */
  readonly atMs: number;
  readonly count: number;
  readonly states: string;
  readonly tracerPid: number;
}

/** Watches labtarget in the guest over a separate ssh connection. */
export class TargetWatch implements AsyncDisposable {
  readonly pid: number;
  readonly #ssh: ChildProcess;
  #last: TargetSample | undefined;
  #gone = false;
  /** Time of the last sample in which the target was traced or stopped. */
  #heldMs = -Infinity;
  #movedMs = -Infinity;

  private constructor(pid: number, ssh: ChildProcess) {
    this.pid = pid;
    this.#ssh = ssh;
  }

  static async start(): Promise<TargetWatch> {
    await inGuest('systemctl restart app-target');
    const pid = Number(await inGuest('systemctl show -P MainPID app-target'));
    const ssh = spawn('ssh', ['-F', guestConfig, 'root@numa', `perl - ${pid}`], { stdio: ['pipe', 'pipe', 'inherit'] });
    ssh.stdin.end(WATCH);
    const watch = new TargetWatch(pid, ssh);
    createInterface({ input: ssh.stdout }).on('line', (line) => watch.#take(line));
    await watch.until(() => watch.runs, 20_000, 'labtarget to run');
    return watch;
  }

  #take(line: string): void {
    if (line === 'gone') {
      this.#gone = true;
      return;
    }
    const [count = '', states = '', tracer = ''] = line.split(' ');
    const sample = { atMs: performance.now(), count: Number(count), states, tracerPid: Number(tracer) };
    if (sample.tracerPid > 0 || /[tT]/.test(states)) this.#heldMs = sample.atMs;
    if (this.#last && sample.count > this.#last.count) this.#movedMs = sample.atMs;
    this.#last = sample;
  }

  get last(): TargetSample | undefined {
    return this.#last;
  }

  get gone(): boolean {
    return this.#gone;
  }

  get held(): boolean {
    return this.#last !== undefined && this.#heldMs === this.#last.atMs;
  }

  /** Whether the target was free and made progress in the last sample. */
  get runs(): boolean {
    return !this.#gone && !this.held && this.#movedMs === this.#last?.atMs;
  }

  async until(what: () => boolean, limitMs: number, name: string): Promise<void> {
    const deadlineMs = performance.now() + limitMs;
    while (!what()) {
      if (this.#gone) throw new Error(`labtarget (${this.pid}) is gone while waiting for ${name}`);
      if (performance.now() > deadlineMs)
        throw new Error(`waited ${limitMs} ms for ${name}; last sample: ${JSON.stringify(this.#last)}`);
      await sleep(20);
    }
  }

  /** Waits until the target runs; returns the ms from `sinceMs` to the last sample in which it was held. */
  async released(sinceMs: number, limitMs: number): Promise<number> {
    await this.until(() => this.runs, limitMs, 'its release');
    return Math.max(0, this.#heldMs - sinceMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ssh.kill();
    if (this.#ssh.exitCode === null && this.#ssh.signalCode === null) await once(this.#ssh, 'exit');
  }
}
