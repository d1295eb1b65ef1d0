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

-- Leads: whose they are, where the person may be, where the number came from.

-- A person with several numbers; leads without one are a person each, by their number.
CREATE TABLE person (
  personKey INTEGER PRIMARY KEY,
  -- As the operator's systems name the person.
  personId TEXT NOT NULL UNIQUE
) STRICT;

-- Where numbers come from: told to whoever asks (GDPR Art. 14(2)(f)).
CREATE TABLE provenance (
  provenanceKey INTEGER PRIMARY KEY,
  origin TEXT NOT NULL,
  -- The day the data were obtained; NULL: not stated.
  obtainedAt INTEGER,
  legalBasis TEXT NOT NULL,
  UNIQUE (origin, obtainedAt, legalBasis)
) STRICT;

-- Imports of one name in a campaign are one list.
ALTER TABLE import ADD COLUMN list TEXT NOT NULL DEFAULT 'leads';

ALTER TABLE lead ADD COLUMN personKey INTEGER REFERENCES person;
-- NULL: the import was allowed without.
ALTER TABLE lead ADD COLUMN provenanceKey INTEGER REFERENCES provenance;
-- Places where the person may be, by address, with a comma between them; by number they are worked out when asked.
ALTER TABLE lead ADD COLUMN places TEXT NOT NULL DEFAULT '';
-- A call-back that one agent promised.
ALTER TABLE lead ADD COLUMN callbackAgentId TEXT;

CREATE INDEX leadOfPerson ON lead (personKey) WHERE personKey IS NOT NULL;

-- What a person has permitted, and taken back. Never deleted but by erasure: it is the evidence.
CREATE TABLE permission (
  permissionId INTEGER PRIMARY KEY AUTOINCREMENT,
  number INTEGER NOT NULL,
  basis TEXT NOT NULL CHECK (basis IN ('written', 'express', 'purchase', 'inquiry')),
  -- Topics and channels with a comma between them; no topic: every topic.
  topics TEXT NOT NULL,
  channels TEXT NOT NULL,
  givenAt INTEGER NOT NULL,
  -- The evidence: where and in which words.
  how TEXT NOT NULL,
  expiresAt INTEGER,
  withdrawnAt INTEGER,
  withdrawnHow TEXT,
  recordedAt INTEGER NOT NULL
) STRICT;

CREATE INDEX permissionOfNumber ON permission (number);

-- Hours and days in which a person wants to be called: spans by weekday as JSON, Sunday first.
CREATE TABLE personHours (
  number INTEGER PRIMARY KEY,
  days TEXT NOT NULL,
  how TEXT NOT NULL,
  recordedAt INTEGER NOT NULL
) STRICT;
