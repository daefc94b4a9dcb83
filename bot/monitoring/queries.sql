-- Always the same row, so that nothing grows.
-- name: beat()!
INSERT INTO turns (job, next_at) VALUES ('beat', 0)
ON CONFLICT (job) DO UPDATE SET next_at = turns.next_at + 1;
