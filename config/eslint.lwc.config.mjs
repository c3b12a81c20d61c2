import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const recommended = require('@salesforce/eslint-config-lwc/recommended.js');
const components = ['**/lwc/**/*.js'];
const tests = ['**/lwc/**/__tests__/**/*.js', '**/lwc/**/__mocks__/**/*.js'];

/** Salesforce's own rules for Lightning web components; its configuration names no files, so they are named here. */
export default [
  ...recommended.map((part) => ({ ...part, files: components })),
  {
    files: components,
    rules: {
      // A file reads best with the component first and its helpers after it; by the time a method runs, they are there.
      'no-use-before-define': ['error', { functions: false, variables: false }],
      // prettier takes the parentheses away that this rule asks for.
      'no-confusing-arrow': 'off',
      // `const { dropped, ...rest } = all` is how a member is left out.
      'no-unused-vars': ['error', { ignoreRestSiblings: true }],
    },
  },
  {
    files: tests,
    languageOptions: {
      globals: Object.fromEntries(
        [
          'jest',
          'describe',
          'it',
          'test',
          'expect',
          'beforeAll',
          'beforeEach',
          'afterAll',
          'afterEach',
          'require',
          'process',
          'global',
        ].map((name) => [name, 'readonly']),
      ),
    },
    // A test waits for the DOM, runs in no org, and speaks to the stand-ins of wire adapters.
    rules: { '@lwc/lwc/no-async-operation': 'off', '@lwc/lwc/no-unexpected-wire-adapter-usages': 'off' },
  },
];
