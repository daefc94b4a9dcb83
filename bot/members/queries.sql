-- What a member set, all that is stored of them, and its erasure.

-- name: ensure_group(group_id, now)!
INSERT INTO groups (group_id, created_at) VALUES (:group_id, :now) ON CONFLICT (group_id) DO NOTHING;

-- name: ensure_person(person_id, now)!
INSERT INTO people (person_id, created_at) VALUES (:person_id, :now) ON CONFLICT (person_id) DO NOTHING;

-- Somebody who had left and sets something is back.
-- name: ensure_member(group_id, person_id, now)!
INSERT INTO members (group_id, person_id, created_at) VALUES (:group_id, :person_id, :now)
ON CONFLICT (group_id, person_id) DO UPDATE SET left_at = NULL;

-- Always one row, whoever asks: a group without a row stands as a new one, a person as one who set nothing.
-- name: settings(group_id, person_id)^
SELECT COALESCE(g.zone, 'UTC') AS group_zone, COALESCE(g.units, 'km') AS group_units,
       COALESCE(g.day_starts_minute, 240) AS day_starts_minute, COALESCE(g.week_starts_on, 0) AS week_starts_on,
       p.zone, p.units, p.language, p.quiet_from_minute, p.quiet_until_minute,
       COALESCE(m.visibility, 'group') AS visibility, m.listed,
       (SELECT COUNT(*) FROM schedules s WHERE s.group_id = asked.group_id AND s.person_id = asked.person_id
          AND s.kind = 'streak_warning' AND s.off_reason IS NULL) AS streak_warnings
FROM (SELECT CAST(:group_id AS BIGINT) AS group_id, CAST(:person_id AS BIGINT) AS person_id) AS asked
LEFT JOIN groups g ON g.group_id = asked.group_id
LEFT JOIN people p ON p.person_id = asked.person_id
LEFT JOIN members m ON m.group_id = asked.group_id AND m.person_id = asked.person_id;

-- name: set_zone(person_id, zone)!
UPDATE people SET zone = :zone WHERE person_id = :person_id;

-- name: set_units(person_id, units)!
UPDATE people SET units = :units WHERE person_id = :person_id;

-- name: set_quiet(person_id, start, end)!
UPDATE people SET quiet_from_minute = :start, quiet_until_minute = :end WHERE person_id = :person_id;

-- Who chose a language of their own: few, as most take that of their Discord.
-- name: chosen_languages()
SELECT person_id, language FROM people WHERE language IS NOT NULL;

-- name: set_language(person_id, language)!
UPDATE people SET language = :language WHERE person_id = :person_id;

-- name: set_visibility(group_id, person_id, visibility)!
UPDATE members SET visibility = :visibility WHERE group_id = :group_id AND person_id = :person_id;

