import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { figure } from '../../scripts/figure.ts';

test('a figure is what it says', () => {
  expect(figure('--seeds', '10')).toBe(10);
  expect(figure('--minutes', '0.5', 'any')).toBe(0.5);
});

test.each(['31,32,33', '0', '-1', '1.5', '1e3', '', 'ten'])(
  'the fault suite with --seeds=%s says what is wrong, and does not pass',
  (seeds) => {
    const script = resolve(import.meta.dirname, '../faults/run.ts');
    const { status, stderr } = spawnSync(process.execPath, [script, `--seeds=${seeds}`], { encoding: 'utf8' });
    expect(stderr).toContain(`--seeds takes a whole number above 0, which ${JSON.stringify(seeds)} is not.`);
    expect(status).toBe(2);
  },
);
