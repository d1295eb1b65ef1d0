-- What the configuration file last said of an agent: what it says anew counts, what it repeats does not undo what was changed
-- since. An agent who is here and not among the agents was removed by hand.
CREATE TABLE agentImport (
  agentId TEXT PRIMARY KEY,
  settings TEXT NOT NULL
) STRICT, WITHOUT ROWID;