-- name: holdings(group_id, person_id)^
SELECT
    (SELECT COUNT(*) FROM runs WHERE group_id = :group_id AND person_id = :person_id) AS runs,
    (SELECT COUNT(*) FROM bests WHERE group_id = :group_id AND person_id = :person_id) AS bests,
    (SELECT COUNT(*) FROM cheers JOIN runs ON runs.run_id = cheers.run_id
     WHERE runs.group_id = :group_id AND cheers.person_id = :person_id) AS cheers_given,
    (SELECT COUNT(*) FROM cheers JOIN runs ON runs.run_id = cheers.run_id
     WHERE runs.group_id = :group_id AND runs.person_id = :person_id) AS cheers_received,
    (SELECT COUNT(*) FROM targets WHERE group_id = :group_id AND person_id = :person_id) AS targets,
    (SELECT COUNT(*) FROM pauses WHERE group_id = :group_id AND person_id = :person_id) AS pauses,
    (SELECT COUNT(*) FROM rest_days WHERE group_id = :group_id AND person_id = :person_id) AS rest_days,
    (SELECT COUNT(*) FROM reports JOIN runs ON runs.run_id = reports.run_id
     WHERE runs.group_id = :group_id AND reports.person_id = :person_id) AS reports,
    (SELECT COUNT(*) FROM notices WHERE group_id = :group_id AND person_id = :person_id) AS notices,
    (SELECT COUNT(*) FROM week_plans WHERE group_id = :group_id AND person_id = :person_id) AS week_plans,
    (SELECT COUNT(*) FROM schedules WHERE group_id = :group_id AND person_id = :person_id) AS reminders,
    (SELECT COUNT(*) FROM board_entries JOIN boards ON boards.board_id = board_entries.board_id
     WHERE boards.group_id = :group_id AND board_entries.person_id = :person_id) AS boards,
    (SELECT COUNT(*) FROM challenge_members WHERE group_id = :group_id AND person_id = :person_id) AS challenges,
    (SELECT COUNT(*) FROM challenges WHERE group_id = :group_id AND maker_id = :person_id) AS challenges_made,
    (SELECT COUNT(*) FROM moods WHERE group_id = :group_id AND person_id = :person_id) AS moods,
    (SELECT COUNT(*) FROM run_starts WHERE group_id = :group_id AND person_id = :person_id) AS run_starts,
    (SELECT COUNT(*) FROM nearly_not WHERE group_id = :group_id AND person_id = :person_id) AS nearly_not,
    (SELECT shown_day FROM care_shown WHERE group_id = :group_id AND person_id = :person_id) AS care_day,
    (SELECT version FROM consents
     WHERE group_id = :group_id AND person_id = :person_id AND purpose = 'keep') AS keep_version,
    (SELECT agreed_at FROM consents
     WHERE group_id = :group_id AND person_id = :person_id AND purpose = 'keep') AS keep_agreed_at,
    (SELECT version FROM consents
     WHERE group_id = :group_id AND person_id = :person_id AND purpose = 'group_figure') AS figure_version,
    (SELECT agreed_at FROM consents
     WHERE group_id = :group_id AND person_id = :person_id AND purpose = 'group_figure') AS figure_agreed_at,
    (SELECT COUNT(*) FROM figure_people WHERE group_id = :group_id AND person_id = :person_id) AS in_figure,
    (SELECT COUNT(*) FROM polls WHERE group_id = :group_id AND closed_at IS NULL) AS open_polls,
    (SELECT COUNT(*) FROM poll_plans WHERE group_id = :group_id AND maker_id = :person_id) AS polls_made;

-- The export: one statement for each kind of row. Ids of others never appear.

-- name: export_person(person_id)
SELECT zone, units, language, quiet_from_minute, quiet_until_minute, dm_channel_id, created_at FROM people WHERE person_id = :person_id;

-- name: export_member(group_id, person_id)
SELECT visibility, weekly_metres, weekly_minutes, plan, zone_asked_at, listed, listing_asked_at, looked_up_at,
       recent_words, fact_day, created_at, left_at
FROM members WHERE group_id = :group_id AND person_id = :person_id;

-- name: export_runs(group_id, person_id)
SELECT run_id, activity, running_day, started_at, metres, seconds, source, content_hash, late, visibility, note, note_hidden,
       set_aside_at, set_aside_reason, created_at, edited_at, undone_at, interaction_id, channel_id, message_id, words_key,
       (SELECT COUNT(*) FROM cheers WHERE cheers.run_id = runs.run_id) AS cheers_received
FROM runs WHERE group_id = :group_id AND person_id = :person_id ORDER BY running_day, run_id;

-- name: export_bests(group_id, person_id)
SELECT run_id, mark, seconds FROM bests WHERE group_id = :group_id AND person_id = :person_id ORDER BY run_id, mark;

-- name: export_cheers_given(group_id, person_id)
SELECT cheers.run_id, cheers.cheered_at FROM cheers JOIN runs ON runs.run_id = cheers.run_id
WHERE runs.group_id = :group_id AND cheers.person_id = :person_id ORDER BY cheers.cheered_at, cheers.run_id;

-- name: export_targets(group_id, person_id)
SELECT from_day, days, set_at FROM targets WHERE group_id = :group_id AND person_id = :person_id ORDER BY from_day;

-- name: export_pauses(group_id, person_id)
SELECT from_day, until_day, reason, created_at, interaction_id
FROM pauses WHERE group_id = :group_id AND person_id = :person_id ORDER BY from_day;

-- name: export_rest_days(group_id, person_id)
SELECT rest_day, created_at FROM rest_days WHERE group_id = :group_id AND person_id = :person_id ORDER BY rest_day;

-- name: export_reports(group_id, person_id)
SELECT reports.run_id, reports.reason, reports.reported_at, reports.settled_at
FROM reports JOIN runs ON runs.run_id = reports.run_id
WHERE runs.group_id = :group_id AND reports.person_id = :person_id ORDER BY reports.reported_at, reports.run_id;

