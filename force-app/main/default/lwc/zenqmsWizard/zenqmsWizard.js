import { LightningElement, api, wire } from 'lwc';
import { CurrentPageReference, NavigationMixin } from 'lightning/navigation';
import { ShowToastEvent } from 'lightning/platformShowToastEvent';
import getIntegration from '@salesforce/apex/IntegrationController.getIntegration';
import { debounce, fault, formatText, problemsUnder } from 'c/zenqmsUtil';
import { checkFormula, runPreflight, runPreview, saveIntegration, validate } from './check';
import { draftOf, dropDraft, emptyDraft, keepDraft, keptDraft } from './draft';
import { STEPS, indexOfStep } from './steps';
import { withCatalog } from './withCatalog';
import { withConnections } from './withConnections';
import labels from './labels';

const WAIT_FOR_TYPING = 400;
const EMPTY = ['required', 'not_connected'];

/** Sets an integration up, from the connections to the field mapping. The only part of the wizard that calls Apex. */
export default class ZenqmsWizard extends withConnections(withCatalog(NavigationMixin(LightningElement))) {
  labels = labels;
  draft = emptyDraft();
  attempted = false;
  relayProblems = [];
  formulaCheck = { state: 'none', problems: [] };
  review = {};
  conflict = false;
  resumed = false;
  focusPath = null;
  asked = null;
  checkLater = debounce(() => this.check(), WAIT_FOR_TYPING);

  /** The integration to change; none: a new one is set up. */
  @api integrationId;

  @wire(CurrentPageReference)
  handlePage(page) {
    const { c__integrationId: id = this.integrationId, c__clone: clone } = page?.state ?? {};
    if (id && this.asked !== `${id}/${clone}`) {
      this.asked = `${id}/${clone}`;
      this.open(id, clone === 'true');
    }
  }
  connectedCallback() {
    if (this.integrationId) this.handlePage(null);
    if (this.asked) return;
    const kept = keptDraft();
    if (kept) {
      this.draft = kept;
      this.resumed = JSON.stringify(kept) !== JSON.stringify(emptyDraft());
    }
    this.enter(this.draft.step);
  }
  disconnectedCallback() {
    this.checkLater.cancel();
    this.stopWatching?.();
  }

  get index() {
    return indexOfStep(this.draft.step);
  }
  get step() {
    return STEPS[this.index];
  }
  get steps() {
    return STEPS.map(({ name, label }) => ({ name, label }));
  }
  get heading() {
    return formatText(labels.stepOf, this.index + 1, STEPS.length, this.step.label);
  }
  get title() {
    return this.draft.integrationId ? formatText(labels.wizardEditing, this.draft.integration.name) : labels.wizardTitle;
  }
  get at() {
    return Object.fromEntries(STEPS.map((step) => [step.name, step.name === this.draft.step]));
  }
  get problems() {
    const empty = this.attempted ? this.step.problems(this.draft, { salesforceConnection: this.connection }) : [];
    return [...empty, ...this.connectProblems, ...problemsUnder(this.relayProblems, this.step.paths)];
  }
  get hasProblems() {
    return this.problems.length > 0;
  }
  get notFirst() {
    return this.index > 0;
  }
  get nextLabel() {
    if (!this.at.review) return labels.next;
    return this.draft.integrationId ? labels.saveChanges : labels.activate;
  }
  get nextDisabled() {
    return this.at.review && (this.busy || this.review.valid !== true);
  }

  async enter(name, focusPath = null) {
    const reached = Math.max(indexOfStep(this.draft.reached), indexOfStep(name));
    this.attempted = false;
    this.connectProblems = [];
    this.failure = null;
    this.focusPath = focusPath;
    this.update({ step: name, reached: STEPS[reached].name });
    if (name === 'salesforce') this.watch();
    if (name === 'trigger') this.check();
    await this.load();
    if (name === 'review' && this.at.review) await this.runReview();
  }
  update(values) {
    this.draft = { ...this.draft, ...values };
    keepDraft(this.draft);
  }
  async open(id, clone) {
    await this.during(
      () => getIntegration({ id }),
      (stored) => {
        this.draft = draftOf(stored, { clone, name: clone ? formatText(labels.copyOf, stored.name) : stored.name });
        this.resumed = false;
        this.connection = null;
      },
    );
    await this.enter(this.draft.step);
  }

