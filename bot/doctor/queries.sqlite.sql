-- name: has_table(name)$
SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = :name;

-- name: table_count()$
SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name <> 'schema_migrations';
