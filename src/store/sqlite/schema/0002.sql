-- When the agent's word came: the wrap-up's length follows from it. NULL: unknown, or no word yet.
ALTER TABLE attempt ADD COLUMN wrapUpAt INTEGER;
