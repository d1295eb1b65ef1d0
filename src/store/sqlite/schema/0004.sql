-- Who began a call: `campaign`, `manual` or `inbound`; all that was written before was a campaign's. Where it has no lead, leadId
-- is 0; where its number was withheld, number is 0. The agent of a manual call stands there from its begin on.
ALTER TABLE attempt ADD COLUMN origin TEXT NOT NULL DEFAULT 'campaign';
