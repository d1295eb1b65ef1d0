-- Whom not to call: people, permissions, lists, budgets and the ledger.

-- Seller, purpose and topic of calls: who owns an abandonment budget (seller and purpose), what attempts are counted by.
-- Kept with each attempt, so that a renamed or deleted campaign resets nothing.
CREATE TABLE owner (
  ownerKey INTEGER PRIMARY KEY,
  sellerId TEXT NOT NULL,
  purpose TEXT NOT NULL,
  topic TEXT NOT NULL,
  UNIQUE (sellerId, purpose, topic)
) STRICT;

INSERT INTO owner (ownerKey, sellerId, purpose, topic) VALUES (1, 'default', 'sales', 'sales');

-- NULL: nobody applied the campaign yet.
ALTER TABLE campaign ADD COLUMN ownerKey INTEGER REFERENCES owner;
ALTER TABLE attempt ADD COLUMN ownerKey INTEGER NOT NULL DEFAULT 1 REFERENCES owner;

-- Campaigns of an older schema called for sales, for nobody in particular, in the United States.
UPDATE campaign SET ownerKey = 1, settings = json_patch(
  '{"seller":{"sellerId":"default","place":"US"},"purpose":"sales","topic":"sales","consent":"respected",
    "attemptLimits":[],"listMix":[],"fatigue":{"on":true,"halfLifeMs":1209600000,"limit":12,"restMs":604800000,
    "weights":{"attempt":1,"hungUpWithin5s":4,"hungUpWithin20s":2,"abandoned":3,"refusal":12,"complaint":24}}}',
  settings)
WHERE settings IS NOT NULL;

-- Windows of an owner's calls are read by their time.
CREATE INDEX attemptOfOwner ON attempt (ownerKey, originatedAt);
