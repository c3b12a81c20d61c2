/** `npm run check`: everything that can be known about the project without running it, and about the package without an org. */
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { CHECKS } from './check/checks.ts';
import { runChecks } from './check/report.ts';

const USAGE = `npm run check [-- [--allow-missing] [--list] [words of names…]]
  --allow-missing  a tool that is not on this machine (Java) is no failure
  --list           only say which checks there are`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'allow-missing': { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const chosen = CHECKS.filter(
  ({ name }) => positionals.length === 0 || positionals.some((word) => name.toLowerCase().includes(word.toLowerCase())),
);

if (values.help) {
  console.log(USAGE);
} else if (values.list) {
  for (const { name } of chosen) console.log(name);
} else if (chosen.length === 0) {
  console.error(`No check is named ${positionals.join(' or ')}. There are: ${CHECKS.map(({ name }) => name).join(', ')}`);
  process.exitCode = 2;
} else {
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  const well = await runChecks(
    chosen,
    { root, modules: join(root, 'node_modules') },
    {
      allowMissing: values['allow-missing'],
      print: (line) => console.log(line),
      atOnce: Math.min(2, availableParallelism()),
    },
  );
  process.exitCode = well ? 0 : 1;
}
