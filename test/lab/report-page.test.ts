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

/** URL of case notes in HTML, written by the command line. */
function pageOf(recording: string, name: string, ...more: readonly string[]): string {
  const out = join(folder, `${name}.html`);
  execFileSync(
    process.execPath,
    [join(root, 'bin/crashcart.cjs'), 'report', recording, '--format', 'html', '--out', out, ...more],
    { env: { ...process.env, XDG_STATE_HOME: join(folder, 'state') }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  return pathToFileURL(out).href;
}

// Skipped without chromium, which is 124 MB of packages.
describe.skipIf(!existsSync(CHROMIUM))('case notes in a real browser', { timeout: 300_000 }, () => {
  it('draw charts and play terminals without requests and without policy violations', async () => {
    const url = pageOf(join(folder, 'noted.cc.zst'), 'noted');
    await using page = await Page.open(url);
    const lines = 'svg path.line';
    expect(await page.evaluate(`[...document.querySelectorAll('${lines}')].some((line) => line.getTotalLength() > 100)`)).toBe(true); // prettier-ignore
    // Markup from the host is text in the page.
    expect(await page.evaluate('document.images.length')).toBe(0);
    await page.evaluate("for (const one of document.querySelectorAll('details[data-terminal]')) one.open = true");
    await page.until("document.querySelectorAll('.player .ap-player').length === 2");
    await page.evaluate("document.querySelector('.player .ap-overlay-start, .player .ap-overlay').click()");
    await page.until("document.querySelector('.player').innerText.includes('OVERVIEW')");
    expect(page.requests.filter((asked) => asked !== url && !/^(?:data|blob):/.test(asked))).toEqual([]);
    expect(page.errors).toEqual([]);
  });

  it('hold no name when redacted, and work the same', async () => {
    const url = pageOf(join(root, 'assets/demo.cc.zst'), 'redacted', '--redact');
    const names = readdirSync(join(folder, 'state'), { recursive: true, encoding: 'utf8' }).find((name) => /names.*json$/.test(name)) ?? ''; // prettier-ignore
    // Names of the private map that are not also common words.
    const known = JSON.parse(readFileSync(join(folder, 'state', names), 'utf8')) as readonly { kind: string; value: string }[]; // prettier-ignore
    const distinctive = known.filter(({ value }) =>
      /^[a-z][\w.]*-[\w.-]*\d|[0-9a-f]{8}-|^\d+\.\d+\.\d+\.\d+$/.test(value),
    );
    expect(distinctive.length).toBeGreaterThan(10);
    await using page = await Page.open(url);
    await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
    expect(await page.evaluate("document.querySelectorAll('svg path.line').length")).toBeGreaterThan(3);
    expect(await page.evaluate("document.querySelectorAll('.findings li').length")).toBeGreaterThan(3);
    const html = String(await page.evaluate('document.documentElement.outerHTML'));
    const seen = String(await page.evaluate('document.body.innerText'));
    const isIn = (text: string, value: string) =>
      new RegExp(`(?<![\\w.-])${value.replaceAll(/[^\w-]/g, '\\$&')}(?![\\w.-])`).test(text);
    expect(distinctive.filter(({ value }) => isIn(seen, value) || isIn(html, value))).toEqual([]);
    expect(seen).toMatch(/host-\d/);
    expect(page.requests.filter((asked) => asked !== url && !/^(?:data|blob):/.test(asked))).toEqual([]);
    expect(page.errors).toEqual([]);
  });

  it('work the same for the recording of the package', async () => {
    const url = pageOf(join(root, 'assets/demo.cc.zst'), 'demo');
    await using page = await Page.open(url);
    expect(await page.evaluate("document.querySelectorAll('svg path.line').length")).toBeGreaterThan(3);
    expect(await page.evaluate("document.querySelectorAll('.findings li').length")).toBeGreaterThan(3);
    // The page does not scroll sideways.
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    expect(page.requests.filter((asked) => asked !== url && !/^(?:data|blob):/.test(asked))).toEqual([]);
    expect(page.errors).toEqual([]);
  });
});
