import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import { readClassFields } from './class-file.ts';
import { metadataFiles } from './files.ts';
import { readZip } from './zip.ts';

const FOLDER = 'com/nawforce/runforce/SObjects/';

/**
 * What a field is: a value, the way to a parent or to children. The target is the name of an object, in lower case
 * (`name` for a polymorphic parent).
 */
export type Field = { kind: 'value' } | { kind: 'parent' | 'children'; target: string };

/** An object's fields by lower-case name; undefined where there is no such object. */
export type Schema = { fieldsOf: (object: string) => Map<string, Field> | undefined };

/** Where the platform's objects stand: the stubs that come with Salesforce's Code Analyzer (API version 65). */
export const stubFolder = (modules: string): string =>
  join(modules, '@salesforce', 'code-analyzer-pmd-engine', 'dist', 'java-lib');

/** The platform's objects and the package's own, read when asked for: all 4,500 would take seconds. */
export function readSchema(modules: string, root: string): Schema {
  const jar = readdirSync(stubFolder(modules)).find((name) => /^sobject-types-.*\.jar$/.test(name));
  if (!jar) throw new Error(`no sobject-types jar in ${stubFolder(modules)}`);
  const classes = new Map<string, () => Buffer>();
  for (const [name, read] of readZip(readFileSync(join(stubFolder(modules), jar)))) {
    if (name.startsWith(FOLDER) && !name.includes('$')) classes.set(name.slice(FOLDER.length, -6).toLowerCase(), read);
  }
  const own = ownFields(root);
  const known = new Map<string, Map<string, Field>>();
  return {
    fieldsOf(object) {
      const name = object.toLowerCase();
      const cached = known.get(name);
      if (cached) return cached;
      const platform = classes.get(name);
      const extra = own.get(name);
      if (!platform && !extra) return undefined;
      const fields = new Map<string, Field>(platform ? platformFields(platform()) : [...STANDARD].map((field) => [field, VALUE]));
      for (const [field, kind] of extra ?? []) fields.set(field, kind);
      known.set(name, fields);
      return fields;
    },
  };
}

const VALUE: Field = { kind: 'value' };
const STANDARD = [
  'id',
  'name',
  'ownerid',
  'createddate',
  'createdbyid',
  'lastmodifieddate',
  'lastmodifiedbyid',
  'isdeleted',
  'systemmodstamp',
];

function platformFields(classFile: Buffer): Map<string, Field> {
  const fields = new Map<string, Field>();
  for (const { name, descriptor, isStatic } of readClassFields(classFile)) {
    if (isStatic) continue;
    const target = descriptor.match(/^\[*Lcom\/nawforce\/runforce\/SObjects\/(.+);$/)?.[1]?.toLowerCase();
    const kind = descriptor.startsWith('[') ? 'children' : 'parent';
    fields.set(name.toLowerCase(), target ? { kind, target } : VALUE);
  }
  return fields;
}

/** Objects and fields that the package itself defines: objects/X/X.object-meta.xml and objects/X/fields/Y.field-meta.xml. */
function ownFields(root: string): Map<string, Map<string, Field>> {
  const objects = new Map<string, Map<string, Field>>();
  const at = (name: string) => objects.get(name) ?? (objects.set(name, new Map()), objects.get(name)!);
  for (const path of metadataFiles(root)) {
    const object = path.match(/\/objects\/([^/]+)\//)?.[1]?.toLowerCase();
    if (!object) continue;
    const fields = at(object);
    const field = path.match(/\/fields\/([^/]+)\.field-meta\.xml$/)?.[1];
    if (!field) continue;
    fields.set(field.toLowerCase(), VALUE);
    const xml = new XMLParser().parse(readFileSync(join(root, path), 'utf8')) as { CustomField?: { referenceTo?: string } };
    const target = xml.CustomField?.referenceTo;
    if (target) fields.set(field.toLowerCase().replace(/__c$/, '__r'), { kind: 'parent', target: target.toLowerCase() });
  }
  return objects;
}
