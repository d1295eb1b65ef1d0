-- Attempts that have left for an archive, counted by number, campaign and owner: limits of a campaign's whole life count them. Only
-- those that cost one.
CREATE TABLE attemptsLeft (
  number INTEGER NOT NULL,
  campaignKey INTEGER NOT NULL REFERENCES campaign,
  ownerKey INTEGER NOT NULL REFERENCES owner,
  attempts INTEGER NOT NULL,
  -- When the newest of them was begun.
  lastAt INTEGER NOT NULL,
  PRIMARY KEY (number, campaignKey, ownerKey)
) STRICT, WITHOUT ROWID;
