-- Only a server is shared: see queries.postgresql.sql.
-- name: slots()
SELECT bucket, free_at_ms FROM identify_slots ORDER BY bucket;
