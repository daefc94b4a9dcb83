-- What of a restored backup is older than an erasure. Of somebody who came back since, what is newer stays.

-- name: groups_before(before)
SELECT group_id, created_at FROM groups WHERE created_at < :before ORDER BY group_id;

-- name: members_after(after_group, after_person, most)
SELECT group_id, person_id, created_at FROM members
WHERE group_id > :after_group OR (group_id = :after_group AND person_id > :after_person)
ORDER BY group_id, person_id LIMIT :most;

-- name: members_of(group_id)
SELECT person_id, created_at FROM members WHERE group_id = :group_id ORDER BY person_id;

-- Whether anything of a member was stored at that moment or after it.
-- name: has_newer(group_id, person_id, before)$
SELECT (SELECT COUNT(*) FROM runs WHERE group_id = :group_id AND person_id = :person_id AND created_at >= :before)
     + (SELECT COUNT(*) FROM moods WHERE group_id = :group_id AND person_id = :person_id AND entered_at >= :before)
     + (SELECT COUNT(*) FROM run_starts WHERE group_id = :group_id AND person_id = :person_id AND pressed_at >= :before)
     + (SELECT COUNT(*) FROM consents WHERE group_id = :group_id AND person_id = :person_id AND agreed_at >= :before)
     + (SELECT COUNT(*) FROM targets WHERE group_id = :group_id AND person_id = :person_id AND set_at >= :before)
     + (SELECT COUNT(*) FROM pauses WHERE group_id = :group_id AND person_id = :person_id AND created_at >= :before)
     + (SELECT COUNT(*) FROM rest_days WHERE group_id = :group_id AND person_id = :person_id AND created_at >= :before)
     + (SELECT COUNT(*) FROM schedules WHERE group_id = :group_id AND person_id = :person_id AND created_at >= :before)
     + (SELECT COUNT(*) FROM week_plans WHERE group_id = :group_id AND person_id = :person_id AND planned_at >= :before)
     + (SELECT COUNT(*) FROM challenge_members
        WHERE group_id = :group_id AND person_id = :person_id AND joined_at >= :before);

-- What a member set stays with them; whatever carries no moment of its own is taken for older.
-- name: forget_settings(group_id, person_id, moment)!
UPDATE members SET weekly_metres = NULL, weekly_minutes = NULL, plan = NULL, listed = NULL,
    listing_asked_at = NULL, recent_words = '', fact_day = NULL, created_at = :moment
WHERE group_id = :group_id AND person_id = :person_id;

-- name: queue_older_cards(group_id, person_id, before, now)!
INSERT INTO card_removals (message_id, channel_id, group_id, requested_at)
SELECT message_id, channel_id, group_id, CAST(:now AS BIGINT) FROM runs
WHERE group_id = :group_id AND person_id = :person_id AND created_at < :before AND message_id IS NOT NULL
ON CONFLICT (message_id) DO NOTHING;

-- name: older_runs(group_id, person_id, before)!
DELETE FROM runs WHERE group_id = :group_id AND person_id = :person_id AND created_at < :before;

-- name: older_cheers(group_id, person_id, before)!
DELETE FROM cheers WHERE person_id = :person_id AND cheered_at < :before
  AND run_id IN (SELECT run_id FROM runs WHERE group_id = :group_id);

-- name: older_reports(group_id, person_id, before)!
DELETE FROM reports WHERE person_id = :person_id AND reported_at < :before
  AND run_id IN (SELECT run_id FROM runs WHERE group_id = :group_id);

-- name: older_targets(group_id, person_id, before)!
DELETE FROM targets WHERE group_id = :group_id AND person_id = :person_id AND set_at < :before;

-- name: older_pauses(group_id, person_id, before)!
DELETE FROM pauses WHERE group_id = :group_id AND person_id = :person_id AND created_at < :before;

-- name: older_rest_days(group_id, person_id, before)!
DELETE FROM rest_days WHERE group_id = :group_id AND person_id = :person_id AND created_at < :before;

-- name: older_notices(group_id, person_id, before)!
DELETE FROM notices WHERE group_id = :group_id AND person_id = :person_id AND created_at < :before;

-- Their deliveries go with them.
-- name: older_schedules(group_id, person_id, before)!
DELETE FROM schedules WHERE group_id = :group_id AND person_id = :person_id AND created_at < :before;

-- name: older_week_plans(group_id, person_id, before)!
DELETE FROM week_plans WHERE group_id = :group_id AND person_id = :person_id AND planned_at < :before;

-- name: older_memberships(group_id, person_id, before)!
DELETE FROM challenge_members WHERE group_id = :group_id AND person_id = :person_id AND joined_at < :before;

-- name: older_moods(group_id, person_id, before)!
DELETE FROM moods WHERE group_id = :group_id AND person_id = :person_id AND entered_at < :before;

-- name: older_run_starts(group_id, person_id, before)!
DELETE FROM run_starts WHERE group_id = :group_id AND person_id = :person_id AND pressed_at < :before;

-- name: older_nearly_not(group_id, person_id, before)!
DELETE FROM nearly_not WHERE group_id = :group_id AND person_id = :person_id AND marked_at < :before;

-- name: forget_care_shown(group_id, person_id)!
DELETE FROM care_shown WHERE group_id = :group_id AND person_id = :person_id;

-- name: older_consents(group_id, person_id, before)!
DELETE FROM consents WHERE group_id = :group_id AND person_id = :person_id AND agreed_at < :before;

-- name: older_figure_consent(group_id, person_id, before)!
DELETE FROM consents
WHERE group_id = :group_id AND person_id = :person_id AND purpose = 'group_figure' AND agreed_at < :before;

-- name: leave_figure(group_id, person_id)!
DELETE FROM figure_people WHERE group_id = :group_id AND person_id = :person_id;

-- A group whose organiser erased it, and in which somebody stored something since.

-- name: older_challenges(group_id, before)!
DELETE FROM challenges WHERE group_id = :group_id AND created_at < :before;

-- name: older_posts(group_id, before)!
DELETE FROM deliveries WHERE group_id = :group_id AND person_id IS NULL AND created_at < :before;

-- name: older_group_words(group_id, before)!
DELETE FROM group_words WHERE group_id = :group_id AND created_at < :before;

-- name: older_group_notices(group_id, before)!
DELETE FROM group_notices WHERE group_id = :group_id AND created_at < :before;

-- name: older_figures(group_id, before)!
DELETE FROM group_figures WHERE group_id = :group_id AND computed_at < :before;

-- name: older_poll_plans(group_id, before)!
DELETE FROM poll_plans WHERE group_id = :group_id AND created_at < :before;

-- name: group_is_from(group_id, moment)!
UPDATE groups SET created_at = :moment WHERE group_id = :group_id;
