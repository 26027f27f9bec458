import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordNoted } from '../helpers/noted-recording.ts';
import { CHROMIUM, Page } from './lib/chromium.ts';

const root = resolve(import.meta.dirname, '../..');
let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'crashcart-page-'));
  await recordNoted(join(folder, 'noted.cc.zst'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Case notes of a recording as a person makes them. */
function pageOf(recording: string, name: string, ...more: readonly string[]): string {
  const out = join(folder, `${name}.html`);
  execFileSync(
    process.execPath,
    [join(root, 'bin/crashcart.cjs'), 'report', recording, '--format', 'html', '--out', out, ...more],
    { env: { ...process.env, XDG_STATE_HOME: join(folder, 'state') }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  return pathToFileURL(out).href;
}

// Debian's chromium brings 124 MB of packages: looked at where it is there.
describe.skipIf(!existsSync(CHROMIUM))('case notes in a real browser', { timeout: 300_000 }, () => {
  it('draw their charts, play their terminals, ask for nothing, and nothing in them is refused', async () => {
    const url = pageOf(join(folder, 'noted.cc.zst'), 'noted');
    await using page = await Page.open(url);
    const lines = 'svg path.line';
    expect(await page.evaluate(`[...document.querySelectorAll('${lines}')].some((line) => line.getTotalLength() > 100)`)).toBe(true); // prettier-ignore
    // What a host said to break out of the page is text in it.
    expect(await page.evaluate('document.images.length')).toBe(0);
    await page.evaluate("for (const one of document.querySelectorAll('details[data-terminal]')) one.open = true");
    await page.until("document.querySelectorAll('.player .ap-player').length === 2");
    await page.evaluate("document.querySelector('.player .ap-overlay-start, .player .ap-overlay').click()");
    await page.until("document.querySelector('.player').innerText.includes('OVERVIEW')");
    expect(page.requests.filter((asked) => asked !== url && !/^(?:data|blob):/.test(asked))).toEqual([]);
    expect(page.errors).toEqual([]);
  });

  it('without names they work the same, and no name is to be seen or found in them', async () => {
    const url = pageOf(join(root, 'assets/demo.cc.zst'), 'redacted', '--redact');
    const names = readdirSync(join(folder, 'state'), { recursive: true, encoding: 'utf8' }).find((name) => /names.*json$/.test(name)) ?? ''; // prettier-ignore
    // The private map says what must not be seen; words that are also names of common things may stand in sentences.
    const known = JSON.parse(readFileSync(join(folder, 'state', names), 'utf8')) as readonly { kind: string; value: string }[]; // prettier-ignore
    const telling = known.filter(({ value }) => /^[a-z][\w.]*-[\w.-]*\d|[0-9a-f]{8}-|^\d+\.\d+\.\d+\.\d+$/.test(value));
    expect(telling.length).toBeGreaterThan(10);
    await using page = await Page.open(url);
    await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
    expect(await page.evaluate("document.querySelectorAll('svg path.line').length")).toBeGreaterThan(3);
    expect(await page.evaluate("document.querySelectorAll('.findings li').length")).toBeGreaterThan(3);
    const html = String(await page.evaluate('document.documentElement.outerHTML'));
    const seen = String(await page.evaluate('document.body.innerText'));
    const isIn = (text: string, value: string) =>
      new RegExp(`(?<![\\w.-])${value.replaceAll(/[^\w-]/g, '\\$&')}(?![\\w.-])`).test(text);
    expect(telling.filter(({ value }) => isIn(seen, value) || isIn(html, value))).toEqual([]);
    expect(seen).toMatch(/host-\d/);
    expect(page.requests.filter((asked) => asked !== url && !/^(?:data|blob):/.test(asked))).toEqual([]);
    expect(page.errors).toEqual([]);
  });

  it('the same of the recording that comes with the program', async () => {
    const url = pageOf(join(root, 'assets/demo.cc.zst'), 'demo');
    await using page = await Page.open(url);
    expect(await page.evaluate("document.querySelectorAll('svg path.line').length")).toBeGreaterThan(3);
    expect(await page.evaluate("document.querySelectorAll('.findings li').length")).toBeGreaterThan(3);
    // Nothing stands out of the page to its side.
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    expect(page.requests.filter((asked) => asked !== url && !/^(?:data|blob):/.test(asked))).toEqual([]);
    expect(page.errors).toEqual([]);
  });
});
