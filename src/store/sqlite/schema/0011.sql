-- Leads that have left for an archive and had a person: what ties the person's numbers together stays, so that a refusal at one binds
-- the others.
CREATE TABLE personLeft (
  number INTEGER NOT NULL,
  personKey INTEGER NOT NULL REFERENCES person,
  campaignKey INTEGER NOT NULL REFERENCES campaign,
  leadId INTEGER NOT NULL,
  PRIMARY KEY (number, personKey, campaignKey)
) STRICT, WITHOUT ROWID;
CREATE INDEX personLeftOfPerson ON personLeft (personKey);
