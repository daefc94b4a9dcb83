-- name: runs_channels()
SELECT group_id, runs_channel_id FROM groups
WHERE runs_channel_id IS NOT NULL AND left_at IS NULL ORDER BY group_id;

-- name: versions_applied()
SELECT version FROM schema_migrations;
