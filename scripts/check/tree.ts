import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { run } from './processes.ts';
import { type Check, type Project, type Verdict, verdictOf } from './verdict.ts';

/** Where the sources are: nothing in them may be kept from git, or a clone lacks it. */
const SOURCES = ['relay', 'scripts', 'test', 'config', 'docs', 'force-app', 'external-client-app'];
const BINARY = /\.(png|jpe?g|gif|ico|woff2?|zip|gz|jar)$/;

/** Addresses of package registries: which one is used is each machine's own affair (.npmrc outside the project). */
const REGISTRY = /https?:\/\/[^\s"'/]*(registry|artifactory|nexus|verdaccio|npm-proxy|pypi|codeartifact)[^\s"'/]*/i;
/** Folders of one person or machine; what follows makes the difference to a path within the project. */
const MACHINE = /(?<![\w./:~-])(\/root\/|\/home\/\w+\/|\/Users\/\w+\/|[A-Z]:\\Users\\)/;

/** No tracked file names a place on the machine it was written on, nor the registry that served it. */
export const portable: Check = {
  name: 'no machine’s own names',
  run: (project) =>
    inGit(project, async (git) => {
      const own = [project.root, homedir()].filter((path) => path.split('/').length > 2);
      const problems: string[] = [];
      const tracked = (await git('ls-files', '-z')).split('\0').filter((path) => path && !BINARY.test(path));
      for (const path of tracked) problems.push(...namesIn(textOf(join(project.root, path)), path, own));
      return verdictOf(
        problems,
        `${tracked.length} tracked files`,
        'Write paths relative to the project, and leave registries to .npmrc.',
      );
    }),
};

/** The places in one file that name a machine's folder or a registry. */
export function namesIn(text: string, path: string, own: string[]): string[] {
  return text.split('\n').flatMap((line, i) => {
    const found = own.find((folder) => line.includes(`${folder}/`)) ?? MACHINE.exec(line)?.[0] ?? REGISTRY.exec(line)?.[0];
    return found ? [`${path}:${i + 1}: names ${found}`] : [];
  });
}

/** Files that lie among the sources and that .gitignore hides: tests pass here and fail in every clone. */
export const nothingHidden: Check = {
  name: 'nothing hidden from git',
  run: (project) =>
    inGit(project, async (git) => {
      const ignored = await git('ls-files', '--others', '--ignored', '--exclude-standard', '-z', '--', ...SOURCES);
      const problems = ignored
        .split('\0')
        .filter((path) => path && !path.includes('node_modules/') && !path.endsWith('.DS_Store'));
      return verdictOf(
        problems.map((path) => `${path}: is ignored by .gitignore`),
        SOURCES.join(', '),
        'Rename the file or narrow .gitignore; what is made by a run belongs outside these folders.',
      );
    }),
};

type Git = (...args: string[]) => Promise<string>;

async function inGit({ root }: Project, check: (git: Git) => Promise<Verdict>): Promise<Verdict> {
  const inside = await run('git', ['rev-parse', '--is-inside-work-tree'], { cwd: root });
  if (inside.code === 127) return { kind: 'missing', tool: 'git', remedy: 'Install git.' };
  if (inside.code !== 0) return { kind: 'missing', tool: 'a git work tree', remedy: 'Run this check in a clone.' };
  return check(async (...args) => {
    const ended = await run('git', args, { cwd: root });
    if (ended.code !== 0) throw new Error(`git ${args.join(' ')}: ${ended.output}`);
    return ended.output;
  });
}

/** Empty where a tracked file was deleted in the work tree. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
