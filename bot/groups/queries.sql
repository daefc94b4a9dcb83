-- What a group's settings need. Every setter makes the group's row where an event of Discord's was missed.

-- name: group_by_id(group_id)^
SELECT * FROM groups WHERE group_id = :group_id;

-- name: join_group(group_id, now)!
INSERT INTO groups (group_id, created_at) VALUES (:group_id, :now)
ON CONFLICT (group_id) DO UPDATE SET left_at = NULL;

-- name: leave_group(group_id, now)!
UPDATE groups SET left_at = :now WHERE group_id = :group_id AND left_at IS NULL;

-- name: set_zone(group_id, zone, now)^
INSERT INTO groups (group_id, zone, created_at) VALUES (:group_id, :zone, :now)
ON CONFLICT (group_id) DO UPDATE SET zone = excluded.zone
RETURNING *;

-- name: set_units(group_id, units, now)^
INSERT INTO groups (group_id, units, created_at) VALUES (:group_id, :units, :now)
ON CONFLICT (group_id) DO UPDATE SET units = excluded.units
RETURNING *;

-- name: set_language(group_id, language, now)^
INSERT INTO groups (group_id, language, created_at) VALUES (:group_id, :language, :now)
ON CONFLICT (group_id) DO UPDATE SET language = excluded.language
RETURNING *;

-- name: set_week_start(group_id, weekday, now)^
INSERT INTO groups (group_id, week_starts_on, created_at) VALUES (:group_id, :weekday, :now)
ON CONFLICT (group_id) DO UPDATE SET week_starts_on = excluded.week_starts_on
RETURNING *;

-- name: set_day_start(group_id, minute, now)^
INSERT INTO groups (group_id, day_starts_minute, created_at) VALUES (:group_id, :minute, :now)
ON CONFLICT (group_id) DO UPDATE SET day_starts_minute = excluded.day_starts_minute
RETURNING *;

-- name: set_organiser_role(group_id, role_id, now)^
INSERT INTO groups (group_id, organiser_role_id, created_at) VALUES (:group_id, :role_id, :now)
ON CONFLICT (group_id) DO UPDATE SET organiser_role_id = excluded.organiser_role_id
RETURNING *;

-- name: set_runs_channel(group_id, channel_id, now)^
INSERT INTO groups (group_id, runs_channel_id, created_at) VALUES (:group_id, :channel_id, :now)
ON CONFLICT (group_id) DO UPDATE SET runs_channel_id = excluded.runs_channel_id
RETURNING *;

-- name: set_posts(group_id, posts, now)^
INSERT INTO groups (group_id, posts, created_at) VALUES (:group_id, :posts, :now)
ON CONFLICT (group_id) DO UPDATE SET posts = excluded.posts
RETURNING *;

-- name: set_makers(group_id, challenges_by, now)^
INSERT INTO groups (group_id, challenges_by, created_at) VALUES (:group_id, :challenges_by, :now)
ON CONFLICT (group_id) DO UPDATE SET challenges_by = excluded.challenges_by
RETURNING *;

-- name: set_posts_channel(group_id, channel_id, now)^
INSERT INTO groups (group_id, posts_channel_id, created_at) VALUES (:group_id, CAST(:channel_id AS BIGINT), :now)
ON CONFLICT (group_id) DO UPDATE SET posts_channel_id = excluded.posts_channel_id
RETURNING *;

-- name: ensure_group(group_id, now)^
INSERT INTO groups (group_id, created_at) VALUES (:group_id, :now)
ON CONFLICT (group_id) DO UPDATE SET group_id = excluded.group_id
RETURNING *;

-- name: schedules_of_group(group_id)
SELECT kind, minute, weekdays, off_reason, since_at, last_day FROM schedules
WHERE group_id = :group_id AND person_id IS NULL AND challenge_id IS NULL AND poll_plan_id IS NULL;

-- name: finish_setup(group_id, channel_id, message_id, now)^
-- Also how the permanent card moves; the moment of the first setup stays.
INSERT INTO groups (group_id, panel_channel_id, panel_message_id, set_up_at, created_at)
VALUES (:group_id, :channel_id, :message_id, :now, :now)
ON CONFLICT (group_id) DO UPDATE SET
    panel_channel_id = excluded.panel_channel_id,
    panel_message_id = excluded.panel_message_id,
    set_up_at = COALESCE(groups.set_up_at, excluded.set_up_at)
RETURNING *;

-- name: nudge(group_id, now)^
-- A row where the organiser is to be told now, none where setup is done or somebody was told before.
INSERT INTO groups (group_id, nudged_at, created_at) VALUES (:group_id, :now, :now)
ON CONFLICT (group_id) DO UPDATE SET nudged_at = excluded.nudged_at
WHERE groups.nudged_at IS NULL AND groups.set_up_at IS NULL
RETURNING group_id;

-- name: what_goes(group_id)^
SELECT (SELECT COUNT(*) FROM runs WHERE group_id = :group_id) AS runs,
       (SELECT COUNT(*) FROM members WHERE group_id = :group_id) AS members;

-- name: queue_cards_of_group(group_id, now)!
INSERT INTO card_removals (message_id, channel_id, group_id, requested_at)
SELECT message_id, channel_id, group_id, CAST(:now AS BIGINT) FROM runs
WHERE group_id = :group_id AND message_id IS NOT NULL
ON CONFLICT (message_id) DO NOTHING;

-- name: queue_posts(group_id, now)!
INSERT INTO card_removals (message_id, channel_id, group_id, requested_at)
SELECT message_id, channel_id, group_id, CAST(:now AS BIGINT) FROM deliveries
WHERE group_id = :group_id AND person_id IS NULL AND state = 'sent'
ON CONFLICT (message_id) DO NOTHING;

-- name: queue_panel(group_id, now)!
INSERT INTO card_removals (message_id, channel_id, group_id, requested_at)
SELECT panel_message_id, panel_channel_id, group_id, CAST(:now AS BIGINT) FROM groups
WHERE group_id = :group_id AND panel_message_id IS NOT NULL
ON CONFLICT (message_id) DO NOTHING;

-- name: erase_people_of_this_group_alone(group_id)!
DELETE FROM people
WHERE person_id IN (SELECT person_id FROM members WHERE group_id = :group_id)
  AND NOT EXISTS (
      SELECT 1 FROM members AS elsewhere
      WHERE elsewhere.person_id = people.person_id AND elsewhere.group_id <> :group_id
  );

-- name: erase_group(group_id)!
DELETE FROM groups WHERE group_id = :group_id;
