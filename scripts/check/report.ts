import type { Check, Project, Verdict } from './verdict.ts';

/** So many problems of one check are shown; the rest are counted. */
const SHOWN = 40;

export type Options = { allowMissing: boolean; print: (line: string) => void; atOnce: number };

/**
 * Runs checks, some at once, and prints what each said as it ends; a check that throws has failed.
 * A missing tool is a failure unless it is allowed, because a check that did not run proves nothing.
 * @returns whether all is well; the last line printed is `N passed, N failed`
 */
export async function runChecks(checks: Check[], project: Project, options: Options): Promise<boolean> {
  const waiting = [...checks];
  const count = { passed: 0, failed: 0, left: 0 };
  const worker = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      const started = performance.now();
      const verdict = await judged(check, project);
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      for (const line of lines(check.name, verdict, seconds, options.allowMissing)) options.print(line);
      count[outcome(verdict, options.allowMissing)] += 1;
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, options.atOnce) }, worker));
  const left = count.left > 0 ? `, ${count.left} left out` : '';
  options.print(`${count.passed} passed, ${count.failed} failed${left}`);
  return count.failed === 0;
}

async function judged(check: Check, project: Project): Promise<Verdict> {
  try {
    return await check.run(project);
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { kind: 'fail', problems: [text], remedy: 'The check itself broke: mend scripts/check.' };
  }
}

function outcome(verdict: Verdict, allowMissing: boolean): 'passed' | 'failed' | 'left' {
  switch (verdict.kind) {
    case 'pass':
      return 'passed';
    case 'fail':
      return 'failed';
    case 'missing':
      return allowMissing ? 'left' : 'failed';
    default:
      throw verdict satisfies never;
  }
}

function lines(name: string, verdict: Verdict, seconds: string, allowMissing: boolean): string[] {
  switch (verdict.kind) {
    case 'pass':
      return [`pass     ${name}: ${verdict.message} (${seconds} s)`];
    case 'fail': {
      const shown = verdict.problems.slice(0, SHOWN).map((problem) => `           ${problem}`);
      const rest = verdict.problems.length - shown.length;
      if (rest > 0) shown.push(`           … and ${rest} more`);
      return [`FAIL     ${name} (${seconds} s)`, ...shown, `         ${verdict.remedy}`];
    }
    case 'missing': {
      const word = allowMissing ? 'left out' : 'MISSING ';
      return [`${word} ${name}: ${verdict.tool} is not here`, `         ${verdict.remedy}`];
    }
    default:
      throw verdict satisfies never;
  }
}
