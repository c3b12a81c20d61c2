import { describe, expect, it } from 'vitest';
import { deployRehearsal } from '../../scripts/check/rehearsal.ts';
import { change, packageCopy, problemsOf, put } from './support.ts';
import { SLOW } from './support.ts';

const ADDRESS = 'external-client-app/extlClntAppGlobalOauthSets/ZenQMS_Relay_global.ecaGlblOauth-meta.xml';

describe('the deploy rehearsal', { timeout: SLOW }, () => {
  it('finds, with the real sf, exactly what was left out and left unset', async () => {
    const project = packageCopy();
    change(project.root, '.forceignore', '**/*.md', '**/RelayError.cls*\n**/*.md');
    change(project.root, 'sfdx-project.json', ADDRESS, 'nowhere.xml');
    const found = await problemsOf(deployRehearsal, project);
    expect(found).toContain('force-app/main/default/classes/RelayError.cls: was not sent');
    expect(found).toContain('package.xml: does not list ApexClass RelayError');
    expect(found).toContain(`${ADDRESS}: was sent with another content`);
    expect(found.filter((problem) => !/RelayError|ZenQMS_Relay_global/.test(problem))).toEqual([]);
  });

  it('passes on what sf itself refuses', async () => {
    const project = packageCopy();
    put(
      project.root,
      'sfdx-project.json',
      '{"packageDirectories":[{"path":"nowhere","default":true}],"sourceApiVersion":"66.0"}',
    );
    expect((await problemsOf(deployRehearsal, project)).join('\n')).toMatch(/nowhere/);
  });

  it('is missing where sf is', async () => {
    const project = { ...packageCopy(), modules: '/nowhere' };
    expect(await deployRehearsal.run(project)).toMatchObject({ kind: 'missing', tool: expect.stringContaining('sf') });
  });
});
