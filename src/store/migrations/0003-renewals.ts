import type { Migration } from '../migrate.ts'

/**
 * The question for a 补打 is stored before it is asked. Until its answer is stored the key stands here, so that a start
 * after a crash knows what the centre may have granted to nobody.
 */
export const renewals: Migration = {
  version: 3,
  name: 'open questions for another authorization',
  sql: `
ALTER TABLE endorsements ADD COLUMN renewal_key TEXT;
CREATE INDEX endorsements_renewing ON endorsements (requested_at) WHERE renewal_key IS NOT NULL;
`,
}
