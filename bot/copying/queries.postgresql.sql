-- name: columns()
SELECT c.relname AS table_name, a.attname AS column_name,
       array_position(CAST(i.indkey AS SMALLINT[]), a.attnum) AS key_place,
       CASE WHEN a.atttypid = CAST('text' AS regtype) THEN 1 ELSE 0 END AS is_text
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_index AS i ON i.indrelid = c.oid AND i.indisprimary
WHERE c.relkind = 'r' AND c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
ORDER BY c.relname, a.attnum;

-- name: foreign_keys()
SELECT DISTINCT c.relname AS table_name, r.relname AS refers_to
FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = k.conrelid JOIN pg_class AS r ON r.oid = k.confrelid
WHERE k.contype = 'f' AND c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema());
