import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import lwcPlugin from '@lwc/rollup-plugin';
import replacePlugin from '@rollup/plugin-replace';
import { rollup, type Plugin, type RollupLog } from 'rollup';
import { fingerprint, rememberTransforms, writeWhole } from './cache.ts';
import { onlyNamedIcons } from './icons.ts';
import { CACHE_DIR, inProject, LABELS_FILE, LWC_DIR, PREVIEW_DIR } from './paths.ts';
import { platformModules } from './virtual.ts';

// Both are CommonJS with a default export, which TypeScript under nodenext sees one level too deep.
const lwc = lwcPlugin as unknown as (options: object) => Plugin;
const replace = replacePlugin as unknown as (options: object) => Plugin;

/** What a real org has and the base components' package lacks. */
const SHIMS = {
  'lightning/platformShowToastEvent': 'platformShowToastEvent.js',
  'lightning/navigation': 'navigation.js',
  'lightning/recordPicker': 'recordPicker/recordPicker.js',
};

const moduleRecords = () => [
  ...readdirSync(LWC_DIR, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(LWC_DIR, entry.name, `${entry.name}.js`)))
    .map((entry) => ({ name: `c/${entry.name}`, path: join(LWC_DIR, entry.name, `${entry.name}.js`) })),
  ...Object.entries(SHIMS).map(([name, file]) => ({ name, path: join(PREVIEW_DIR, 'shims', file) })),
  { name: 'preview/app', path: join(PREVIEW_DIR, 'app/app.js') },
  {
    name: '@salesforce/i18n/locale',
    path: inProject('node_modules/lightning-base-components/scopedImports/@salesforce-i18n-locale.js'),
  },
  { npm: 'lightning-base-components' },
];

const packageVersion = (name: string): string =>
  (JSON.parse(readFileSync(inProject(`node_modules/${name}/package.json`), 'utf8')) as { version: string }).version;

function refuse(log: RollupLog): void {
  const ours = !log.id?.includes('node_modules') && !log.loc?.file?.includes('node_modules');
  // A misspelled base component is an unresolved import; a compiler's complaint about our own templates is a mistake too.
  if (log.code === 'UNRESOLVED_IMPORT' || (ours && /^LWC/.test(log.pluginCode?.toString() ?? ''))) {
    throw new Error(`${log.message}${log.loc ? ` (${log.loc.file}:${log.loc.line})` : ''}`);
  }
}

/**
 * Compiles the Lightning web components of force-app, with Lightning's base components, into one script for the preview page.
 * Answers from `.cache/preview` when nothing changed.
 *
 * @returns the folder with index.html and app.js
 * @throws on an unknown label, an import that nothing provides, or a template that the compiler complains about
 */
export async function buildPreview(): Promise<{ dir: string; cached: boolean }> {
  const versions = ['lwc', 'lightning-base-components', '@lwc/rollup-plugin']
    .map((name) => `${name}@${packageVersion(name)}`)
    .join(' ');
  const dir = join(CACHE_DIR, `${fingerprint([LWC_DIR, LABELS_FILE, PREVIEW_DIR])}-${packageVersion('lwc')}`);
  if (existsSync(join(dir, 'app.js'))) return { dir, cached: true };

  const bundle = await rollup({
    input: join(PREVIEW_DIR, 'app/main.js'),
    plugins: [
      platformModules(),
      onlyNamedIcons([LWC_DIR, PREVIEW_DIR, inProject('node_modules/lightning-base-components/src/lightning')]),
      replace({
        preventAssignment: true,
        values: { 'import.meta.env.SSR': 'false', 'process.env.NODE_ENV': JSON.stringify('development') },
      }),
      rememberTransforms(
        lwc({
          rootDir: join(PREVIEW_DIR, 'app'),
          modules: moduleRecords(),
          apiVersion: 66,
          enableDynamicComponents: true,
          enableSyntheticElementInternals: true,
        }),
        join(CACHE_DIR, 'transforms.json'),
        versions,
      ),
    ],
    onLog: (_level, log) => refuse(log),
  });
  const { output } = await bundle.generate({ format: 'es', inlineDynamicImports: true });
  await bundle.close();
  mkdirSync(dir, { recursive: true });
  copyFileSync(join(PREVIEW_DIR, 'app/index.html'), join(dir, 'index.html'));
  writeWhole(join(dir, 'app.js'), output[0].code);
  return { dir, cached: false };
}
