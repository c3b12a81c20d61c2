import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { apexSemantics } from '../../scripts/check/apex.ts';
import { java } from '../../scripts/check/java.ts';
import { apexRules } from '../../scripts/check/pmd.ts';
import type { Check, Project } from '../../scripts/check/verdict.ts';
import { SFDX, SLOW, apexClass, projectOf } from './support.ts';

afterEach(() => vi.unstubAllEnvs());

/** With Java the problems; without it the check must say so, and never pass. */
async function problems(check: Check, project: Project): Promise<string> {
  const verdict = await check.run(project);
  if ((await java()).kind === 'missing') {
    expect(verdict).toMatchObject({ kind: 'missing', remedy: expect.stringContaining('Java 17') });
    return '';
  }
  expect(verdict.kind).toBe('fail');
  return verdict.kind === 'fail' ? verdict.problems.join('\n') : '';
}
const withJava = async () => (await java()).kind === 'found';

describe('Apex', { timeout: SLOW }, () => {
  it('is read as a compiler would', async () => {
    const found = await problems(
      apexSemantics,
      projectOf({
        'sfdx-project.json': SFDX,
        ...apexClass('Good', 'public class Good { public static Integer twice(Integer n) { return 2 * n; } }'),
        ...apexClass('Method', 'public class Method { void m() { Good.thrice(1); } }'),
        ...apexClass('Argument', "public class Argument { void m() { Good.twice('1'); } }"),
        ...apexClass('Type', 'public class Type { Missing m; }'),
        ...apexClass('Field', 'public class Field { void m(Case c) { String s = c.Subjekt; } }'),
        ...apexClass('Words', 'public class Words { String s = System.Label.Missing_One; }'),
        ...apexClass('Syntax', 'public class Syntax { void m( { } }'),
      }),
    );
    if (!(await withJava())) return;
    for (const name of ['Method', 'Argument', 'Type', 'Field', 'Words', 'Syntax'])
      expect(found).toContain(`classes/${name}.cls:1`);
    expect(found).not.toContain('classes/Good.cls');
  });

  it('is not taken for right where there is none', async () => {
    const found = await problems(apexSemantics, projectOf({ 'sfdx-project.json': SFDX, 'force-app/main/default/x.txt': '' }));
    if (await withJava()) expect(found).toContain('no Apex class');
  });

  it('keeps the rules of severity 1 and 2', async () => {
    const body = `public class Careless {
      public List<SObject> all(String name) { return Database.query('SELECT Id FROM Case WHERE Subject = \\'' + name + '\\''); }
    }`;
    const found = await problems(apexRules, projectOf({ 'sfdx-project.json': SFDX, ...apexClass('Careless', body) }));
    if (!(await withJava())) return;
    expect(found).toMatch(/classes\/Careless\.cls:\d+: ApexSOQLInjection/);
  });

  it('is left unchecked, and says so, under a Java that is too old', async () => {
    const { root } = projectOf({ 'bin/java': '#!/bin/sh\necho \'openjdk version "8.0.1"\' >&2\n' });
    chmodSync(join(root, 'bin/java'), 0o755);
    vi.stubEnv('JAVA_HOME', root);
    const project = projectOf(apexClass('A', 'public class A {}'));
    for (const check of [apexSemantics, apexRules]) {
      expect(await check.run(project)).toMatchObject({ kind: 'missing', tool: expect.stringContaining('this one is 8') });
    }
  });
});