-- name: export_notices(group_id, person_id)
SELECT kind, run_id, detail, created_at FROM notices WHERE group_id = :group_id AND person_id = :person_id ORDER BY notice_id;

-- name: export_week_plans(group_id, person_id)
SELECT week_day, days, words, planned_at, target_from, target_before FROM week_plans
WHERE group_id = :group_id AND person_id = :person_id ORDER BY week_day;

-- name: export_schedules(group_id, person_id)
SELECT kind, minute, weekdays, words, channel_id, off_reason, failures, since_at, last_day, next_due_at, created_at
FROM schedules WHERE group_id = :group_id AND person_id = :person_id ORDER BY schedule_id;

-- name: export_deliveries(group_id, person_id)
SELECT kind, occurrence_day, due_at, state, reason, try_at, tries, sending_at, content, channel_id, message_id, ended_at,
       answered_at, created_at
FROM deliveries WHERE group_id = :group_id AND person_id = :person_id ORDER BY delivery_id;

-- name: export_board_entries(group_id, person_id)
SELECT boards.week_day, board_entries.place, board_entries.share, board_entries.kept
FROM board_entries JOIN boards ON boards.board_id = board_entries.board_id
WHERE boards.group_id = :group_id AND board_entries.person_id = :person_id ORDER BY boards.week_day;

-- name: export_challenges_joined(group_id, person_id)
SELECT e.challenge_id, c.title, c.measure, t.name AS team, e.amount, e.joined_at, e.left_at, e.finished_at
FROM challenge_members e
JOIN challenges c ON c.challenge_id = e.challenge_id
LEFT JOIN challenge_teams t ON t.challenge_id = e.challenge_id AND t.team = e.team
WHERE e.group_id = :group_id AND e.person_id = :person_id ORDER BY e.joined_at, e.challenge_id;

-- name: export_challenges_made(group_id, person_id)
SELECT challenge_id, kind, measure, title, line, target, first_day, last_day, route_key, currency, per_km, cap, channel_id,
       interaction_id, created_at, posted_at, removed_at, final_at
FROM challenges WHERE group_id = :group_id AND maker_id = :person_id ORDER BY challenge_id;

-- name: export_challenge_teams(group_id, person_id)
SELECT t.challenge_id, t.team, t.name FROM challenge_teams t
JOIN challenges c ON c.challenge_id = t.challenge_id
WHERE c.group_id = :group_id AND c.maker_id = :person_id ORDER BY t.challenge_id, t.team;

-- name: export_consents(group_id, person_id)
SELECT purpose, version, age, agreed_at FROM consents
WHERE group_id = :group_id AND person_id = :person_id ORDER BY purpose;

-- name: export_moods(group_id, person_id)
SELECT mood_id, entered_at, entered_day, moment, recalled, run_id, scale_version, mood, stress, focus, energy, sleep, effort,
       words_key, interaction_id
FROM moods WHERE group_id = :group_id AND person_id = :person_id ORDER BY entered_at, mood_id;

-- name: export_run_starts(group_id, person_id)
SELECT start_id, pressed_at, interaction_id FROM run_starts
WHERE group_id = :group_id AND person_id = :person_id ORDER BY pressed_at, start_id;

-- name: export_nearly_not(group_id, person_id)
SELECT run_id, marked_at FROM nearly_not WHERE group_id = :group_id AND person_id = :person_id ORDER BY marked_at, run_id;

-- name: export_care_shown(group_id, person_id)
SELECT shown_day, dismissed FROM care_shown WHERE group_id = :group_id AND person_id = :person_id;

-- name: export_group_figure(group_id, person_id)
SELECT 1 AS in_last_figure FROM figure_people WHERE group_id = :group_id AND person_id = :person_id;

-- name: export_polls_made(group_id, person_id)
SELECT plan_id, kind, question, answers, minimum, open_seconds, weekly, channel_id, interaction_id, created_at, posted_at,
       stopped_at
FROM poll_plans WHERE group_id = :group_id AND maker_id = :person_id ORDER BY plan_id;

-- Erasure.

-- name: queue_cards_of_member(group_id, person_id, now)!
INSERT INTO card_removals (message_id, channel_id, group_id, requested_at)
SELECT message_id, channel_id, group_id, CAST(:now AS BIGINT) FROM runs
WHERE group_id = :group_id AND person_id = :person_id AND message_id IS NOT NULL
ON CONFLICT (message_id) DO NOTHING;

