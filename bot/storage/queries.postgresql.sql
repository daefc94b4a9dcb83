-- name: has_table(name)$
SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = CAST(:name AS TEXT);

-- name: others_tables()$
SELECT count(*) FROM information_schema.tables
WHERE table_schema = current_schema() AND table_name IN ('groups', 'people', 'runs');
