import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const CHROMIUM = '/usr/bin/chromium';

/** Flags of Chromium: no sandbox, which root cannot use, and no background network traffic. */
const FLAGS = '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --remote-debugging-port=0'; // prettier-ignore
const START_MS = 60_000;

/**
 * Page of a headless Chromium with a temporary profile, controlled by the DevTools protocol:
 * https://chromedevtools.github.io/devtools-protocol/
 */
export class Page implements AsyncDisposable {
  /** URLs of all requests of the page. */
  readonly requests: string[] = [];
  /** Console errors, exceptions, and violations of the content security policy. */
  readonly errors: string[] = [];
  readonly #child: ChildProcess;
  readonly #profile: string;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (message: Message) => void>();
  #last = 0;

  private constructor(child: ChildProcess, profile: string, socket: WebSocket) {
    this.#child = child;
    this.#profile = profile;
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.#receive(JSON.parse(String(data)) as Message));
  }

  static async open(url: string): Promise<Page> {
    const profile = mkdtempSync(join(tmpdir(), 'crashcart-chromium-'));
    const child = spawn(CHROMIUM, [...FLAGS.split(' '), `--user-data-dir=${profile}`, 'about:blank'], {
      stdio: 'ignore',
    });
    const port = await portOf(join(profile, 'DevToolsActivePort'));
    const pages = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as { type: string; webSocketDebuggerUrl: string }[]; // prettier-ignore
    const socket = new WebSocket(pages.find(({ type }) => type === 'page')?.webSocketDebuggerUrl ?? '');
    await once(socket, 'open');
    const page = new Page(child, profile, socket);
    for (const domain of ['Network', 'Runtime', 'Log', 'Page']) await page.#ask(`${domain}.enable`);
    await page.#ask('Page.navigate', { url });
    await page.until("document.readyState === 'complete'");
    return page;
  }

  /** Value of an expression in the page; a promise is awaited. */
  async evaluate(expression: string): Promise<unknown> {
    const { result, exceptionDetails } = await this.#ask('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true, userGesture: true }); // prettier-ignore
    if (exceptionDetails !== undefined) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
    return (result as { readonly value?: unknown }).value;
  }

  async until(expression: string, timeoutMs = 30_000): Promise<void> {
    for (const endMs = Date.now() + timeoutMs; !(await this.evaluate(expression)); await sleep(100))
      if (Date.now() > endMs) throw new Error(`timeout after ${timeoutMs} ms in the page: ${expression}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#socket.close();
    this.#child.kill('SIGKILL');
    await ended;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }

  #ask(method: string, params: object = {}): Promise<Readonly<Record<string, unknown>>> {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ result, error }) => (error ? reject(new Error(`${method}: ${error.message}`)) : resolve(result ?? {}))); // prettier-ignore
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  #receive(message: Message): void {
    if (message.id !== undefined) this.#waiting.get(message.id)?.(message);
    const { method, params } = message;
    if (method === 'Network.requestWillBeSent') this.requests.push(String(params?.request?.url));
    if (method === 'Runtime.exceptionThrown') this.errors.push(JSON.stringify(params));
    if (method === 'Runtime.consoleAPICalled' && params?.type === 'error') this.errors.push(JSON.stringify(params));
    if (method === 'Log.entryAdded' && params?.entry?.level === 'error') this.errors.push(String(params.entry.text));
  }
}

/** Reply to a request (with an id), or an event (with a method). */
interface Message {
  readonly id?: number;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
  readonly method?: string;
  readonly params?: {
    readonly type?: string;
    readonly request?: { readonly url?: string };
    readonly entry?: { readonly level?: string; readonly text?: string };
  };
}

async function portOf(file: string): Promise<string> {
  for (const endMs = Date.now() + START_MS; Date.now() < endMs; await sleep(100)) {
    const port = existsSync(file) ? readFileSync(file, 'utf8').split('\n')[0] : undefined;
    if (port) return port;
  }
  throw new Error(`chromium did not start in ${START_MS / 1000} s`);
}
