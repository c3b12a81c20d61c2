import { join } from 'node:path';
import { metadataFiles } from './files.ts';
import { java } from './java.ts';
import { run } from './processes.ts';
import { stubFolder } from './schema.ts';
import { type Check, verdictOf } from './verdict.ts';

type Message = { start: { line: number }; category: string; message: string };
type Report = { files: { path: string; messages: Message[] }[] };

/**
 * Types, names, arguments and returns of all Apex, by apex-ls against the platform's stubs: what a compiler would refuse.
 * It does not run the tests; only an org can.
 */
export const apexSemantics: Check = {
  name: 'Apex semantics',
  async run({ root, modules }) {
    const machine = await java();
    if (machine.kind === 'missing') return machine;
    const jars = join(stubFolder(modules), '*');
    const main = 'io.github.apexdevtools.apexls.CheckForIssues';
    const ended = await run(machine.command, ['-cp', jars, main, '-w', root, '-d', 'warnings', '--nocache', '-f', 'json'], {
      cwd: root,
    });
    const start = ended.output.indexOf('{');
    if (start < 0) throw new Error(`apex-ls gave no report (exit ${ended.code}): ${ended.output}`);
    const report = JSON.parse(ended.output.slice(start, ended.output.lastIndexOf('}') + 1)) as Report;
    const problems = report.files.flatMap((file) =>
      file.messages.map((m) => `${file.path.replace(`${root}/`, '')}:${m.start.line}: ${m.category}: ${m.message}`),
    );
    const classes = metadataFiles(root).filter((path) => path.endsWith('.cls'));
    if (classes.length === 0) problems.push('force-app: there is no Apex class to check');
    return verdictOf(problems, `${classes.length} classes`, 'Mend the Apex; the messages are a compiler’s.');
  },
};
