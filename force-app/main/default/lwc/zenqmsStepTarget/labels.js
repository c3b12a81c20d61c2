import assignee from '@salesforce/label/c.ZenQMS_Assignee';
import assigneeHelp from '@salesforce/label/c.ZenQMS_AssigneeHelp';
import assigneePlaceholder from '@salesforce/label/c.ZenQMS_AssigneePlaceholder';
import category from '@salesforce/label/c.ZenQMS_Category';
import categoryHelp from '@salesforce/label/c.ZenQMS_CategoryHelp';
import categoryInactive from '@salesforce/label/c.ZenQMS_CategoryInactive';
import categoryPlaceholder from '@salesforce/label/c.ZenQMS_CategoryPlaceholder';
import duplicateScope from '@salesforce/label/c.ZenQMS_DuplicateScope';
import integrationName from '@salesforce/label/c.ZenQMS_IntegrationName';
import integrationNameHelp from '@salesforce/label/c.ZenQMS_IntegrationNameHelp';
import noCategories from '@salesforce/label/c.ZenQMS_NoCategories';
import noCategoriesRemedy from '@salesforce/label/c.ZenQMS_NoCategoriesRemedy';
import notAvailable from '@salesforce/label/c.ZenQMS_NotAvailable';
import scopeAccount from '@salesforce/label/c.ZenQMS_ScopeAccount';
import scopeCategory from '@salesforce/label/c.ZenQMS_ScopeCategory';
import suggestedName from '@salesforce/label/c.ZenQMS_SuggestedName';
import userInactive from '@salesforce/label/c.ZenQMS_UserInactive';

export default {
  assignee,
  assigneeHelp,
  assigneePlaceholder,
  category,
  categoryHelp,
  categoryInactive,
  categoryPlaceholder,
  duplicateScope,
  integrationName,
  integrationNameHelp,
  noCategories,
  noCategoriesRemedy,
  notAvailable,
  scopeAccount,
  scopeCategory,
  suggestedName,
  userInactive,
};
