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
-- Its rows have this key or a higher one: where to look for them when it is discarded. NULL: of an older schema.
ALTER TABLE import ADD COLUMN firstLeadId INTEGER;

ALTER TABLE lead ADD COLUMN personKey INTEGER REFERENCES person;
-- NULL: the import was allowed without.
ALTER TABLE lead ADD COLUMN provenanceKey INTEGER REFERENCES provenance;
-- Places where the person may be, by address, with a comma between them; by number they are worked out when asked.
ALTER TABLE lead ADD COLUMN places TEXT NOT NULL DEFAULT '';
-- A call-back that one agent promised.
ALTER TABLE lead ADD COLUMN callbackAgentId TEXT;

CREATE INDEX leadOfPerson ON lead (personKey) WHERE personKey IS NOT NULL;
-- The gate asks for the person of every number that it lets through; most have none.
CREATE INDEX leadPersonOfNumber ON lead (number, personKey) WHERE personKey IS NOT NULL;

-- Permissions exist when their import is active: one row activates them all.
CREATE TABLE permissionImport (
  importKey INTEGER PRIMARY KEY,
  importId TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL CHECK (state IN ('open', 'active', 'discarded')),
  source TEXT,
  activatedAt INTEGER
) STRICT;

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
  recordedAt INTEGER NOT NULL,
  -- NULL: recorded by itself.
  importKey INTEGER REFERENCES permissionImport
) STRICT;

CREATE INDEX permissionOfNumber ON permission (number);
CREATE INDEX permissionOfImport ON permission (importKey) WHERE importKey IS NOT NULL;

-- Hours and days in which a person wants to be called: spans by weekday as JSON, Sunday first.
CREATE TABLE personHours (
  number INTEGER PRIMARY KEY,
  days TEXT NOT NULL,
  how TEXT NOT NULL,
  recordedAt INTEGER NOT NULL
) STRICT;

-- Do-not-call lists. A number may be refused (company) and dead (retired) at once: neither may hide the other.
CREATE TABLE doNotCallOwn (
  number INTEGER NOT NULL,
  list TEXT NOT NULL,
  source TEXT NOT NULL,
  at INTEGER NOT NULL,
  note TEXT,
  PRIMARY KEY (number, list)
) STRICT, WITHOUT ROWID;

INSERT INTO doNotCallOwn SELECT number, list, source, at, note FROM doNotCall;
DROP TABLE doNotCall;
ALTER TABLE doNotCallOwn RENAME TO doNotCall;

-- Wildcards of the company's own list: the digits with which a number begins.
CREATE TABLE doNotCallPrefix (
  prefix INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  at INTEGER NOT NULL,
  note TEXT
) STRICT;

-- What a bulk list is, for whom it holds, and how old its content is; lists of before were imported as of their import.
ALTER TABLE bulkList ADD COLUMN kind TEXT NOT NULL DEFAULT 'other';
ALTER TABLE bulkList ADD COLUMN place TEXT;
ALTER TABLE bulkList ADD COLUMN campaignId TEXT;
ALTER TABLE bulkList ADD COLUMN version TEXT NOT NULL DEFAULT 'unknown';
ALTER TABLE bulkList ADD COLUMN asOf INTEGER NOT NULL DEFAULT 0;
UPDATE bulkList SET asOf = importedAt;

