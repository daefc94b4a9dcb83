-- Several processes on one database.

-- Who works on a delivery, and until when others leave it alone: a process that died has let go of it by then.
ALTER TABLE deliveries ADD COLUMN taken_by BIGINT;
ALTER TABLE deliveries ADD COLUMN taken_until BIGINT;

-- Jobs that one process does for all: when each is next to be done.
CREATE TABLE turns (
    job TEXT PRIMARY KEY,
    next_at BIGINT NOT NULL
);

-- Identifies of all processes, kept apart: from when on the next one of each of Discord's buckets may leave.
CREATE TABLE identify_slots (
    bucket BIGINT PRIMARY KEY CHECK (bucket >= 0),          -- shard id modulo max_concurrency
    free_at_ms BIGINT NOT NULL                              -- milliseconds since 1970, by the server's clock
);
