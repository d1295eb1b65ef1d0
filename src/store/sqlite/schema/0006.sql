-- Which database this is, and which run of the program opened it last: the marker beside the file says the same, so that a file
-- that was lost or exchanged is not taken for a new one. One row.
CREATE TABLE identity (
  databaseId TEXT NOT NULL,
  runId TEXT NOT NULL
) STRICT;