  handleChange(event) {
    const { section, values } = event.detail ?? {};
    // The base components' own change events leave their shadow and come by here too.
    if (section === undefined) return;
    const keys = Object.keys(values);
    this.relayProblems = this.relayProblems.filter((problem) => problemsUnder([problem], keys).length === 0);
    this.connectProblems = this.connectProblems.filter((problem) => !keys.includes(problem.path));
    if (section === 'secrets') {
      this.secrets = { ...this.secrets, ...values };
      return;
    }
    this.update({ [section]: { ...this.draft[section], ...values } });
    if ('salesforceConnectionId' in values) this.watch();
    if ('object' in values || 'categoryId' in values) this.load();
    if ('filterFormula' in values || 'object' in values) {
      this.formulaCheck = { ...this.formulaCheck, state: 'checking' };
      this.checkLater();
    }
  }
  handleNext() {
    if (this.at.review) {
      this.save();
      return;
    }
    this.attempted = true;
    if (this.problems.some((problem) => EMPTY.includes(problem.code))) {
      Promise.resolve().then(() => this.template.querySelector('[data-content]')?.focusProblem?.());
      return;
    }
    this.enter(STEPS[this.index + 1].name);
  }
  handleBack() {
    this.enter(STEPS[this.index - 1].name);
  }
  /** Any step that was reached before can be gone to; the first ones lead to the others. */
  handleStep(event) {
    const { step } = event.currentTarget.dataset;
    if (indexOfStep(step) <= indexOfStep(this.draft.reached)) this.enter(step);
  }
  handleGoTo(event) {
    const { path } = event.detail;
    const target = STEPS.find((step) => problemsUnder([{ path }], step.paths).length > 0);
    if (target) this.enter(target.name, path);
  }
  handleStartOver() {
    dropDraft();
    this.draft = emptyDraft();
    this.relayProblems = [];
    this.resumed = false;
    this.enter('salesforce');
  }
  handleDismissResumed() {
    this.resumed = false;
  }

  async check() {
    const { draft } = this;
    const result = await checkFormula(draft);
    if (this.draft.integration.filterFormula === draft.integration.filterFormula) this.formulaCheck = result;
  }
  async runReview() {
    this.review = { working: true };
    const worked = await this.during(
      () => Promise.all([validate(this.draft), runPreflight(this.draft)]),
      ([{ valid, problems }, preflight]) => {
        this.relayProblems = problems;
        this.review = { valid, problems, preflight };
      },
    );
    if (!worked) this.review = { valid: false, problems: this.failure.details };
  }
  handleCheckAgain() {
    this.failure = null;
    this.runReview();
  }
  async handlePreview(event) {
    this.review = { ...this.review, preview: null, previewFailure: null, previewing: true };
    try {
      const preview = await runPreview(this.draft, event.detail.recordId);
      this.review = { ...this.review, preview, previewing: false };
    } catch (error) {
      this.review = { ...this.review, previewFailure: fault(error), previewing: false };
    }
  }
  async save() {
    this.failure = null;
    this.conflict = false;
    const { name } = this.draft.integration;
    const title = formatText(this.draft.integrationId ? labels.saved : labels.activated, name);
    if (!(await this.during(() => saveIntegration(this.draft)))) {
      const { code, details } = this.failure;
      this.conflict = code.includes('conflict');
      this.relayProblems = details;
      if (details.length) this.review = { ...this.review, valid: false, problems: details };
      return;
    }
    this.handleStartOver();
    this.dispatchEvent(new ShowToastEvent({ variant: 'success', title }));
    this[NavigationMixin.Navigate]({ type: 'standard__navItemPage', attributes: { apiName: 'ZenQMS_Integrations' } });
  }
  handleLoadTheirs() {
    this.conflict = false;
    this.open(this.draft.integrationId, false);
  }
  async handleKeepMine() {
    const found = await this.during(
      () => getIntegration({ id: this.draft.integrationId }),
      (stored) => this.update({ revision: stored.revision }),
    );
    if (found) await this.save();
  }
}
