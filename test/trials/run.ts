/**
 * Trials of the diagnosis: breaks a lab, connects, and reads the incidents of the Overview (`npm run trials`).
 *
 *     npm run trials -- [--only LAB,…] [--faults REGEXP] [--first N] [--double] [--seconds 25] [--before] [--wait 10] [--busy] [--calm 10] [--out docs/TRIALS.md]
 *
 * As root on Debian 12, with the labs up that are to be broken (`test/lab/LAB/lab-LAB.sh up`, CRASHCART_LAB_DIR). `--double` takes those with two faults only. `--before` connects
 * before the fault, `--wait` so many seconds after it; `--busy` keeps the CPUs and a disk at work meanwhile. `--calm` watches the calm
 * labs so many minutes first: what stands half of that time is taken off, other incidents after the first 20 s are false culprits.
 */
import '../../bench/lib/raw-text.ts';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { machine } from '../../bench/lib/figures.ts';
import { reportOf, type Conditions, type Outcome } from './report.ts';
import { TRIALS } from './trials.ts';

const { trial, watchCalm } = await import('./trial.ts');

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: 'ceph,docker,kubernetes,kvm,lxd,ovn,ovs' },
    faults: { type: 'string', default: '' },
    first: { type: 'string' },
    double: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '25' },
    before: { type: 'boolean', default: false },
    wait: { type: 'string', default: '10' },
    busy: { type: 'boolean', default: false },
    calm: { type: 'string', default: '1' },
    out: { type: 'string' },
  },
});
const labs = new Set(options.only.split(','));
const seconds = Number(options.seconds);
const calmMinutes = Number(options.calm);

/** Keeps a CPU and a disk at work until stopped. */
function noise(): () => void {
  const spin = spawn('sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' });
  const write = spawn(
    'sh',
    ['-c', 'while :; do dd if=/dev/zero of=/var/tmp/crashcart-trials bs=1M count=256 conv=fsync 2>/dev/null; done; '],
    { stdio: 'ignore', detached: true },
  );
  return () => {
    spin.kill('SIGKILL');
    if (write.pid !== undefined) process.kill(-write.pid, 'SIGKILL');
  };
}

const stopNoise = options.busy ? noise() : () => undefined;
try {
  const calm = await watchCalm(calmMinutes);
  console.error(
    `calm: ${[...calm.keys].join(', ') || 'nothing'}; later: ${calm.falseCulprits.join(', ') || 'nothing'}`,
  );
  const conditions: Conditions = {
    date: new Date().toISOString().slice(0, 10),
    machine: machine(),
    seconds,
    connect: options.before ? 'connected before the fault' : `connected ${options.wait} s after the fault`,
    load: options.busy ? 'a CPU and a disk kept at work' : 'nothing else at work',
    calm: [...calm.keys],
    calmMinutes,
    falseCulprits: calm.falseCulprits,
  };
  const outcomes: Outcome[] = [];
  const pattern = new RegExp(options.faults);
  const wanted = TRIALS.filter(
    (faults) =>
      (faults.length > 1 || !options.double) &&
      faults.every(({ lab }) => labs.has(lab)) &&
      faults.some(({ fault }) => pattern.test(fault)),
  );
  for (const faults of wanted.slice(0, options.first === undefined ? wanted.length : Number(options.first))) {
    const outcome = await trial(faults, calm.keys, {
      seconds,
      before: options.before,
      waitMs: Number(options.wait) * 1000,
    });
    outcomes.push(outcome);
    const ranks = outcome.ranks.incidents.map((rank) => (rank === undefined ? 'missed' : rank + 1)).join(', ');
    console.error(
      `${faults.map((one) => `${one.lab} ${one.fault}`).join(' + ')}: ${ranks}, ${outcome.secondsToFirst ?? '—'} s\n  ${outcome.incidents.join('\n  ')}`,
    );
    const text = reportOf(outcomes, conditions);
    if (options.out === undefined) console.log(text);
    else writeFileSync(options.out, text);
  }
} finally {
  stopNoise();
}
