/** A schema made of a list of paths. */
import type { FieldInfo, Schema } from '../../../relay/formula/index.ts';

export function schemaOf(object: string, fields: Record<string, FieldInfo | string>): Schema {
  const infos = new Map(
    Object.entries(fields).map(([path, info]) => [
      path.toLowerCase(),
      { path, field: typeof info === 'string' ? { name: path.split('.').at(-1) ?? path, type: info } : info },
    ]),
  );
  return {
    object,
    field: (path) => {
      const found = infos.get(path.join('.').toLowerCase());
      if (found !== undefined) return { kind: 'field', ...found };
      for (let at = 0; at < path.length; at += 1) {
        const inside = path.slice(0, at).map((part) => part.toLowerCase());
        const here = [...infos.values()]
          .map(({ path: known }) => known.split('.'))
          .filter((known) => inside.every((part, i) => known[i]?.toLowerCase() === part));
        const names = [...new Set(here.map((known) => known[at]).filter((name) => name !== undefined))];
        if (!names.some((name) => name.toLowerCase() === path[at]?.toLowerCase()))
          return { kind: 'unknown', candidates: names, at };
      }
      return { kind: 'unknown', candidates: [], at: path.length - 1 };
    },
  };
}
