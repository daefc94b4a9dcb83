-- name: references_of_all()
SELECT c.relname AS table_name, k.oid AS reference, r.relname AS refers_to, a.attname AS column_name,
       b.attname AS refers_column, CASE WHEN k.confdeltype = 'n' THEN 'SET NULL' ELSE 'CASCADE' END AS on_delete
FROM pg_constraint AS k
JOIN pg_class AS c ON c.oid = k.conrelid
JOIN pg_class AS r ON r.oid = k.confrelid
CROSS JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY AS u (own, other, place)
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = u.own
JOIN pg_attribute AS b ON b.attrelid = r.oid AND b.attnum = u.other
WHERE k.contype = 'f' AND c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
ORDER BY c.relname, k.oid, u.place;
