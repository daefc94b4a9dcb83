-- name: create_table()!
CREATE TABLE IF NOT EXISTS schema_migrations (
    version BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    applied_at BIGINT NOT NULL
);

-- name: applied_versions()
SELECT version FROM schema_migrations ORDER BY version;

-- name: record_migration(version, name, now)!
INSERT INTO schema_migrations (version, name, applied_at) VALUES (:version, :name, :now);
