/** The describes that a formula's and a mapping's relationship paths lead through. */
import type { SalesforceCatalog } from '../../model/catalog.ts';
import type { ObjectDescribe } from '../../model/salesforce.ts';
import { MAX_RELATIONSHIPS, type Related, relationship } from '../../decide/index.ts';

/** Enough for any formula a person wrote; a text made to load the whole org stops here, and the rest counts as not visible. */
const MAX_OBJECTS = 50;

/**
 * Reads the describe of every object on the way of the paths, each once.
 * @param texts formulas and paths alike: whatever looks like a path is followed, what leads nowhere is left
 * @throws SalesforceError
 */
export async function loadRelated(
  catalog: Pick<SalesforceCatalog, 'describe'>,
  connectionId: string,
  describe: ObjectDescribe,
  texts: Iterable<string | null>,
  options: { refresh?: boolean } = {},
): Promise<Related> {
  const loaded = new Map<string, ObjectDescribe | null>([[describe.name.toLowerCase(), describe]]);
  for (const path of pathsIn(texts)) {
    let at: ObjectDescribe | null = describe;
    for (const name of path.slice(0, MAX_RELATIONSHIPS)) {
      const reference: ReturnType<typeof relationship> = at ? relationship(at, name) : undefined;
      const target: string | undefined = reference?.referenceTo.length === 1 ? reference.referenceTo[0] : undefined;
      if (target === undefined) break;
      const key = target.toLowerCase();
      if (!loaded.has(key) && loaded.size < MAX_OBJECTS) {
        loaded.set(key, await catalog.describe(connectionId, target, options));
      }
      at = loaded.get(key) ?? null;
    }
  }
  return (object) => loaded.get(object.toLowerCase()) ?? undefined;
}

/** The relationships of each dotted path: [['Account', 'Owner'], …]. */
function pathsIn(texts: Iterable<string | null>): string[][] {
  const paths = new Map<string, string[]>();
  for (const text of texts) {
    for (const [match] of (text ?? '').matchAll(/\b[A-Za-z]\w*(?:\s*\.\s*[A-Za-z]\w*)+/g)) {
      const relationships = match.split('.').map((name) => name.trim());
      relationships.pop();
      paths.set(relationships.join('.').toLowerCase(), relationships);
    }
  }
  return [...paths.values()];
}
