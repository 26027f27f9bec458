import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach } from 'vitest';
import { FrameReader, type Frame, type Head } from '../../src/host/collector/frames.ts';
import { needsPython } from './python.ts';

/** Python that imports modules of the collector from the sources; `override` sets a name in each module that has it. */
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
from crashcart_collector.limits import Limits
from crashcart_collector.logs import LogLines
from crashcart_collector.processes import Processes
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
makers = {"limits": lambda: Limits(sys.argv[2]), "cgroups": lambda: Cgroups(handles, sys.argv[2]), "threads": lambda: Threads(handles, sys.argv[2])}
table = None if sys.argv[1] == "lines" else makers.get(sys.argv[1], lambda: Processes(sys.argv[2]))()
for line in sys.stdin:
    try:
        Job.head = {"what": [sys.argv[1], "", json.loads(line)]}
        if table is None:
            ask = Job.head["what"][2]
            table = LogLines(ask["pattern"], ask["tail"], ask["texts"], ask.get("parts", []))
        read = 0
        for item in table.begin(worker, Job):
            table.take(table.step(worker, item))
            read += 1
        head, body = table.end(Job)
        head["read"] = read
    except Miss as miss:
        head, body = {"why": miss.why, "detail": str(miss)}, b""
    head["n"] = len(body)
    head["handles"] = handles.left
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + body)
    sys.stdout.buffer.flush()
`;

/** A table builder in its own Python process, driven with the requests that the collector gets. */
export class Table implements Disposable {
  readonly #child;
  readonly #frames = new FrameReader();
  readonly #waiting: ((frame: Frame) => void)[] = [];

  /** `bounds` overrides constants of the Python code; its key `handles` is the limit of files kept open. */
  constructor(
    kind: 'cgroups' | 'threads' | 'processes' | 'limits' | 'lines',
    root: string,
    bounds: Readonly<Record<string, number>> = {},
  ) {
    this.#child = spawn('python3', ['-I', '-B', '-c', COLLECTOR + DRIVER, kind, root, JSON.stringify(bounds)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    // A Python process that exits fails the test; without this the test would hang.
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

/** Temporary directory in the place of a host's `/`, new for each test. Called at the level of `describe`. */
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
