import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { namesIn, nothingHidden, portable } from '../../scripts/check/tree.ts';
import type { Project } from '../../scripts/check/verdict.ts';
import { problemsOf, projectOf, put } from './support.ts';

function repository(files: Record<string, string>): Project {
  const project = projectOf({ ...files });
  execFileSync('git', ['init', '-q'], { cwd: project.root });
  execFileSync('git', ['add', '-A', '--', ...Object.keys(files)], { cwd: project.root });
  return project;
}

// Put together here, because this file is looked at as well.
const folder = (...parts: string[]) => `/${parts.join('/')}/`;
const host = (name: string) => ['https:', '', name].join('/');
const HOME = folder('home', 'somebody');

describe('what a clone would lack or betray', () => {
  it.each([
    [`const data = "${HOME}data";`, HOME],
    [`see ${folder('root')}notes`, folder('root')],
    [`at ${folder('Users', 'somebody')}project/x.ts`, folder('Users', 'somebody')],
    [`"resolved": "${host('registry.npmjs.org')}/koa"`, host('registry.npmjs.org')],
    [`url = ${host('nexus.corp.example')}/npm`, host('nexus.corp.example')],
    ['in /srv/checkout/relay', '/srv/checkout'],
  ])('names %s', (line, name) => {
    expect(namesIn(`first\n${line}`, 'a.txt', ['/srv/checkout'])).toEqual([`a.txt:2: names ${name}`]);
  });

  it.each([
    `src${folder('home')}index.ts`,
    `${host('example.com')}${folder('home', 'page')}`,
    `.${folder('root')}x`,
    'GET /services/data',
    'the npm registry',
  ])('does not mind %s', (line) => {
    expect(namesIn(line, 'a.txt', ['/srv/checkout'])).toEqual([]);
  });

  it('is looked for in tracked files only', async () => {
    const project = repository({ 'docs/a.md': `in ${HOME}x` });
    expect(await problemsOf(portable, project)).toEqual([`docs/a.md:1: names ${HOME}`]);
  });

  it('is a file that .gitignore hides among the sources', async () => {
    const project = repository({ '.gitignore': '*.log\ndata/\n' });
    put(project.root, 'test/fixtures/data/cases.json', '[]');
    put(project.root, 'relay/seen.log', '');
    put(project.root, 'data/database', '');
    expect(await problemsOf(nothingHidden, project)).toEqual([
      'relay/seen.log: is ignored by .gitignore',
      'test/fixtures/data/cases.json: is ignored by .gitignore',
    ]);
  });

  it('cannot be known outside of git', async () => {
    expect(await portable.run(projectOf({ 'a.txt': '' }))).toMatchObject({ kind: 'missing', tool: 'a git work tree' });
  });
});
