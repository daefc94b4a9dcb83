-- name: has_table(name)$
SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = :name;

-- name: others_tables()$
SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!';
