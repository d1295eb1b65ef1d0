-- Each time this database came from a backup: what was done between the two instants is not in it. Nothing is dialed until somebody
-- has confirmed the newest. A backup carries such a row itself, without `restoredAt`: whoever puts it in a database's place by hand
-- gets no less than who restores it.
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

-- Up to which line of its journal this database has everything; no row: nobody knows.
CREATE TABLE journalPlace (
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL
) STRICT;
