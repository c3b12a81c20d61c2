import addRequired from '@salesforce/label/c.ZenQMS_AddRequired';
import addRow from '@salesforce/label/c.ZenQMS_AddRow';
import addSuggested from '@salesforce/label/c.ZenQMS_AddSuggested';
import daysAfterField from '@salesforce/label/c.ZenQMS_DaysAfterField';
import daysAfterToday from '@salesforce/label/c.ZenQMS_DaysAfterToday';
import detailsTab from '@salesforce/label/c.ZenQMS_DetailsTab';
import dueDate from '@salesforce/label/c.ZenQMS_DueDate';
import dueDateField from '@salesforce/label/c.ZenQMS_DueDateField';
import dueDateFieldHelp from '@salesforce/label/c.ZenQMS_DueDateFieldHelp';
import dueFromField from '@salesforce/label/c.ZenQMS_DueFromField';
import dueFromToday from '@salesforce/label/c.ZenQMS_DueFromToday';
import issueTitle from '@salesforce/label/c.ZenQMS_IssueTitle';
import noRows from '@salesforce/label/c.ZenQMS_NoRows';
import noRowsText from '@salesforce/label/c.ZenQMS_NoRowsText';
import noStageFields from '@salesforce/label/c.ZenQMS_NoStageFields';
import noStageFieldsText from '@salesforce/label/c.ZenQMS_NoStageFieldsText';
import notAvailable from '@salesforce/label/c.ZenQMS_NotAvailable';
import removeRow from '@salesforce/label/c.ZenQMS_RemoveRow';
import required from '@salesforce/label/c.ZenQMS_Required';
import requiredField from '@salesforce/label/c.ZenQMS_RequiredField';
import requiredUnmapped from '@salesforce/label/c.ZenQMS_RequiredUnmapped';
import rowOf from '@salesforce/label/c.ZenQMS_RowOf';
import salesforceField from '@salesforce/label/c.ZenQMS_SalesforceField';
import stageIntro from '@salesforce/label/c.ZenQMS_StageIntro';
import stageTab from '@salesforce/label/c.ZenQMS_StageTab';
import timeZone from '@salesforce/label/c.ZenQMS_TimeZone';
import timeZoneHelp from '@salesforce/label/c.ZenQMS_TimeZoneHelp';
import titleFallback from '@salesforce/label/c.ZenQMS_TitleFallback';
import titleField from '@salesforce/label/c.ZenQMS_TitleField';
import titleFromField from '@salesforce/label/c.ZenQMS_TitleFromField';
import titleFromRecord from '@salesforce/label/c.ZenQMS_TitleFromRecord';
import titleNoFallback from '@salesforce/label/c.ZenQMS_TitleNoFallback';
import typeDate from '@salesforce/label/c.ZenQMS_TypeDate';
import typeDecimal from '@salesforce/label/c.ZenQMS_TypeDecimal';
import typeFormatted from '@salesforce/label/c.ZenQMS_TypeFormatted';
import typeInteger from '@salesforce/label/c.ZenQMS_TypeInteger';
import typeParagraph from '@salesforce/label/c.ZenQMS_TypeParagraph';
import typeRole from '@salesforce/label/c.ZenQMS_TypeRole';
import typeRoles from '@salesforce/label/c.ZenQMS_TypeRoles';
import typeSelection from '@salesforce/label/c.ZenQMS_TypeSelection';
import typeSelections from '@salesforce/label/c.ZenQMS_TypeSelections';
import typeSingleLine from '@salesforce/label/c.ZenQMS_TypeSingleLine';
import typeUser from '@salesforce/label/c.ZenQMS_TypeUser';
import typeUsers from '@salesforce/label/c.ZenQMS_TypeUsers';
import typeWebsite from '@salesforce/label/c.ZenQMS_TypeWebsite';
import typeYesNo from '@salesforce/label/c.ZenQMS_TypeYesNo';
import zenqmsField from '@salesforce/label/c.ZenQMS_ZenqmsField';
import zenqmsFieldPlaceholder from '@salesforce/label/c.ZenQMS_ZenqmsFieldPlaceholder';

export default {
  addRequired,
  addRow,
  addSuggested,
  daysAfterField,
  daysAfterToday,
  detailsTab,
  dueDate,
  dueDateField,
  dueDateFieldHelp,
  dueFromField,
  dueFromToday,
  issueTitle,
  noRows,
  noRowsText,
  noStageFields,
  noStageFieldsText,
  notAvailable,
  removeRow,
  required,
  requiredField,
  requiredUnmapped,
  rowOf,
  salesforceField,
  stageIntro,
  stageTab,
  timeZone,
  timeZoneHelp,
  titleFallback,
  titleField,
  titleFromField,
  titleFromRecord,
  titleNoFallback,
  typeDate,
  typeDecimal,
  typeFormatted,
  typeInteger,
  typeParagraph,
  typeRole,
  typeRoles,
  typeSelection,
  typeSelections,
  typeSingleLine,
  typeUser,
  typeUsers,
  typeWebsite,
  typeYesNo,
  zenqmsField,
  zenqmsFieldPlaceholder,
};
