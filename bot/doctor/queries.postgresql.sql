-- name: has_table(name)$
SELECT to_regclass(:name) IS NOT NULL;
