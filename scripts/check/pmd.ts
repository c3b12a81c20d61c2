import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as core from '@salesforce/code-analyzer-core';
import * as pmd from '@salesforce/code-analyzer-pmd-engine';
import { metadataFiles } from './files.ts';
import { java } from './java.ts';
import { type Check, verdictOf } from './verdict.ts';

/** Critical and high, as Salesforce's security review takes them. Lower ones are a matter of taste (doc blocks, naming). */
const WORST = 2;

/** PMD's rules for Apex with Salesforce's severities, as `sf code-analyzer` runs them, with nothing to download. */
export const apexRules: Check = {
  name: 'Apex rules (PMD)',
  async run({ root }) {
    const machine = await java();
    if (machine.kind === 'missing') return machine;
    const logs = mkdtempSync(join(tmpdir(), 'check-pmd-'));
    try {
      const javaCommand = machine.command === 'java' ? {} : { java_command: machine.command };
      const config = core.CodeAnalyzerConfig.fromObject({
        config_root: root,
        log_folder: logs,
        engines: { pmd: { ...javaCommand }, cpd: { disable_engine: true } },
      });
      const analyzer = new core.CodeAnalyzer(config);
      await analyzer.addEnginePlugin(pmd.createEnginePlugin());
      const files = metadataFiles(root).filter((path) => path.endsWith('.cls'));
      const workspace = await analyzer.createWorkspace([...new Set(files.map((path) => join(root, dirname(path))))]);
      const rules = await analyzer.selectRules(['pmd:(1,2)'], { workspace });
      if (rules.getCount() === 0) throw new Error('PMD offers no rule of severity 1 or 2');
      const results = await analyzer.run(rules, { workspace });
      const problems = results
        .getViolations()
        .filter((violation) => violation.getRule().getSeverityLevel() <= WORST)
        .map((violation) => {
          const at = violation.getPrimaryLocation();
          const path = at.getFile()?.replace(`${root}/`, '') ?? '';
          return `${path}:${at.getStartLine() ?? 0}: ${violation.getRule().getName()}: ${violation.getMessage()}`;
        });
      return verdictOf(
        problems,
        `${rules.getCount()} rules of severity 1 and 2`,
        'Mend the code; suppress a rule only with the reason beside it.',
      );
    } finally {
      rmSync(logs, { recursive: true, force: true });
    }
  },
};
