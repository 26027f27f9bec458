import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { FrameReader, type Frame, type Head } from '../../src/host/collector/frames.ts';
import { needsPython } from './python.ts';

/** The parts of the collector that make the tables, on a made tree; the keeper on our side puts the answers together. */
export const tableParts = ['reads', 'hangs', 'processes', 'tables', 'cgroups', 'threads']
  .map((name) => readFileSync(new URL(`../../src/host/collector/crashcart_collector/${name}.py`, import.meta.url), 'utf8'))
  .join('\n\n');
const DRIVER = String.raw`
class Job:
    cut = False
worker = Worker(None)
handles = Handles()
bounds = json.loads(sys.argv[3])
if "handles" in bounds:
    handles.left = handles.most = bounds.pop("handles")
globals().update(bounds)
table = {"cgroups": Cgroups, "threads": Threads}[sys.argv[1]](handles, sys.argv[2])
for line in sys.stdin:
    try:
        Job.head = {"what": [sys.argv[1], "", json.loads(line)]}
        for item in table.begin(worker, Job):
            table.take(table.step(worker, item))
        head, body = table.end(Job)
    except Miss as miss:
        head, body = {"why": miss.why, "detail": str(miss)}, b""
    head["n"] = len(body)
    head["handles"] = handles.left
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + body)
    sys.stdout.buffer.flush()
`;

/** One of the tables, asked as the collector asks it. */
export class Table implements Disposable {
  readonly #child;
  readonly #frames = new FrameReader();
  readonly #waiting: ((frame: Frame) => void)[] = [];

  /** `bounds`: other values for the constants of the program; `handles`: how many files may stay open. */
  constructor(kind: 'cgroups' | 'threads', root: string, bounds: Readonly<Record<string, number>> = {}) {
    this.#child = spawn('python3', ['-I', '-c', `${tableParts}\n${DRIVER}`, kind, root, JSON.stringify(bounds)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    // A program that fails must fail the test, not stand still.
    this.#child.on('exit', (code) => {
      if (code)
        for (const settle of this.#waiting.splice(0)) settle({ head: { why: `exit ${code}` }, body: Buffer.alloc(0) });
    });
    this.#child.stdout.on('data', (chunk: Buffer) => {
      for (const frame of this.#frames.push(chunk)) this.#waiting.shift()?.(frame);
    });
  }

  ask(ask: Head): Promise<Frame> {
    const { promise, resolve } = Promise.withResolvers<Frame>();
    this.#waiting.push(resolve);
    this.#child.stdin.write(`${JSON.stringify(ask)}\n`);
    return promise;
  }

  [Symbol.dispose](): void {
    this.#child.kill();
  }
}

/** A folder that stands for the root of a host, made for each test; to be called where tests are described. */
export function madeRoot() {
  let root = '';
  beforeEach(needsPython);
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'tables-'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));
  const put = (files: Readonly<Record<string, string>>): void => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
  };
  return { put, root: () => root };
}
