import changedFrom from '@salesforce/label/c.ZenQMS_ChangedFrom';
import close from '@salesforce/label/c.ZenQMS_Close';
import noRevisions from '@salesforce/label/c.ZenQMS_NoRevisions';
import revision from '@salesforce/label/c.ZenQMS_Revision';
import revisionCreate from '@salesforce/label/c.ZenQMS_RevisionCreate';
import revisionPause from '@salesforce/label/c.ZenQMS_RevisionPause';
import revisionResume from '@salesforce/label/c.ZenQMS_RevisionResume';
import revisionUpdate from '@salesforce/label/c.ZenQMS_RevisionUpdate';
import revisions from '@salesforce/label/c.ZenQMS_Revisions';

export default {
  changedFrom,
  close,
  noRevisions,
  revision,
  revisionCreate,
  revisionPause,
  revisionResume,
  revisionUpdate,
  revisions,
};
