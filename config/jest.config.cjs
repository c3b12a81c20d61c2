/** Unit tests of the Lightning web components: sfdx-lwc-jest with the package's own texts and Apex methods. */
const { mkdirSync, readFileSync, readdirSync, writeFileSync } = require('node:fs');
const { join, resolve } = require('node:path');
const { jestConfig } = require('@salesforce/sfdx-lwc-jest/config');

const root = resolve(__dirname, '..');
const source = join(root, 'force-app/main/default');
const cache = join(root, '.cache/jest-modules');

/** One module for each custom label, so that tests see what users read, and a label that does not exist fails. */
function labelModules() {
  const xml = readFileSync(join(source, 'labels/CustomLabels.labels-meta.xml'), 'utf8');
  const decode = (text) =>
    text
      .replace(/&lt;/g, '<')
      .replace(/&gt;/g, '>')
      .replace(/&apos;/g, "'")
      .replace(/&quot;/g, '"')
      .replace(/&amp;/g, '&');
  for (const [, name, value] of xml.matchAll(/<fullName>(\w+)<\/fullName>[\s\S]*?<value>([\s\S]*?)<\/value>/g)) {
    writeFileSync(
      join(cache, `label.${name}.js`),
      `module.exports = { __esModule: true, default: ${JSON.stringify(decode(value))} };\n`,
    );
  }
}

/** One mock function for each @AuraEnabled method that really exists. */
function apexModules() {
  for (const file of readdirSync(join(source, 'classes')).filter((name) => name.endsWith('Controller.cls'))) {
    const text = readFileSync(join(source, 'classes', file), 'utf8');
    for (const [, method] of text.matchAll(/@AuraEnabled(?:\([^)]*\))?\s+public static [\w<>, ]+? (\w+)\(/g)) {
      const name = `apex.${file.replace('.cls', '')}.${method}.js`;
      writeFileSync(join(cache, name), 'module.exports = { __esModule: true, default: jest.fn() };\n');
    }
  }
}

mkdirSync(cache, { recursive: true });
labelModules();
apexModules();

module.exports = {
  ...jestConfig,
  rootDir: root,
  roots: ['<rootDir>/force-app'],
  moduleNameMapper: {
    '^@salesforce/label/c\\.(\\w+)$': '<rootDir>/.cache/jest-modules/label.$1.js',
    '^@salesforce/apex/(\\w+\\.\\w+)$': '<rootDir>/.cache/jest-modules/apex.$1.js',
    '^lightning/navigation$': '<rootDir>/test/lwc/navigation.js',
    '^test/(\\w+)$': '<rootDir>/test/lwc/$1.js',
  },
  setupFilesAfterEnv: [...(jestConfig.setupFilesAfterEnv ?? []), '<rootDir>/test/lwc/setup.js'],
  collectCoverageFrom: ['force-app/main/default/lwc/**/*.js', '!**/labels.js', '!**/__tests__/**'],
  coverageDirectory: 'coverage/lwc',
};
