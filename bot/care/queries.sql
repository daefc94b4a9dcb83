-- Support resources, and when a member last saw them unasked.

-- name: latest_moods(group_id, person_id, most)
SELECT entered_at, entered_day, mood FROM moods
WHERE group_id = :group_id AND person_id = :person_id
ORDER BY entered_at DESC, mood_id DESC LIMIT :most;

-- name: care_of(group_id, person_id)^
SELECT g.resources, c.shown_day, c.dismissed
FROM groups g LEFT JOIN care_shown c ON c.group_id = g.group_id AND c.person_id = :person_id
WHERE g.group_id = :group_id;

-- name: set_shown(group_id, person_id, day)!
INSERT INTO care_shown (group_id, person_id, shown_day) VALUES (:group_id, :person_id, :day)
ON CONFLICT (group_id, person_id) DO UPDATE SET shown_day = excluded.shown_day;

-- name: resources(group_id)^
SELECT resources, feelings_confirmed_at, feelings_age FROM groups WHERE group_id = :group_id;

-- name: set_resources(group_id, resources, now)!
INSERT INTO groups (group_id, resources, created_at) VALUES (:group_id, CAST(:resources AS TEXT), :now)
ON CONFLICT (group_id) DO UPDATE SET resources = excluded.resources;

-- name: confirm(group_id, now)!
INSERT INTO groups (group_id, feelings_confirmed_at, created_at) VALUES (:group_id, :now, :now)
ON CONFLICT (group_id) DO UPDATE SET feelings_confirmed_at = excluded.feelings_confirmed_at, feelings_asked_at = NULL;

-- name: confirm_again(group_id, now)!
UPDATE groups SET feelings_confirmed_at = :now, feelings_asked_at = NULL
WHERE group_id = :group_id AND feelings_confirmed_at IS NOT NULL;

-- name: turn_off(group_id)!
UPDATE groups SET feelings_confirmed_at = NULL, feelings_asked_at = NULL WHERE group_id = :group_id;

-- name: set_age(group_id, age, now)!
INSERT INTO groups (group_id, feelings_age, created_at) VALUES (:group_id, :age, :now)
ON CONFLICT (group_id) DO UPDATE SET feelings_age = excluded.feelings_age;

-- name: forget_asking(group_id)!
DELETE FROM group_notices WHERE group_id = :group_id AND kind = 'resources_due';

-- Groups whose resources were confirmed long ago, and whose organisers were not asked lately.
-- name: groups_to_ask(confirmed_before, asked_before)
SELECT group_id FROM groups
WHERE feelings_confirmed_at <= :confirmed_before AND left_at IS NULL
  AND (feelings_asked_at IS NULL OR feelings_asked_at <= :asked_before);

-- name: asked(group_id, now)!
UPDATE groups SET feelings_asked_at = :now WHERE group_id = :group_id;

-- name: tell_organisers(notice_id, group_id, now)!
INSERT INTO group_notices (notice_id, group_id, kind, detail, created_at)
VALUES (:notice_id, :group_id, 'resources_due', '', :now)
ON CONFLICT (group_id, kind, detail) DO NOTHING;

-- A dismissal is kept for who was shown something; the day stays.
-- name: set_dismissed(group_id, person_id, dismissed)!
UPDATE care_shown SET dismissed = :dismissed WHERE group_id = :group_id AND person_id = :person_id;
