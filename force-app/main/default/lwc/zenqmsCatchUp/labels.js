import catchUp from '@salesforce/label/c.ZenQMS_CatchUp';
import catchUpCounts from '@salesforce/label/c.ZenQMS_CatchUpCounts';
import catchUpDone from '@salesforce/label/c.ZenQMS_CatchUpDone';
import catchUpIntro from '@salesforce/label/c.ZenQMS_CatchUpIntro';
import catchUpSince from '@salesforce/label/c.ZenQMS_CatchUpSince';
import catchUpStart from '@salesforce/label/c.ZenQMS_CatchUpStart';
import close from '@salesforce/label/c.ZenQMS_Close';

export default {
  catchUp,
  catchUpCounts,
  catchUpDone,
  catchUpIntro,
  catchUpSince,
  catchUpStart,
  close,
};