-- The ledger ------------------------------------------------------------------------------------------------------------
-- Append-only and hash-chained: an entry's hash covers the hash before it (src/store/ledger/chain.ts has the encoding).
-- It is written in the transaction of what it is about.
CREATE TABLE ledger (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  -- Canonical JSON without personal data: a number appears as a subject.
  entry TEXT NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE INDEX ledgerInTime ON ledger (at);
-- What is looked for by its kind is rare; calls are not.
CREATE INDEX ledgerOfKind ON ledger (kind) WHERE kind <> 'originate' AND kind <> 'outcome' AND kind <> 'wrap-up';

-- Has its one row only inside the transaction of a rotation: entries up to this one may go.
CREATE TABLE ledgerRotation (
  upToSeq INTEGER NOT NULL
) STRICT;

-- REPLACE removes rows without asking the trigger on DELETE: the one on INSERT refuses it.
CREATE TRIGGER ledgerInsert BEFORE INSERT ON ledger
WHEN NEW.seq <> coalesce((SELECT max(seq) FROM ledger), 0) + 1
  AND NEW.seq <> coalesce((SELECT upToSeq FROM ledgerRotation), 0)
BEGIN
  SELECT RAISE(ABORT, 'the ledger is append-only');
END;

CREATE TRIGGER ledgerUpdate BEFORE UPDATE ON ledger
BEGIN
  SELECT RAISE(ABORT, 'the ledger is append-only');
END;

CREATE TRIGGER ledgerDelete BEFORE DELETE ON ledger
WHEN OLD.seq > coalesce((SELECT upToSeq FROM ledgerRotation), 0)
BEGIN
  SELECT RAISE(ABORT, 'the ledger is append-only');
END;

-- Ties numbers to the names under which they stand in the ledger. An erasure deletes the row, and the key with it.
CREATE TABLE subject (
  number INTEGER PRIMARY KEY,
  subjectId BLOB NOT NULL CHECK (length(subjectId) = 16),
  key BLOB NOT NULL CHECK (length(key) = 32),
  -- HMAC of the number under the key, as it stands in the entries.
  seal BLOB NOT NULL CHECK (length(seal) = 32)
) STRICT;

-- The same for a person with several numbers: one name beside those of the numbers.
CREATE TABLE personSubject (
  personKey INTEGER PRIMARY KEY REFERENCES person,
  subjectId BLOB NOT NULL CHECK (length(subjectId) = 16)
) STRICT;

-- What was written last of things that are written only when they change: `rules`, `campaign spring`.
CREATE TABLE ledgerDigest (
  name TEXT PRIMARY KEY,
  digest TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Abandonment -----------------------------------------------------------------------------------------------------------
-- When the message of an abandoned call was ordered, or the PBX began it.
ALTER TABLE attempt ADD COLUMN messageAt INTEGER;

-- Sums by owner, campaign and hour of the answer (UTC), kept with each end and wrap-up: a life's windows are read at once.
CREATE TABLE abandonmentHour (
  ownerKey INTEGER NOT NULL REFERENCES owner,
  campaignKey INTEGER NOT NULL REFERENCES campaign,
  at INTEGER NOT NULL,
  answered INTEGER NOT NULL,
  codedMachine INTEGER NOT NULL,
  machines INTEGER NOT NULL,
  abandoned INTEGER NOT NULL,
  hungUpWaiting INTEGER NOT NULL,
  messages INTEGER NOT NULL,
  messagesInTime INTEGER NOT NULL,
  messagesUntimed INTEGER NOT NULL,
  PRIMARY KEY (ownerKey, campaignKey, at)
) STRICT, WITHOUT ROWID;

-- Calls of an older schema: their messages were ordered, nobody wrote down when.
INSERT INTO abandonmentHour
SELECT ownerKey, campaignKey, answeredAt - answeredAt % 3600000,
  sum(disposition <> 'machine'), sum(disposition <> 'machine' AND coalesce(wrapUpCode, '') = 'machine'),
  sum(disposition = 'machine'), sum(disposition = 'abandoned'), sum(disposition = 'hung-up-waiting'),
  sum(disposition = 'abandoned' AND coalesce(detail, '') IN
    ('no-agent', 'agent-leg-dead', 'pbx-took-over', 'application-gone', 'opted-out')),
  0,
  sum(disposition = 'abandoned' AND coalesce(detail, '') IN
    ('no-agent', 'agent-leg-dead', 'pbx-took-over', 'application-gone', 'opted-out'))
FROM attempt WHERE answeredAt IS NOT NULL AND disposition IS NOT NULL
GROUP BY ownerKey, campaignKey, answeredAt - answeredAt % 3600000;

-- The evidence: few of all calls.
CREATE INDEX attemptAbandoned ON attempt (answeredAt, attemptKey) WHERE disposition IN ('abandoned', 'hung-up-waiting');

-- Leads put off ---------------------------------------------------------------------------------------------------------
-- Leads that the gate put off, by its reason: what a changed setting or a list that came in can release before its time.
-- A lead that rests by its campaign's retry rules is not among them.
CREATE INDEX leadPutOff ON lead (campaignKey, reason) WHERE state <> 'finished' AND reason <> 'resting';

-- Releases under way: a lead up to this one has been looked at.
CREATE TABLE leadRelease (
  campaignKey INTEGER NOT NULL REFERENCES campaign,
  reason TEXT NOT NULL,
  afterLeadId INTEGER NOT NULL,
  PRIMARY KEY (campaignKey, reason)
) STRICT, WITHOUT ROWID;
