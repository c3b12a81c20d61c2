import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { bin, linesOf, run } from './processes.ts';
import { zipProblems } from './rehearsal/contents.ts';
import { startRehearsalOrg } from './rehearsal/org.ts';
import { type Check, verdictOf } from './verdict.ts';

const RELAY = { from: 'https://relay.example.com', to: 'https://relay.rehearsal.test' };

/** `sf project deploy start`, the real one, against an org of our own: everything is packed, with the relay's address set. */
export const deployRehearsal: Check = {
  name: 'deploy rehearsal',
  async run({ root, modules }) {
    const sf = bin(modules, 'sf');
    if (!existsSync(sf)) {
      return { kind: 'missing', tool: 'sf (@salesforce/cli)', remedy: 'Run npm ci; the CLI is one of the development packages.' };
    }
    const version = (JSON.parse(readFileSync(join(root, 'sfdx-project.json'), 'utf8')) as { sourceApiVersion: string })
      .sourceApiVersion;
    const home = mkdtempSync(join(tmpdir(), 'check-sf-'));
    const org = await startRehearsalOrg(version);
    const options = { cwd: root, env: environment(home, join(modules, '.bin')) };
    try {
      const login = ['org', 'login', 'access-token', '--instance-url', org.url, '--no-prompt', '--alias', 'rehearsal'];
      const logged = await run(sf, login, options);
      if (logged.code !== 0)
        return failed([...linesOf(logged.output, root), ...org.unknown.map((path) => `not answered: ${path}`)]);
      const deployed = await run(sf, ['project', 'deploy', 'start', '--dry-run', '--target-org', 'rehearsal'], options);
      if (deployed.code !== 0)
        return failed([...linesOf(deployed.output, root), ...org.unknown.map((path) => `not answered: ${path}`)]);
      const zip = org.received[0];
      if (!zip || org.received.length !== 1) return failed([`the org received ${org.received.length} zips, not one`]);
      return verdictOf(zipProblems(root, zip, RELAY), `sf sent ${zip.length} bytes, the whole package`, REMEDY);
    } finally {
      await org.close();
      rmSync(home, { recursive: true, force: true });
    }
  },
};

const REMEDY = 'See .forceignore and sfdx-project.json: they decide what is sent.';
const failed = (problems: string[]) => ({ kind: 'fail' as const, problems, remedy: REMEDY });

/** A home of its own, so that no login of this machine is used or left behind, and nothing that calls home. */
function environment(home: string, tools: string): Record<string, string> {
  return {
    // `sf` starts itself again, by name.
    PATH: [dirname(process.execPath), tools, process.env['PATH'] ?? ''].join(delimiter),
    HOME: home,
    USERPROFILE: home,
    SF_ACCESS_TOKEN: '00D000000000001!rehearsal',
    SF_ORG_METADATA_REST_DEPLOY: 'true',
    SF_USE_GENERIC_UNIX_KEYCHAIN: 'true',
    SF_DISABLE_TELEMETRY: 'true',
    SF_AUTOUPDATE_DISABLE: 'true',
    SF_SKIP_NEW_VERSION_CHECK: 'true',
    SF_DISABLE_LOG_FILE: 'true',
    SET_RELAY_URL: 'yes',
    RELAY_URL: RELAY.to,
  };
}
