/** Who may import whom. Data flows one way; whoever needs more than this table gives has to change the table, and say why. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const RELAY = join(ROOT, 'relay');

/** Folder (or file) of the relay → what of the relay it may import. Its own files are always allowed. */
const ALLOWED: Record<string, readonly string[] | 'everything'> = {
  model: [],
  formula: [],
  decide: ['model', 'formula'],
  map: ['model'],
  salesforce: ['model'],
  db: ['model'],
  inbox: ['model', 'db'],
  log: ['model', 'db'],
  connections: ['model', 'db'],
  integrations: ['model', 'db', 'formula', 'decide'],
  // Delivering is claiming, posting and settling: the ledger and the inbox's settlement belong to it.
  deliver: ['model', 'db', 'inbox'],
  checks: ['model', 'db', 'formula', 'decide', 'map', 'integrations'],
  api: ['model', 'db', 'formula', 'decide', 'integrations', 'connections', 'log', 'env.ts'],
  'env.ts': ['model', 'connections'],
  run: 'everything',
  'pipeline.ts': 'everything',
  'main.ts': 'everything',
};

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

function imports(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '');
}

const part = (file: string): string => relative(RELAY, file).split('/')[0] ?? '';

test('each folder of the relay imports only what it may', () => {
  const wrong = sources(RELAY).flatMap((file) => {
    const own = part(file);
    const allowed = ALLOWED[own];
    if (allowed === undefined) return [`${relative(ROOT, file)}: ${own} is not in the table`];
    return imports(file)
      .filter((name) => name.startsWith('.'))
      .map((name) => resolve(dirname(file), name))
      .filter(
        (target) =>
          !target.startsWith(RELAY) || (part(target) !== own && allowed !== 'everything' && !allowed.includes(part(target))),
      )
      .map((target) => `${relative(ROOT, file)} imports ${relative(ROOT, target)}`);
  });
  expect(wrong).toEqual([]);
});

test('the formula engine needs nothing but decimal.js', () => {
  const packages = sources(join(RELAY, 'formula')).flatMap((file) => imports(file).filter((name) => !name.startsWith('.')));
  expect([...new Set(packages)]).toEqual(packages.length > 0 ? ['decimal.js'] : []);
});

test('stand-ins share no code with the relay', () => {
  const wrong = sources(join(ROOT, 'test/standins'))
    .filter((file) => !file.endsWith('.test.ts'))
    .filter((file) => imports(file).some((name) => name.includes('/relay/')));
  expect(wrong.map((file) => relative(ROOT, file))).toEqual([]);
});

test('process.env is read in one place', () => {
  const readers = sources(RELAY).filter((file) => readFileSync(file, 'utf8').includes('process.env'));
  expect(readers.map((file) => relative(ROOT, file)).filter((name) => name !== 'relay/main.ts')).toEqual(['relay/env.ts']);
});
