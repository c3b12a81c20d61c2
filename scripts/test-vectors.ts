/**
 * Runs every formula vector in test/fixtures/formula/ and, if FORMULA_VECTORS names a file, those in it too.
 * Prints each vector that fails with what came out, and ends with "N passed, N failed".
 */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { check, readVectors } from '../test/formula/support/vector.ts';

const folder = fileURLToPath(new URL('../test/fixtures/formula/', import.meta.url));
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .sort()
  .map((name) => folder + name);
const extra = process.env['FORMULA_VECTORS'];
if (extra !== undefined && extra !== '') files.push(extra);

let passed = 0;
let failed = 0;
for (const file of files) {
  for (const vector of readVectors(file)) {
    const wrong = check(vector);
    if (wrong.length === 0) {
      passed += 1;
      continue;
    }
    failed += 1;
    console.log(`${vector.formula}\n  record ${JSON.stringify(vector.record ?? {})} expected ${JSON.stringify(vector.expected)}`);
    for (const line of wrong) console.log(`  came out with ${line}`);
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
