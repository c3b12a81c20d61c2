import { afterAll, beforeAll, expect } from 'vitest';
import type { Browser, Locator, Page } from 'playwright-core';
import { servePreview, type Preview } from '../../scripts/preview/index.ts';
import { launch, openPage, violations } from './browser.ts';
import { startFakeRelay } from './fake-relay.ts';
import { emptyWorld, type World } from './world.ts';

export type Stage = {
  /** A fresh page at a tab, in front of this world. */
  open: (world: World, tab: string, size?: { width: number; height: number }) => Promise<Page>;
  /** axe finds nothing and the browser complained of nothing so far. */
  clean: (page: Page) => Promise<void>;
};

/** A preview page in front of a fake relay for the tests of one file. */
export function stage(): Stage {
  const token = 'a-token-of-the-browser-tests';
  let world = emptyWorld();
  let relay: Awaited<ReturnType<typeof startFakeRelay>>;
  let preview: Preview;
  let browser: Browser;
  const complaintsOf = new WeakMap<Page, string[]>();
  beforeAll(async () => {
    relay = await startFakeRelay(token, () => world);
    preview = await servePreview({ relayUrl: relay.url, token, port: 0 });
    browser = await launch();
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await preview?.close();
    await relay?.close();
  });
  return {
    async open(next, tab, size) {
      world = next;
      for (const context of browser.contexts()) await context.close();
      const { page, complaints } = await openPage(browser, size);
      complaintsOf.set(page, complaints);
      await page.goto(`${preview.url}/#/${tab}`);
      return page;
    },
    async clean(page) {
      expect(await violations(page)).toEqual([]);
      expect(complaintsOf.get(page)).toEqual([]);
    },
  };
}

export const button = (page: Page | Locator, name: string | RegExp): Locator => page.getByRole('button', { name });

/** Chooses in a base combobox: opens it and clicks the option. */
export async function choose(page: Page, label: string, option: string | RegExp): Promise<void> {
  await page.getByRole('combobox', { name: label }).first().click();
  await page.getByRole('option', { name: option }).first().click();
}

/** Types into one of our searchable comboboxes and takes the option. */
export async function lookUp(page: Page, label: string, term: string, option: string | RegExp): Promise<void> {
  const input = page.getByRole('combobox', { name: label });
  await input.click();
  await input.fill(term);
  await page.getByRole('option', { name: option }).first().click();
}

/** Opens an integration's menu of actions and takes one. */
export async function act(page: Page, integration: string, action: string): Promise<void> {
  await button(page, `Actions for ${integration}`).click();
  await page.getByRole('menuitem', { name: action, exact: true }).click();
}
