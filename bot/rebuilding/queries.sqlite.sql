-- name: references_of_all()
SELECT m.name AS table_name, f.id AS reference, f."table" AS refers_to, f."from" AS column_name,
       f."to" AS refers_column, f.on_delete
FROM sqlite_schema AS m JOIN pragma_foreign_key_list(m.name) AS f
WHERE m.type = 'table' ORDER BY m.name, f.id, f.seq;

-- name: integrity()
SELECT integrity_check FROM pragma_integrity_check(20);

-- name: build_indexes_anew()!
REINDEX;
