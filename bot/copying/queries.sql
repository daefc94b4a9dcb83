-- A table that stands in the target while a copy is under way: until it goes, nothing but the copy uses the database.

-- name: create_marker()!
CREATE TABLE copy_under_way (
    source TEXT PRIMARY KEY,
    started_at BIGINT NOT NULL
);

-- name: mark(source, now)!
INSERT INTO copy_under_way (source, started_at) VALUES (:source, :now);

-- name: marked()$
SELECT source FROM copy_under_way;

-- name: drop_marker()!
DROP TABLE copy_under_way;

-- name: applied()
SELECT version, name FROM schema_migrations ORDER BY version;

-- name: gather_statistics()!
ANALYZE;
