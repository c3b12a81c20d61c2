/** Projects with seeded faults, for the checks to find. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import type { Check, Project } from '../../scripts/check/verdict.ts';

export const HERE = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const MODULES = join(HERE, 'node_modules');
/** What starts a JVM or `sf` takes seconds, and many on a busy machine. */
export const SLOW = 240_000;

const made: string[] = [];
afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** An empty folder with these files, and the packages of this project within reach. */
export function projectOf(files: Record<string, string>): Project {
  const root = mkdtempSync(join(tmpdir(), 'check-'));
  made.push(root);
  symlinkSync(MODULES, join(root, 'node_modules'));
  for (const [path, text] of Object.entries(files)) put(root, path, text);
  return { root, modules: MODULES };
}

/** A copy of the Salesforce package as it is, to be changed. */
export function packageCopy(): Project {
  const project = projectOf({});
  for (const path of ['force-app', 'external-client-app', 'sfdx-project.json', '.forceignore']) {
    cpSync(join(HERE, path), join(project.root, path), { recursive: true });
  }
  return project;
}

export function put(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** Replaces a text that must be there. */
export function change(root: string, path: string, from: string, to: string): void {
  const text = readFileSync(join(root, path), 'utf8');
  if (!text.includes(from)) throw new Error(`${path} does not hold ${from}`);
  writeFileSync(join(root, path), text.replace(from, to));
}

/** What a check has against a project: nothing where it passes. */
export async function problemsOf(check: Check, project: Project): Promise<string[]> {
  const verdict = await check.run(project);
  switch (verdict.kind) {
    case 'pass':
      return [];
    case 'fail':
      return verdict.problems;
    case 'missing':
      throw new Error(`${verdict.tool} is missing`);
    default:
      throw verdict satisfies never;
  }
}

export const META = 'xmlns="http://soap.sforce.com/2006/04/metadata"';

/** The files of one Apex class. */
export function apexClass(name: string, body: string): Record<string, string> {
  const path = `force-app/main/default/classes/${name}.cls`;
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<ApexClass ${META}><apiVersion>66.0</apiVersion><status>Active</status></ApexClass>\n`;
  return { [path]: body, [`${path}-meta.xml`]: xml };
}

/** The least that Salesforce's tools take for a project. */
export const SFDX = JSON.stringify({ packageDirectories: [{ path: 'force-app', default: true }], sourceApiVersion: '66.0' });
