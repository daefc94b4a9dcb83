-- name: has_table(name)$
SELECT to_regclass(:name) IS NOT NULL;

-- What restores kept aside, and what one that was cut short left.
-- name: schemas_of_restores()
SELECT nspname AS name FROM pg_namespace
WHERE nspname LIKE 'second\_wind\_before\_%' OR nspname = 'second_wind_restoring' ORDER BY nspname;