-- name: erase_runs(group_id, person_id)!
DELETE FROM runs WHERE group_id = :group_id AND person_id = :person_id;

-- Whose cards still name the member who cheered: they are drawn anew once the cheers are gone.
-- name: cards_cheered(group_id, person_id)
SELECT runs.run_id FROM cheers JOIN runs ON runs.run_id = cheers.run_id
WHERE runs.group_id = :group_id AND cheers.person_id = :person_id AND runs.person_id <> :person_id
  AND runs.message_id IS NOT NULL AND runs.undone_at IS NULL
ORDER BY cheers.cheered_at DESC;

-- name: erase_cheers(group_id, person_id)!
DELETE FROM cheers WHERE person_id = :person_id
  AND run_id IN (SELECT run_id FROM runs WHERE group_id = :group_id);

-- name: erase_reports(group_id, person_id)!
DELETE FROM reports WHERE person_id = :person_id
  AND run_id IN (SELECT run_id FROM runs WHERE group_id = :group_id);

-- A pulse goes on without a maker: its words are the bot's own.
-- name: leave_polls(group_id, person_id)!
UPDATE poll_plans SET maker_id = NULL WHERE group_id = :group_id AND maker_id = :person_id;

-- name: left_before(group_id, person_id, before)$
SELECT COUNT(*) FROM members WHERE group_id = :group_id AND person_id = :person_id AND left_at <= :before;

-- name: erase_member(group_id, person_id)!
DELETE FROM members WHERE group_id = :group_id AND person_id = :person_id;

-- What follows a person goes with the last group that knows them.
-- name: erase_person_without_groups(person_id)!
DELETE FROM people WHERE person_id = :person_id
  AND NOT EXISTS (SELECT 1 FROM members WHERE members.person_id = :person_id);

-- Cards that wait for their removal.

-- name: queue_card(group_id, channel_id, message_id, now)!
INSERT INTO card_removals (message_id, channel_id, group_id, requested_at)
VALUES (:message_id, :channel_id, :group_id, :now)
ON CONFLICT (message_id) DO NOTHING;

-- name: cards_waiting(group_id, most)
SELECT message_id, channel_id FROM card_removals
WHERE CAST(:group_id AS BIGINT) IS NULL OR group_id = CAST(:group_id AS BIGINT)
ORDER BY tries, requested_at, message_id LIMIT :most;

-- name: forget_card(message_id)!
DELETE FROM card_removals WHERE message_id = :message_id;

-- name: card_refused(message_id)!
UPDATE card_removals SET tries = tries + 1 WHERE message_id = :message_id;

-- name: forget_refused_cards(most)!
DELETE FROM card_removals WHERE tries >= :most;

-- Who is still in the group: asked of Discord once a week for each stored member.

-- name: seen_there(group_id, person_id, now)*!
UPDATE members SET looked_up_at = :now, left_at = NULL WHERE group_id = :group_id AND person_id = :person_id;

-- name: seen_gone(group_id, person_id, now)!
UPDATE members SET left_at = :now WHERE group_id = :group_id AND person_id = :person_id AND left_at IS NULL;

-- name: asked_of(group_id, person_id, now)!
UPDATE members SET looked_up_at = :now WHERE group_id = :group_id AND person_id = :person_id;

-- name: members_stored()$
SELECT COUNT(*) FROM members;

-- In the order in which they are due, from a place in it on.
-- name: to_look_up(before, after_at, after_group, after_person, most)
SELECT m.group_id, m.person_id, COALESCE(m.looked_up_at, m.created_at) AS seen_at
FROM members m JOIN groups g ON g.group_id = m.group_id
WHERE COALESCE(m.looked_up_at, m.created_at) <= :before AND g.left_at IS NULL
  AND (COALESCE(m.looked_up_at, m.created_at) > :after_at
       OR (COALESCE(m.looked_up_at, m.created_at) = :after_at
           AND (m.group_id > :after_group OR (m.group_id = :after_group AND m.person_id > :after_person))))
ORDER BY COALESCE(m.looked_up_at, m.created_at), m.group_id, m.person_id LIMIT :most;

-- name: left_long_ago(before, most)
SELECT m.group_id, m.person_id, m.left_at, g.left_at AS group_left_at
FROM members m JOIN groups g ON g.group_id = m.group_id
WHERE m.left_at IS NOT NULL AND m.left_at <= :before ORDER BY m.left_at, m.group_id, m.person_id LIMIT :most;
