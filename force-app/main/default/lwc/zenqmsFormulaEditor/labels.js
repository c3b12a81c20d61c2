import filterFormula from '@salesforce/label/c.ZenQMS_FilterFormula';
import filterFormulaHelp from '@salesforce/label/c.ZenQMS_FilterFormulaHelp';
import formulaChecking from '@salesforce/label/c.ZenQMS_FormulaChecking';
import formulaEmpty from '@salesforce/label/c.ZenQMS_FormulaEmpty';
import formulaMarked from '@salesforce/label/c.ZenQMS_FormulaMarked';
import formulaPlaceholder from '@salesforce/label/c.ZenQMS_FormulaPlaceholder';
import formulaProblemAt from '@salesforce/label/c.ZenQMS_FormulaProblemAt';
import formulaUnchecked from '@salesforce/label/c.ZenQMS_FormulaUnchecked';
import formulaUse from '@salesforce/label/c.ZenQMS_FormulaUse';
import formulaValid from '@salesforce/label/c.ZenQMS_FormulaValid';
import functionPlaceholder from '@salesforce/label/c.ZenQMS_FunctionPlaceholder';
import functionRefused from '@salesforce/label/c.ZenQMS_FunctionRefused';
import insertField from '@salesforce/label/c.ZenQMS_InsertField';
import insertFunction from '@salesforce/label/c.ZenQMS_InsertFunction';
import insertOperator from '@salesforce/label/c.ZenQMS_InsertOperator';

export default {
  filterFormula,
  filterFormulaHelp,
  formulaChecking,
  formulaEmpty,
  formulaMarked,
  formulaPlaceholder,
  formulaProblemAt,
  formulaUnchecked,
  formulaUse,
  formulaValid,
  functionPlaceholder,
  functionRefused,
  insertField,
  insertFunction,
  insertOperator,
};
