import { XMLParser } from 'fast-xml-parser';
import { elements, values } from '../references/package.ts';

export type Entry = { type: string; name: string };

/** The components that a package.xml lists. */
export function packageMembers(xml: string): Entry[] {
  const parsed = new XMLParser({ parseTagValue: false }).parse(xml) as { Package?: unknown };
  return elements(parsed.Package, 'types').flatMap((part) =>
    values(part, 'members').map((name) => ({ type: values(part, 'name')[0] ?? '', name })),
  );
}
