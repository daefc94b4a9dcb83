-- name: runs_channels()
SELECT group_id, runs_channel_id FROM groups
WHERE runs_channel_id IS NOT NULL AND left_at IS NULL ORDER BY group_id;

-- name: versions_applied()
SELECT version FROM schema_migrations;

-- name: leaving(before)^
SELECT (SELECT COUNT(*) FROM members WHERE left_at IS NOT NULL) AS waiting,
       (SELECT MAX(looked_up_at) FROM members) AS asked_at,
       (SELECT COUNT(*) FROM members m JOIN groups g ON g.group_id = m.group_id
        WHERE COALESCE(m.looked_up_at, m.created_at) <= :before AND g.left_at IS NULL) AS unasked;
