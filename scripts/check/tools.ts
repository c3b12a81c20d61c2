import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bin, linesOf, run } from './processes.ts';
import { type Check, type Verdict } from './verdict.ts';

/** A command of the project's own packages that says nothing when all is well. */
function tool(name: string, command: string, args: (root: string) => string[], good: string, remedy: string): Check {
  return {
    name,
    async run({ root, modules }): Promise<Verdict> {
      if (!existsSync(bin(modules, command))) return { kind: 'missing', tool: command, remedy: 'Run npm ci.' };
      const ended = await run(bin(modules, command), args(root), { cwd: root });
      if (ended.code === 0) return { kind: 'pass', message: good };
      return { kind: 'fail', problems: linesOf(ended.output, root), remedy };
    },
  };
}

export const types = tool('types', 'tsc', () => ['--noEmit', '-p', '.'], 'tsc, strict', 'Mend the types.');

export const lint = tool(
  'lint (TypeScript)',
  'eslint',
  (root) => ['--config', join(root, 'config/eslint.config.mjs'), '--max-warnings', '0', 'relay', 'scripts', 'test', 'config'],
  'relay, scripts, tests',
  'Mend the code; npx eslint --config config/eslint.config.mjs --fix does some of it.',
);

export const lintComponents = tool(
  'lint (components)',
  'eslint',
  (root) => ['--config', join(root, 'config/eslint.lwc.config.mjs'), '--max-warnings', '0', 'force-app'],
  "Salesforce's rules for Lightning web components",
  'Mend the component; the rule’s page says why.',
);

export const format = tool(
  'format',
  'prettier',
  () => ['--check', '--log-level', 'warn', '.'],
  'every file as prettier writes it',
  'Run npx prettier --write on these files.',
);
