-- name: columns()
SELECT m.name AS table_name, i.name AS column_name, CASE WHEN i.pk > 0 THEN i.pk END AS key_place,
       i.type = 'TEXT' AS is_text
FROM sqlite_schema AS m JOIN pragma_table_info(m.name) AS i
WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY m.name, i.cid;

-- name: foreign_keys()
SELECT DISTINCT m.name AS table_name, f."table" AS refers_to
FROM sqlite_schema AS m JOIN pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table';
