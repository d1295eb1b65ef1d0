-- What the dialer keeps. Instants are milliseconds since the epoch, telephone numbers are their digits as an integer
-- (E.164 has at most 15), settings and a lead's columns are JSON.

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
) STRICT;

CREATE TABLE agent (
  agentId TEXT PRIMARY KEY,
  settings TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Leads exist for dialing when their import is active: one row activates them all.
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
) STRICT;

CREATE INDEX importOfCampaign ON import (campaignKey);
CREATE UNIQUE INDEX importOpen ON import (importId) WHERE state = 'open';
CREATE INDEX importDiscarded ON import (importKey) WHERE state = 'discarded';

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
) STRICT;

CREATE UNIQUE INDEX leadNumber ON lead (number, campaignKey);
CREATE INDEX leadOfCampaign ON lead (campaignKey);
-- Serves the hopper: finished leads and used-up imports are not in it.
CREATE INDEX leadDialable ON lead (campaignKey, importKey, priority, dialableAt) WHERE state <> 'finished';

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
) STRICT;

CREATE INDEX attemptOfCampaign ON attempt (campaignKey, originatedAt);
CREATE INDEX attemptOfNumber ON attempt (number, originatedAt);
CREATE INDEX attemptInTime ON attempt (originatedAt);
CREATE INDEX attemptOpen ON attempt (campaignKey, leadId) WHERE endedAt IS NULL;

-- The company's own list.
CREATE TABLE doNotCall (
  number INTEGER PRIMARY KEY,
  list TEXT NOT NULL,
  source TEXT NOT NULL,
  at INTEGER NOT NULL,
  note TEXT
) STRICT;

-- Bulk lists are files of their own beside the database; a row swaps a version in.
CREATE TABLE bulkList (
  list TEXT PRIMARY KEY,
  file TEXT NOT NULL,
  numbers INTEGER NOT NULL,
  source TEXT NOT NULL,
  importedAt INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
