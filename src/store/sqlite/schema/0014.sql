-- How the agent's line was in the call, as their phone has counted it, as JSON; null: nobody has told.
ALTER TABLE attempt ADD COLUMN line TEXT;
