import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { metadataFiles } from './files.ts';
import { type MetadataType, readMetadataTypes } from './metadata-types.ts';
import { type Check, verdictOf } from './verdict.ts';

/** As fast-xml-parser gives an element in document order: one tag with its children, or a text. */
type Node = Record<string, Node[] | string>;

/** How long Salesforce lets these texts be, whatever the type; a longer one is refused only by the org. */
const LENGTHS: Record<string, number> = { description: 255, label: 80, masterLabel: 80, shortDescription: 80, value: 1000 };

/** Elements, words and required parts of every metadata file, which `sf project convert source` does not look at. */
export const metadataElements: Check = {
  name: 'metadata elements',
  async run({ root, modules }) {
    const types = readMetadataTypes(modules);
    const suffixes = readSuffixes(modules);
    const project = JSON.parse(readFileSync(join(root, 'sfdx-project.json'), 'utf8')) as { sourceApiVersion: string };
    const files = metadataFiles(root).filter((path) => path.endsWith('-meta.xml'));
    const problems = files.flatMap((path) => {
      const type = typeOfFile(path, suffixes);
      if (!type) return [`${path}: no metadata type has this suffix`];
      return elementProblems(readFileSync(join(root, path), 'utf8'), type, types, project.sourceApiVersion).map(
        (problem) => `${path}: ${problem}`,
      );
    });
    if (files.length === 0) problems.push('force-app: there is no metadata to check');
    return verdictOf(problems, `${files.length} files`, 'Write the element as the Metadata API guide names it.');
  },
};

/** The metadata type of a file, by the suffix before -meta.xml. */
export function typeOfFile(path: string, suffixes: Map<string, string>): string | undefined {
  return suffixes.get(
    basename(path)
      .replace(/-meta\.xml$/, '')
      .split('.')
      .at(-1) ?? '',
  );
}

/** Which suffix belongs to which type, from the registry by which `sf` itself packs. */
export function readSuffixes(modules: string): Map<string, string> {
  const path = join(modules, '@salesforce/source-deploy-retrieve/lib/src/registry/metadataRegistry.json');
  const registry = JSON.parse(readFileSync(path, 'utf8')) as { types: Record<string, { name: string; suffix?: string }> };
  const suffixes = new Map<string, string>([['js', 'LightningComponentBundle']]);
  for (const type of Object.values(registry.types)) if (type.suffix) suffixes.set(type.suffix, type.name);
  return suffixes;
}

/** What is wrong with one file of this type, each with the path of the element. */
export function elementProblems(xml: string, type: string, types: Map<string, MetadataType>, apiVersion: string): string[] {
  const valid = XMLValidator.validate(xml);
  if (valid !== true) return [`line ${valid.err.line}: ${valid.err.msg}`];
  const parser = new XMLParser({ preserveOrder: true, parseTagValue: false, ignoreDeclaration: true, ignoreAttributes: false });
  const roots = (parser.parse(xml) as Node[]).filter((node) => tagOf(node) !== null);
  const root = roots[0];
  const tag = root ? tagOf(root) : null;
  if (!root || tag !== type) return [`the root is ${tag ?? 'missing'}, a file with this suffix holds ${type}`];
  if (!xml.includes('xmlns="http://soap.sforce.com/2006/04/metadata"')) return ['the root lacks the metadata namespace'];
  const problems = inside(childrenOf(root), type, type, types);
  const version = childrenOf(root).find((node) => tagOf(node) === 'apiVersion');
  const given = version ? textOf(version) : apiVersion;
  if (given !== apiVersion) problems.push(`apiVersion is ${given}, sfdx-project.json says ${apiVersion}`);
  return problems;
}

function inside(children: Node[], type: string, at: string, types: Map<string, MetadataType>): string[] {
  const known = types.get(type);
  if (known?.kind !== 'elements') return [];
  const problems: string[] = [];
  const seen = new Map<string, number>();
  for (const child of children) {
    const name = tagOf(child);
    if (name === null) continue;
    seen.set(name, (seen.get(name) ?? 0) + 1);
    const member = known.members.get(name);
    if (!member) problems.push(`${at}.${name}: there is no such element`);
    else problems.push(...one(child, member.type, `${at}.${name}`, types));
  }
  for (const [name, member] of known.members) {
    const times = seen.get(name) ?? 0;
    // The full name is the file's name.
    if (member.required && times === 0 && name !== 'fullName') problems.push(`${at}.${name}: is required`);
    if (!member.list && times > 1) problems.push(`${at}.${name}: stands ${times} times, one is allowed`);
  }
  return problems;
}

function one(node: Node, type: string, at: string, types: Map<string, MetadataType>): string[] {
  const text = textOf(node);
  if (type === 'boolean') return text === 'true' || text === 'false' ? [] : [`${at}: ${text} is neither true nor false`];
  if (type === 'number') return /^-?\d+(\.\d+)?$/.test(text) ? [] : [`${at}: ${text} is no number`];
  const longest = LENGTHS[tagOf(node) ?? ''];
  if (longest !== undefined && text.length > longest) return [`${at}: is ${text.length} characters long, ${longest} are allowed`];
  const known = types.get(type);
  if (known?.kind === 'elements') return inside(childrenOf(node), type, at, types);
  if (known?.kind === 'words' && known.words && !known.words.has(text)) {
    return [`${at}: ${text} is none of ${[...known.words].slice(0, 12).join(', ')}`];
  }
  return [];
}

function tagOf(node: Node): string | null {
  return Object.keys(node).find((key) => key !== ':@' && key !== '#text') ?? null;
}

function childrenOf(node: Node): Node[] {
  const children = node[tagOf(node) ?? ''];
  return Array.isArray(children) ? children : [];
}

function textOf(node: Node): string {
  return childrenOf(node)
    .map((child) => (typeof child['#text'] === 'string' ? child['#text'] : ''))
    .join('')
    .trim();
}
