import { describe, expect, it } from 'vitest';
import { runChecks } from '../../scripts/check/report.ts';
import type { Check, Verdict } from '../../scripts/check/verdict.ts';

const project = { root: '/nowhere', modules: '/nowhere' };
const check = (name: string, verdict: Verdict | Error): Check => ({
  name,
  run: () => (verdict instanceof Error ? Promise.reject(verdict) : Promise.resolve(verdict)),
});
const pass: Verdict = { kind: 'pass', message: 'all well' };
const fail: Verdict = { kind: 'fail', problems: ['a.ts:1: wrong'], remedy: 'Put it right.' };
const missing: Verdict = { kind: 'missing', tool: 'Java', remedy: 'Install it.' };

async function report(checks: Check[], allowMissing = false) {
  const lines: string[] = [];
  const well = await runChecks(checks, project, { allowMissing, print: (line) => lines.push(line), atOnce: 2 });
  return { well, lines, last: lines.at(-1) };
}

describe('the report of all checks', () => {
  it('is well when every check passed', async () => {
    const { well, last, lines } = await report([check('one', pass), check('two', pass)]);
    expect({ well, last }).toEqual({ well: true, last: '2 passed, 0 failed' });
    expect(lines[0]).toMatch(/^pass {5}one: all well/);
  });

  it('names each problem and what to do', async () => {
    const { well, last, lines } = await report([check('one', pass), check('two', fail)]);
    expect({ well, last }).toEqual({ well: false, last: '1 passed, 1 failed' });
    expect(lines.join('\n')).toMatch(/FAIL {5}two[^\n]*\n *a\.ts:1: wrong\n *Put it right\./);
  });

  it('fails for want of a tool, unless that is allowed', async () => {
    const strict = await report([check('one', missing)]);
    expect({ well: strict.well, last: strict.last }).toEqual({ well: false, last: '0 passed, 1 failed' });
    expect(strict.lines.join('\n')).toMatch(/MISSING.*Java is not here\n *Install it\./);
    const lenient = await report([check('one', missing), check('two', pass)], true);
    expect({ well: lenient.well, last: lenient.last }).toEqual({ well: true, last: '1 passed, 0 failed, 1 left out' });
    expect((await report([check('one', missing), check('two', fail)], true)).well).toBe(false);
  });

  it('counts a check that breaks as failed, and goes on', async () => {
    const { well, last, lines } = await report([check('one', new Error('no such file')), check('two', pass)]);
    expect({ well, last }).toEqual({ well: false, last: '1 passed, 1 failed' });
    expect(lines.join('\n')).toContain('no such file');
  });

  it('shows the first of very many problems, and counts the rest', async () => {
    const problems = Array.from({ length: 100 }, (_, i) => `problem ${i}`);
    const { lines } = await report([check('one', { kind: 'fail', problems, remedy: 'Less.' })]);
    expect(lines.join('\n')).toContain('and 60 more');
    expect(lines.join('\n')).not.toContain('problem 40');
  });
});
