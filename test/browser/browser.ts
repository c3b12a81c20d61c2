import { accessSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { readFileSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';

const INSTALLED = [process.env.CHROME_PATH, '/usr/bin/chromium', '/usr/bin/google-chrome', '/usr/bin/chromium-browser'];
/** With PICTURES set the tests renew the guide's pictures; otherwise they leave the working tree as it is. */
const IMAGES = fileURLToPath(new URL(process.env.PICTURES ? '../../docs/images/' : '../../.cache/images/', import.meta.url));
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const exists = (path: string | undefined): path is string => {
  try {
    if (path) accessSync(path);
    return Boolean(path);
  } catch {
    return false;
  }
};

/** Made for Lambda: with all in one process Chromium ends now and then when a page is closed and another opened. */
const ONE_PROCESS = ['--single-process', '--no-zygote', '--in-process-gpu'];

/** An installed Chromium, else the one that comes with npm (which unpacks its own libraries if it thinks that it runs on Lambda). */
export async function launch(): Promise<Browser> {
  const installed = INSTALLED.find(exists);
  if (installed) return chromium.launch({ executablePath: installed, args: ['--no-sandbox'] });
  process.env.AWS_EXECUTION_ENV ??= 'AWS_Lambda_nodejs22.x';
  const { default: bundled } = await import('@sparticuz/chromium');
  const args = [...bundled.args.filter((arg) => !ONE_PROCESS.includes(arg)), '--disable-dev-shm-usage'];
  return chromium.launch({ executablePath: await bundled.executablePath(), args, headless: true });
}

/** A page that fails the test with everything the browser complained about. */
export async function openPage(
  browser: Browser,
  size = { width: 1280, height: 900 },
): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext({
    viewport: size,
    locale: 'en-US',
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    const text = message.text();
    // A refused request is part of some tests and shown on the page; a misspelled property or a template's mistake is not.
    if (message.type() === 'error' && !text.startsWith('Failed to load resource')) complaints.push(text);
    if (/Unknown public property|\[LWC (error|warn)\]/.test(text) && !text.includes('lightning-')) complaints.push(text);
  });
  return { page, complaints };
}

/**
 * axe's violations of WCAG 2.1 A and AA: one line each. The base components' own time picker is left out: in the npm package
 * its label points nowhere, in Lightning it does not.
 */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  return (await page.evaluate(`(async () => {
    const { violations } = await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'], elementRef: true });
    const hosts = (node) => (node.getRootNode().host ? [node.getRootNode().host.localName, ...hosts(node.getRootNode().host)] : []);
    const ours = violations.map(({ id, nodes }) => ({
      id,
      nodes: nodes.filter(({ element }) => !hosts(element).includes('lightning-timepicker')),
    }));
    return ours.filter(({ nodes }) => nodes.length).map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 200)).join(' | '));
  })()`)) as string[];
}

/** Takes a picture of the page, down to where it ends: those of the guide are what the tests saw. */
export async function picture(page: Page, name: string): Promise<void> {
  await mkdir(IMAGES, { recursive: true });
  const { width } = page.viewportSize()!;
  const bottom = (await page.locator('main').boundingBox())!;
  const clip = { x: 0, y: 0, width, height: Math.ceil(bottom.y + bottom.height) };
  await page.screenshot({ path: `${IMAGES}${name}.png`, fullPage: true, clip, animations: 'disabled' });
}
