-- What the form of the campaign's script was filled in with, as JSON; null: it was not.
ALTER TABLE attempt ADD COLUMN wrapUpForm TEXT;

-- Whom an agent has promised to call back.
CREATE INDEX leadPromised ON lead (callbackAgentId) WHERE callbackAgentId IS NOT NULL;
