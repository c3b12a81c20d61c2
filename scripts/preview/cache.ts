import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Plugin, TransformResult } from 'rollup';

const hash = (...parts: string[]): string => {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(part).update('\0');
  return sum.digest('hex').slice(0, 24);
};

/** One name for the content of all files below the folders, and of the single files. */
export function fingerprint(paths: string[]): string {
  const parts: string[] = [];
  for (const path of paths) {
    if (!existsSync(path)) continue;
    const files = /\.\w+$/.test(path)
      ? [path]
      : readdirSync(path, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile() && !entry.parentPath.includes('__tests__'))
          .map((entry) => join(entry.parentPath, entry.name))
          .sort();
    for (const file of files) parts.push(file.slice(path.length), readFileSync(file, 'utf8'));
  }
  return hash(...parts);
}

/** Writes so that a reader never sees half a file (two builds may run at once). */
export function writeWhole(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.tmp`;
  writeFileSync(draft, text);
  renameSync(draft, file);
}

/**
 * Keeps what `plugin` made of the files of node_modules from one build to the next: they are nine tenths of the work
 * and change only with the packages' versions, which belong in `version`.
 */
export function rememberTransforms(plugin: Plugin, file: string, version: string): Plugin {
  type Kept = { version: string; results: Record<string, { code: string }> };
  let kept: Kept = { version, results: {} };
  let added = false;
  if (existsSync(file)) {
    const stored = JSON.parse(readFileSync(file, 'utf8')) as Kept;
    if (stored.version === version) kept = stored;
  }
  const transform = plugin.transform;
  if (typeof transform !== 'function') throw new Error(`${plugin.name} has no transform function`);
  return {
    ...plugin,
    async transform(code, id): Promise<TransformResult> {
      if (!id.includes('node_modules')) return transform.call(this, code, id);
      const key = hash(id, code);
      const known = kept.results[key];
      if (known) return { code: known.code, map: null };
      const result = await transform.call(this, code, id);
      if (result && typeof result === 'object' && result.code !== undefined) {
        kept.results[key] = { code: result.code };
        added = true;
      }
      return result;
    },
    closeBundle() {
      if (added) writeWhole(file, JSON.stringify(kept));
    },
  };
}
