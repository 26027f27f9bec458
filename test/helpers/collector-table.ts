import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach } from 'vitest';
import { FrameReader, type Frame, type Head } from '../../src/host/collector/frames.ts';
import { needsPython } from './python.ts';

/** Lets a program of Python import the modules of the collector, and give a name of theirs another value wherever it is imported. */
export const COLLECTOR = String.raw`
import sys
sys.path.insert(0, ${JSON.stringify(fileURLToPath(new URL('../../src/host/collector', import.meta.url)))})
def override(**values):
    for name, module in list(sys.modules.items()):
        if name.startswith("crashcart_collector."):
            module.__dict__.update({key: value for key, value in values.items() if key in module.__dict__})
`;
const DRIVER = String.raw`
import json
from crashcart_collector.cgroups import Cgroups
from crashcart_collector.hangs import Worker
from crashcart_collector.reads import Miss
from crashcart_collector.tables import Handles
from crashcart_collector.threads import Threads
class Job:
    cut = False
worker = Worker(None)
handles = Handles()
bounds = json.loads(sys.argv[3])
if "handles" in bounds:
    handles.left = handles.most = bounds.pop("handles")
override(**bounds)
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
    this.#child = spawn('python3', ['-I', '-B', '-c', COLLECTOR + DRIVER, kind, root, JSON.stringify(bounds)], {
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
