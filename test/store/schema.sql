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

CREATE TABLE agent (
  agentId TEXT PRIMARY KEY,
  settings TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE agentImport (
  agentId TEXT PRIMARY KEY,
  settings TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE apiToken (
  tokenId TEXT PRIMARY KEY,
  settings TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE attempt (
  attemptKey INTEGER PRIMARY KEY AUTOINCREMENT,
  callId TEXT NOT NULL UNIQUE,
  campaignKey INTEGER NOT NULL REFERENCES campaign,
  leadId INTEGER NOT NULL,
  number INTEGER NOT NULL,
  nodeId TEXT NOT NULL,
  trunkId TEXT NOT NULL,
  callerId TEXT NOT NULL,
  originatedAt INTEGER NOT NULL,
  -- The end; all NULL while it is open.
  disposition TEXT,
  detail TEXT,
  sipCode INTEGER,
  sipCallId TEXT,
  ringingAt INTEGER,
  answeredAt INTEGER,
  connectedAt INTEGER,
  endedAt INTEGER,
  agentId TEXT,
  leadRetryAt INTEGER,
  countsAsAttempt INTEGER,
  -- The agent's word.
  wrapUpCode TEXT,
  wrapUpNote TEXT,
  callbackAt INTEGER,
  wrapUpRetryAt INTEGER,
  refusal INTEGER
, wrapUpAt INTEGER, ownerKey INTEGER NOT NULL DEFAULT 1 REFERENCES owner, messageAt INTEGER, origin TEXT NOT NULL DEFAULT 'campaign', transferredAt INTEGER, transferredTo TEXT, wrapUpForm TEXT, line TEXT) STRICT;

CREATE INDEX attemptAbandoned ON attempt (answeredAt, attemptKey) WHERE disposition IN ('abandoned', 'hung-up-waiting');

CREATE INDEX attemptInTime ON attempt (originatedAt);

CREATE INDEX attemptOfCampaign ON attempt (campaignKey, originatedAt);

CREATE INDEX attemptOfNumber ON attempt (number, originatedAt);

CREATE INDEX attemptOfOwner ON attempt (ownerKey, originatedAt);

CREATE INDEX attemptOpen ON attempt (campaignKey, leadId) WHERE endedAt IS NULL;

CREATE TABLE attemptsLeft (
  number INTEGER NOT NULL,
  campaignKey INTEGER NOT NULL REFERENCES campaign,
  ownerKey INTEGER NOT NULL REFERENCES owner,
  attempts INTEGER NOT NULL,
  -- When the newest of them was begun.
  lastAt INTEGER NOT NULL,
  PRIMARY KEY (number, campaignKey, ownerKey)
) STRICT, WITHOUT ROWID;

CREATE TABLE bulkList (
  list TEXT PRIMARY KEY,
  file TEXT NOT NULL,
  numbers INTEGER NOT NULL,
  source TEXT NOT NULL,
  importedAt INTEGER NOT NULL
, kind TEXT NOT NULL DEFAULT 'other', place TEXT, campaignId TEXT, version TEXT NOT NULL DEFAULT 'unknown', asOf INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;

CREATE TABLE campaign (
  campaignKey INTEGER PRIMARY KEY,
  campaignId TEXT NOT NULL UNIQUE,
  -- NULL: leads or attempts name it, nobody applied it yet.
  settings TEXT,
  -- What survives of the running campaign; NULL: nothing saved yet.
  running INTEGER,
  memory TEXT,
  -- Follow from the attempts; kept so that a restart needs no count.
  attempts INTEGER NOT NULL DEFAULT 0,
  answered INTEGER NOT NULL DEFAULT 0,
  answeredByPerson INTEGER NOT NULL DEFAULT 0,
  connected INTEGER NOT NULL DEFAULT 0,
  abandoned INTEGER NOT NULL DEFAULT 0,
  doNotCallBlocked INTEGER NOT NULL DEFAULT 0
, ownerKey INTEGER REFERENCES owner) STRICT;

CREATE INDEX campaignOfSeller ON campaignSeller (sellerKey);

CREATE TABLE campaignSeller (
  campaignKey INTEGER PRIMARY KEY REFERENCES campaign,
  sellerKey INTEGER NOT NULL REFERENCES seller
) STRICT;

CREATE TABLE "doNotCall" (
  number INTEGER NOT NULL,
  list TEXT NOT NULL,
  source TEXT NOT NULL,
  at INTEGER NOT NULL,
  note TEXT,
  PRIMARY KEY (number, list)
) STRICT, WITHOUT ROWID;

CREATE TABLE doNotCallPrefix (
  prefix INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  at INTEGER NOT NULL,
  note TEXT
) STRICT;

CREATE TABLE identity (
  databaseId TEXT NOT NULL,
  runId TEXT NOT NULL
) STRICT;

CREATE TABLE import (
  importKey INTEGER PRIMARY KEY,
  importId TEXT NOT NULL,
  campaignKey INTEGER NOT NULL REFERENCES campaign,
  state TEXT NOT NULL CHECK (state IN ('open', 'active', 'discarded')),
  -- How many rows it has brought in.
  leads INTEGER NOT NULL DEFAULT 0,
  source TEXT,
  rows INTEGER,
  imported INTEGER,
  duplicates INTEGER,
  invalid INTEGER,
  activatedAt INTEGER
, list TEXT NOT NULL DEFAULT 'leads', firstLeadId INTEGER) STRICT;

CREATE INDEX importDiscarded ON import (importKey) WHERE state = 'discarded';

CREATE INDEX importOfCampaign ON import (campaignKey);

CREATE UNIQUE INDEX importOpen ON import (importId) WHERE state = 'open';

CREATE TABLE journalPlace (
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL
) STRICT;

CREATE TABLE lead (
  leadId INTEGER PRIMARY KEY AUTOINCREMENT,
  campaignKey INTEGER NOT NULL REFERENCES campaign,
  importKey INTEGER NOT NULL REFERENCES import,
  number INTEGER NOT NULL,
  priority INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('new', 'retry', 'finished')),
  dialableAt INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  lastDisposition TEXT,
  reason TEXT,
  -- IANA names with a comma between them.
  timeZones TEXT NOT NULL,
  data TEXT NOT NULL
, personKey INTEGER REFERENCES person, provenanceKey INTEGER REFERENCES provenance, places TEXT NOT NULL DEFAULT '', callbackAgentId TEXT) STRICT;

CREATE INDEX leadDialable ON lead (campaignKey, importKey, priority, dialableAt) WHERE state <> 'finished';

CREATE UNIQUE INDEX leadNumber ON lead (number, campaignKey);

CREATE INDEX leadOfCampaign ON lead (campaignKey);

CREATE INDEX leadOfPerson ON lead (personKey) WHERE personKey IS NOT NULL;

CREATE INDEX leadPersonOfNumber ON lead (number, personKey) WHERE personKey IS NOT NULL;

CREATE INDEX leadPromised ON lead (callbackAgentId) WHERE callbackAgentId IS NOT NULL;

CREATE INDEX leadPutOff ON lead (campaignKey, reason) WHERE state <> 'finished' AND reason <> 'resting';

CREATE TABLE leadRelease (
  campaignKey INTEGER NOT NULL REFERENCES campaign,
  reason TEXT NOT NULL,
  afterLeadId INTEGER NOT NULL,
  PRIMARY KEY (campaignKey, reason)
) STRICT, WITHOUT ROWID;

CREATE TABLE ledger (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  -- Canonical JSON without personal data: a number appears as a subject.
  entry TEXT NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE TRIGGER ledgerDelete BEFORE DELETE ON ledger
WHEN OLD.seq > coalesce((SELECT upToSeq FROM ledgerRotation), 0)
BEGIN
  SELECT RAISE(ABORT, 'the ledger is append-only');
END;

CREATE TABLE ledgerDigest (
  name TEXT PRIMARY KEY,
  digest TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX ledgerInTime ON ledger (at);

CREATE TRIGGER ledgerInsert BEFORE INSERT ON ledger
WHEN NEW.seq <> coalesce((SELECT max(seq) FROM ledger), 0) + 1
  AND NEW.seq <> coalesce((SELECT upToSeq FROM ledgerRotation), 0)
BEGIN
  SELECT RAISE(ABORT, 'the ledger is append-only');
END;

CREATE INDEX ledgerOfKind ON ledger (kind) WHERE kind <> 'originate' AND kind <> 'outcome' AND kind <> 'wrap-up';

CREATE TABLE ledgerRotation (
  upToSeq INTEGER NOT NULL
) STRICT;

CREATE TRIGGER ledgerUpdate BEFORE UPDATE ON ledger
BEGIN
  SELECT RAISE(ABORT, 'the ledger is append-only');
END;

CREATE TABLE owner (
  ownerKey INTEGER PRIMARY KEY,
  sellerId TEXT NOT NULL,
  purpose TEXT NOT NULL,
  topic TEXT NOT NULL,
  UNIQUE (sellerId, purpose, topic)
) STRICT;

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
, sellerKey INTEGER REFERENCES seller) STRICT;

CREATE TABLE permissionImport (
  importKey INTEGER PRIMARY KEY,
  importId TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL CHECK (state IN ('open', 'active', 'discarded')),
  source TEXT,
  activatedAt INTEGER
) STRICT;

CREATE INDEX permissionOfImport ON permission (importKey) WHERE importKey IS NOT NULL;

CREATE INDEX permissionOfNumber ON permission (number);

CREATE TABLE person (
  personKey INTEGER PRIMARY KEY,
  -- As the operator's systems name the person.
  personId TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE personHours (
  number INTEGER PRIMARY KEY,
  days TEXT NOT NULL,
  how TEXT NOT NULL,
  recordedAt INTEGER NOT NULL
) STRICT;

CREATE TABLE personLeft (
  number INTEGER NOT NULL,
  personKey INTEGER NOT NULL REFERENCES person,
  campaignKey INTEGER NOT NULL REFERENCES campaign,
  leadId INTEGER NOT NULL,
  PRIMARY KEY (number, personKey, campaignKey)
) STRICT, WITHOUT ROWID;

CREATE INDEX personLeftOfPerson ON personLeft (personKey);

CREATE TABLE "personSubject" (
  personKey INTEGER NOT NULL REFERENCES person,
  sellerKey INTEGER NOT NULL REFERENCES seller,
  subjectId BLOB NOT NULL CHECK (length(subjectId) = 16),
  PRIMARY KEY (personKey, sellerKey)
) STRICT, WITHOUT ROWID;

CREATE TABLE provenance (
  provenanceKey INTEGER PRIMARY KEY,
  origin TEXT NOT NULL,
  -- The day the data were obtained; NULL: not stated.
  obtainedAt INTEGER,
  legalBasis TEXT NOT NULL,
  UNIQUE (origin, obtainedAt, legalBasis)
) STRICT;

CREATE TABLE restoration (
  restorationId INTEGER PRIMARY KEY,
  backupAt INTEGER NOT NULL,
  restoredAt INTEGER,
  replayed INTEGER NOT NULL,
  -- JSON, a line for each thing that may be missing.
  gaps TEXT NOT NULL,
  confirmedBy TEXT,
  confirmedAt INTEGER
) STRICT;

CREATE TABLE seller (
  sellerKey INTEGER PRIMARY KEY,
  sellerId TEXT NOT NULL UNIQUE
) STRICT;

CREATE INDEX sessionOfUser ON userSession (user);

CREATE TABLE sqlite_sequence(name,seq);

CREATE TABLE subject (
  number INTEGER PRIMARY KEY,
  subjectId BLOB NOT NULL CHECK (length(subjectId) = 16),
  key BLOB NOT NULL CHECK (length(key) = 32),
  -- HMAC of the number under the key, as it stands in the entries.
  seal BLOB NOT NULL CHECK (length(seal) = 32)
) STRICT;

CREATE TABLE user (
  name TEXT PRIMARY KEY,
  settings TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE userSession (
  sessionId TEXT PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  user TEXT NOT NULL,
  begunAt INTEGER NOT NULL,
  usedAt INTEGER NOT NULL,
  address TEXT NOT NULL,
  program TEXT NOT NULL
) STRICT, WITHOUT ROWID;
