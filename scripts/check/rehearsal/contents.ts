import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { metadataFiles } from '../files.ts';
import { readZip } from '../zip.ts';
import { packageMembers } from './manifest.ts';

/** What sfdx-project.json replaces, and by what in this rehearsal. */
export type Replaced = { from: string; to: string };

/**
 * What is wrong with a zip that should hold the whole package: files left out, changed, or not ours, and components that
 * its package.xml does not list.
 */
export function zipProblems(root: string, zip: Buffer, replaced: Replaced): string[] {
  const sent = readZip(zip);
  const problems: string[] = [];
  const expected = new Set(['package.xml']);
  for (const path of metadataFiles(root).filter((file) => !isLocal(file))) {
    const name = [inZip(path), inZip(path).replace(/-meta\.xml$/, '')].find((candidate) => sent.has(candidate));
    if (!name) {
      problems.push(`${path}: was not sent`);
      continue;
    }
    expected.add(name);
    const source = readFileSync(join(root, path), 'utf8').replaceAll(replaced.from, replaced.to);
    // Labels are taken apart and put together again on the way, so only their number is compared.
    const same = name.endsWith('.labels')
      ? count(source) === count(text(sent, name))
      : squeezed(source) === squeezed(text(sent, name));
    if (!same) problems.push(`${path}: was sent with another content`);
  }
  for (const name of sent.keys()) if (!expected.has(name)) problems.push(`${name}: was sent and is no file of the package`);
  for (const [name] of sent) if (text(sent, name).includes(replaced.from)) problems.push(`${name}: still names ${replaced.from}`);
  return [...problems, ...unlisted(root, text(sent, 'package.xml'))];
}

/** Classes, components and labels that package.xml leaves out are in the zip and yet not deployed. */
function unlisted(root: string, manifest: string): string[] {
  const listed = packageMembers(manifest).map(({ type, name }) => `${type} ${name}`);
  const files = metadataFiles(root);
  const wanted = files.flatMap((path) => {
    const cls = path.match(/\/(\w+)\.cls$/)?.[1];
    const lwc = path.match(/\/(\w+)\.js-meta\.xml$/)?.[1];
    const labels = path.endsWith('.labels-meta.xml') ? labelNames(readFileSync(join(root, path), 'utf8')) : [];
    return [
      ...(cls ? [`ApexClass ${cls}`] : []),
      ...(lwc ? [`LightningComponentBundle ${lwc}`] : []),
      ...labels.map((label) => `CustomLabel ${label}`),
    ];
  });
  const whole = listed.includes('CustomLabels CustomLabels');
  return wanted
    .filter((entry) => !listed.includes(entry) && !(whole && entry.startsWith('CustomLabel ')))
    .map((entry) => `package.xml: does not list ${entry}`);
}

/** force-app/main/default/classes/X.cls is classes/X.cls in the zip; the folder of metadata is what counts. */
function inZip(path: string): string {
  return path.replace(/^force-app\/main\/default\//, '').replace(/^external-client-app\//, '');
}

/** Kept out by .forceignore. */
const isLocal = (path: string): boolean => /(^|\/)(jsconfig|tsconfig)\.json$|\.md$/.test(path);

const text = (zip: Map<string, () => Buffer>, name: string): string => zip.get(name)?.().toString('utf8') ?? '';
const labelNames = (xml: string): string[] => [...xml.matchAll(/<fullName>(\w+)<\/fullName>/g)].map((match) => match[1] ?? '');
const count = (xml: string): number => labelNames(xml).length;
const squeezed = (content: string): string => content.replace(/\s+/g, '');
