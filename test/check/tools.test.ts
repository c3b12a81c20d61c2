import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { format, lint, lintComponents, types } from '../../scripts/check/tools.ts';
import { HERE, SLOW, problemsOf, projectOf } from './support.ts';

const own = (...paths: string[]) => Object.fromEntries(paths.map((path) => [path, readFileSync(join(HERE, path), 'utf8')]));
/** ESLint wants each folder that it is told of to hold something. */
const folders = Object.fromEntries(['relay', 'scripts', 'test'].map((folder) => [`${folder}/empty.ts`, 'export {};\n']));

describe('the tools', { timeout: SLOW }, () => {
  it('refuse a wrong type', async () => {
    const found = await problemsOf(
      types,
      projectOf({ ...own('tsconfig.json'), 'relay/a.ts': "export const n: number = 'one';\n" }),
    );
    expect(found.join('\n')).toMatch(/relay\/a\.ts\(1,14\): error TS2322/);
  });

  it('refuse a promise that nobody waits for', async () => {
    const floating = 'const later = async (): Promise<void> => {};\nexport function now(): void {\n  later();\n}\n';
    const project = projectOf({ ...own('tsconfig.json', 'config/eslint.config.mjs'), ...folders, 'relay/a.ts': floating });
    const found = (await problemsOf(lint, project)).join('\n');
    expect(found).toContain('relay/a.ts');
    expect(found).toContain('no-floating-promises');
  });

  it('accept what is right', async () => {
    const project = projectOf({ ...own('tsconfig.json', 'config/eslint.config.mjs', '.prettierrc.json'), ...folders });
    expect(await problemsOf(lint, project)).toEqual([]);
    expect(await problemsOf(types, project)).toEqual([]);
  });

  it('refuse what Lightning web components may not do', async () => {
    const source =
      "import { LightningElement } from 'lwc';\nexport default class A extends LightningElement {\n  go() {\n    document.querySelector('a');\n  }\n}\n";
    const project = projectOf({ ...own('config/eslint.lwc.config.mjs'), 'force-app/main/default/lwc/a/a.js': source });
    const found = (await problemsOf(lintComponents, project)).join('\n');
    expect(found).toContain('force-app/main/default/lwc/a/a.js');
    expect(found).toContain('no-document-query');
  });

  it('refuse another format, in TypeScript and in Apex', async () => {
    const project = projectOf({
      ...own('.prettierrc.json'),
      'relay/a.ts': 'export const a = "b"\n',
      'force-app/main/default/classes/A.cls': 'public class A { Integer   n ; }\n',
    });
    const found = (await problemsOf(format, project)).join('\n');
    expect(found).toContain('relay/a.ts');
    expect(found).toContain('classes/A.cls');
  });

  it('are missed where npm ci was not run', async () => {
    const project = { ...projectOf({}), modules: '/nowhere' };
    expect(await types.run(project)).toMatchObject({ kind: 'missing', tool: 'tsc', remedy: 'Run npm ci.' });
  });
});
