-- When an agent gave the person on, and to which target: their talk ends there, the call does not.
ALTER TABLE attempt ADD COLUMN transferredAt INTEGER;
ALTER TABLE attempt ADD COLUMN transferredTo TEXT;
