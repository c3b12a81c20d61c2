import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import { metadataFiles } from '../files.ts';

/** One metadata file: its name as others refer to it, and its elements. */
export type Component = { name: string; path: string; xml: unknown };
export type AuraMethod = { cacheable: boolean; parameters: string[] };
export type SourceFile = { path: string; text: string };

/** The package as its parts refer to one another. Components are listed by the suffix of their file. */
export type Package = {
  root: string;
  files: string[];
  components: (suffix: string) => Component[];
  has: (suffix: string, name: string) => boolean;
  /** Apex classes by name. */
  classes: Map<string, SourceFile & { methods: Map<string, AuraMethod> }>;
  /** Component bundles by name, with their JavaScript and HTML (tests beside them left out). */
  bundles: Map<string, { scripts: SourceFile[]; templates: SourceFile[] }>;
};

export function readPackage(root: string): Package {
  const files = metadataFiles(root);
  const bySuffix = new Map<string, Component[]>();
  for (const path of files.filter((file) => file.endsWith('-meta.xml'))) {
    const [name, suffix] = nameAndSuffix(basename(path));
    const xml = new XMLParser({ parseTagValue: false }).parse(read(root, path).text) as Record<string, unknown>;
    const elements = Object.entries(xml).find(([tag]) => !tag.startsWith('?'))?.[1];
    bySuffix.set(suffix, [...(bySuffix.get(suffix) ?? []), { name, path, xml: elements }]);
  }
  return {
    root,
    files,
    components: (suffix) => bySuffix.get(suffix) ?? [],
    has: (suffix, name) => (bySuffix.get(suffix) ?? []).some((component) => component.name === name),
    classes: new Map(
      files
        .filter((path) => path.endsWith('.cls'))
        .map((path) => read(root, path))
        .map((file) => [basename(file.path, '.cls'), { ...file, methods: auraMethods(file.text) }]),
    ),
    bundles: bundlesOf(root, files),
  };
}

/** All texts at a path of elements, whether each stands once or often. */
export function values(xml: unknown, path: string): string[] {
  let at: unknown[] = [xml];
  for (const name of path.split('.')) {
    at = at.flatMap((node) =>
      typeof node === 'object' && node !== null ? [(node as Record<string, unknown>)[name]].flat() : [],
    );
  }
  return at.filter((value): value is string => typeof value === 'string');
}

/** All elements at a path, for those whose parts belong together. */
export function elements(xml: unknown, name: string): unknown[] {
  if (typeof xml !== 'object' || xml === null) return [];
  return [(xml as Record<string, unknown>)[name]].flat().filter((value) => value !== undefined);
}

function nameAndSuffix(file: string): [string, string] {
  const whole = file.replace(/-meta\.xml$/, '');
  const dot = whole.lastIndexOf('.');
  return [whole.slice(0, dot), whole.slice(dot + 1)];
}

function read(root: string, path: string): SourceFile {
  return { path, text: readFileSync(join(root, path), 'utf8') };
}

function bundlesOf(root: string, files: string[]): Package['bundles'] {
  const bundles: Package['bundles'] = new Map();
  for (const path of files) {
    const name = path.match(/\/lwc\/([^/]+)\//)?.[1];
    if (!name || !/\.(js|html)$/.test(path)) continue;
    const bundle = bundles.get(name) ?? { scripts: [], templates: [] };
    bundles.set(name, bundle);
    (path.endsWith('.js') ? bundle.scripts : bundle.templates).push(read(root, path));
  }
  return bundles;
}

const AURA = /@AuraEnabled\s*(\([^)]*\))?\s+(?:public|global)\s+static\s+[\w<>,.\s]+?\s+(\w+)\s*\(([^)]*)\)/gi;

/** What a component may import from a class: its static @AuraEnabled methods, with the names of their parameters. */
export function auraMethods(source: string): Map<string, AuraMethod> {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');
  const methods = new Map<string, AuraMethod>();
  for (const [, options, name, parameters] of code.matchAll(AURA)) {
    const names = withoutGenerics(parameters ?? '')
      .split(',')
      .map((parameter) => parameter.trim().split(/\s+/).at(-1) ?? '')
      .filter((parameter) => parameter !== '');
    methods.set(name ?? '', { cacheable: /cacheable\s*=\s*true/i.test(options ?? ''), parameters: names });
  }
  return methods;
}

/** A comma within <…> parts no parameters. */
function withoutGenerics(text: string): string {
  const less = text.replace(/<[^<>]*>/g, '');
  return less === text ? text : withoutGenerics(less);
}

/** Whether a file of the project is there. */
export const exists = (pack: Package, path: string): boolean => existsSync(join(pack.root, path));
