-- Who may log in, as JSON: role, campaigns, hash of the password, link, one-time codes.
CREATE TABLE user (
  name TEXT PRIMARY KEY,
  settings TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Browsers that are logged in. The cookie's content is nowhere, only its hash.
CREATE TABLE userSession (
  sessionId TEXT PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  user TEXT NOT NULL,
  begunAt INTEGER NOT NULL,
  usedAt INTEGER NOT NULL,
  address TEXT NOT NULL,
  program TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessionOfUser ON userSession (user);

-- Tokens of programs, as JSON: rights, campaigns, expiry, hash. Revoked ones are in the ledger alone.
CREATE TABLE apiToken (
  tokenId TEXT PRIMARY KEY,
  settings TEXT NOT NULL
) STRICT, WITHOUT ROWID;
