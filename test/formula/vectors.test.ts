import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { check, readVectors } from './support/vector.ts';

const folder = fileURLToPath(new URL('../fixtures/formula/', import.meta.url));

describe.each(readdirSync(folder).filter((name) => name.endsWith('.json')))('%s', (name) => {
  const vectors = readVectors(folder + name);
  test('has vectors', () => expect(vectors.length).toBeGreaterThan(100));
  test.each(vectors.map((vector, i) => [i, vector.formula, vector] as const))('%i %s', (_i, _formula, vector) => {
    expect(check(vector)).toEqual([]);
  });
});
