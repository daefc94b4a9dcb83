-- Challenges: what was made, who takes part, and what their check-ins come to.
-- What counts of a member is every run of the challenge's days that the group sees: not undone, not set aside, not
-- private, not from an old file.

-- The present frame of whoever makes or joins one: always one row.
-- name: challenge_frame(group_id, person_id)^
SELECT COALESCE(g.zone, 'UTC') AS group_zone, COALESCE(g.units, 'km') AS group_units,
       COALESCE(g.language, 'en') AS group_language, COALESCE(g.week_starts_on, 0) AS week_starts_on,
       COALESCE(g.day_starts_minute, 240) AS day_starts_minute, COALESCE(g.challenges_by, 'organisers') AS challenges_by,
       g.runs_channel_id, p.zone, p.units,
       (SELECT COUNT(*) FROM challenges c WHERE c.group_id = asked.group_id AND c.posted_at IS NOT NULL
          AND c.removed_at IS NULL AND c.final_at IS NULL) AS open,
       (SELECT COUNT(*) FROM challenges c WHERE c.group_id = asked.group_id AND c.posted_at IS NOT NULL
          AND c.removed_at IS NULL AND c.final_at IS NULL AND c.maker_id = asked.person_id) AS open_own
FROM (SELECT CAST(:group_id AS BIGINT) AS group_id, CAST(:person_id AS BIGINT) AS person_id) AS asked
LEFT JOIN groups g ON g.group_id = asked.group_id
LEFT JOIN people p ON p.person_id = asked.person_id;

-- name: ensure_group(group_id, now)!
INSERT INTO groups (group_id, created_at) VALUES (:group_id, :now) ON CONFLICT (group_id) DO NOTHING;

-- name: ensure_person(person_id, now)!
INSERT INTO people (person_id, created_at) VALUES (:person_id, :now) ON CONFLICT (person_id) DO NOTHING;

-- Somebody who had left and joins is back.
-- name: ensure_member(group_id, person_id, now)!
INSERT INTO members (group_id, person_id, created_at) VALUES (:group_id, :person_id, :now)
ON CONFLICT (group_id, person_id) DO UPDATE SET left_at = NULL;

-- Making.

-- name: add_challenge(challenge_id, group_id, maker_id, interaction_id, kind, measure, title, line, target, first_day, last_day, route_key, currency, per_km, cap, channel_id, now)!
INSERT INTO challenges (challenge_id, group_id, maker_id, interaction_id, kind, measure, title, line, target, first_day,
                        last_day, route_key, currency, per_km, cap, channel_id, created_at)
VALUES (:challenge_id, :group_id, :maker_id, :interaction_id, :kind, :measure, :title, :line, :target, :first_day,
        :last_day, :route_key, :currency, :per_km, :cap, :channel_id, :now)
ON CONFLICT (interaction_id) DO NOTHING;

-- name: add_team(challenge_id, team, name)*!
INSERT INTO challenge_teams (challenge_id, team, name) VALUES (:challenge_id, :team, :name)
ON CONFLICT (challenge_id, team) DO UPDATE SET name = excluded.name;

-- name: remove_teams_from(challenge_id, team)!
DELETE FROM challenge_teams WHERE challenge_id = :challenge_id AND team >= :team;

-- name: challenge_of_interaction(group_id, maker_id, interaction_id)$
SELECT challenge_id FROM challenges
WHERE interaction_id = :interaction_id AND group_id = :group_id AND maker_id = :maker_id;

-- One draft a maker: an older one makes room.
-- name: remove_drafts(group_id, maker_id, but)!
DELETE FROM challenges
WHERE group_id = :group_id AND maker_id = :maker_id AND posted_at IS NULL AND challenge_id <> :but;

-- name: remove_draft(challenge_id, group_id, maker_id)!
DELETE FROM challenges
WHERE challenge_id = :challenge_id AND group_id = :group_id AND maker_id = :maker_id AND posted_at IS NULL;

-- name: change_challenge(challenge_id, title, line, target, first_day, last_day, measure, route_key, currency, per_km, cap)!
UPDATE challenges SET title = :title, line = :line, target = :target, first_day = :first_day, last_day = :last_day,
                      measure = :measure, route_key = :route_key, currency = :currency, per_km = :per_km, cap = :cap
WHERE challenge_id = :challenge_id;

-- name: post_challenge(challenge_id, turns_at, now)!
UPDATE challenges SET posted_at = :now, turns_at = :turns_at WHERE challenge_id = :challenge_id AND posted_at IS NULL;

-- name: call_off(challenge_id, now)!
UPDATE challenges SET removed_at = :now WHERE challenge_id = :challenge_id AND removed_at IS NULL AND final_at IS NULL;

-- name: call_on(challenge_id, since)!
UPDATE challenges SET removed_at = NULL WHERE challenge_id = :challenge_id AND removed_at >= :since;

-- What came due while it was called off comes now.
-- name: due_as_before(challenge_id)!
UPDATE deliveries SET state = 'due', reason = NULL, ended_at = NULL, try_at = due_at
WHERE state = 'skipped' AND reason = 'called_off'
  AND schedule_id IN (SELECT schedule_id FROM schedules WHERE challenge_id = :challenge_id);

-- What came due while the bot was out of a group that it is back in.
-- name: due_after_absence()!
UPDATE deliveries SET state = 'due', reason = NULL, ended_at = NULL, try_at = due_at
WHERE state = 'skipped' AND reason = 'group_left'
  AND schedule_id IN (SELECT s.schedule_id FROM challenges c
                      JOIN groups g ON g.group_id = c.group_id
                      JOIN schedules s ON s.challenge_id = c.challenge_id
                      WHERE c.posted_at IS NOT NULL AND c.final_at IS NULL AND c.removed_at IS NULL AND g.left_at IS NULL);

-- What was called off ten minutes ago, once its card says so or has had a day for it, and drafts that nobody posted.
-- name: forget_challenges(removed_before, shown_before, drafted_before)!
DELETE FROM challenges
WHERE (removed_at < :removed_before AND (redraw = 0 OR removed_at < :shown_before))
   OR (posted_at IS NULL AND created_at < :drafted_before);

-- A challenge's two deliveries, and the schedule that each needs: neither comes a second time.
-- name: add_schedule(schedule_id, group_id, challenge_id, kind, now)!
INSERT INTO schedules (schedule_id, group_id, challenge_id, kind, minute, weekdays, off_reason, since_at, created_at)
VALUES (:schedule_id, :group_id, :challenge_id, :kind, 0, 127, 'once', :now, :now);

-- name: add_delivery(delivery_id, schedule_id, group_id, kind, day, due_at, now)!
INSERT INTO deliveries (delivery_id, schedule_id, group_id, kind, occurrence_day, due_at, state, try_at, created_at)
VALUES (:delivery_id, :schedule_id, :group_id, :kind, :day, :due_at, 'due', :due_at, :now);

-- name: move_delivery(challenge_id, kind, day, due_at)!
UPDATE deliveries SET occurrence_day = :day, due_at = :due_at, try_at = :due_at
WHERE state = 'due'
  AND schedule_id = (SELECT schedule_id FROM schedules WHERE challenge_id = :challenge_id AND kind = :kind);

-- The card is wanted again: its message was deleted, or never came. A result comes again where it never came.
-- name: post_again(challenge_id, kind, delivery_id, now)!
UPDATE deliveries SET state = 'due', reason = NULL, try_at = :now, tries = 0, sending_at = NULL, channel_id = NULL,
                      message_id = NULL, content = NULL, ended_at = NULL, due_at = :now, delivery_id = :delivery_id
WHERE (state = 'skipped' OR (state = 'sent' AND kind = 'challenge_card')) AND COALESCE(reason, '') <> 'nobody_joined'
  AND schedule_id = (SELECT schedule_id FROM schedules WHERE challenge_id = :challenge_id AND kind = :kind);

-- The card that another takes the place of goes: nothing would take names out of it any more.
-- name: queue_old_card(challenge_id, now)!
INSERT INTO card_removals (message_id, channel_id, group_id, requested_at)
SELECT message_id, channel_id, group_id, CAST(:now AS BIGINT) FROM deliveries
WHERE state = 'sent' AND message_id IS NOT NULL
  AND schedule_id = (SELECT schedule_id FROM schedules WHERE challenge_id = :challenge_id AND kind = 'challenge_card')
ON CONFLICT (message_id) DO NOTHING;

-- name: challenge_of_schedule(schedule_id)$
SELECT challenge_id FROM schedules WHERE schedule_id = :schedule_id;

-- Reading.

-- A challenge with its group and where its messages are. Drafts are their maker's alone: services see to that.
-- name: challenge(challenge_id, group_id)^
SELECT c.*, g.zone AS group_zone, g.units AS group_units, g.language AS group_language, g.day_starts_minute,
       COALESCE(g.runs_channel_id, c.channel_id) AS card_channel_id,
       COALESCE(g.posts_channel_id, g.runs_channel_id, c.channel_id) AS result_channel_id,
       card.channel_id AS posted_channel_id, card.message_id AS posted_message_id,
       card.delivery_id AS posted_delivery_id, result.delivery_id AS result_delivery_id,
       result.content AS result_content,
       result.channel_id AS result_posted_channel_id, result.message_id AS result_posted_message_id
FROM challenges c
JOIN groups g ON g.group_id = c.group_id
LEFT JOIN schedules sc ON sc.challenge_id = c.challenge_id AND sc.kind = 'challenge_card'
LEFT JOIN deliveries card ON card.schedule_id = sc.schedule_id AND card.state = 'sent'
LEFT JOIN schedules sr ON sr.challenge_id = c.challenge_id AND sr.kind = 'challenge_result'
LEFT JOIN deliveries result ON result.schedule_id = sr.schedule_id AND result.state = 'sent'
WHERE c.challenge_id = :challenge_id AND c.group_id = :group_id;

-- name: teams_of(challenge_id)
SELECT team, name, final_people, final_amount FROM challenge_teams WHERE challenge_id = :challenge_id ORDER BY team;

-- Whoever left the group is in no standing from then on.
-- name: parts_of(challenge_id)
SELECT e.person_id, e.team, e.amount, e.joined_at, e.left_at, e.finished_at
FROM challenge_members e
JOIN members m ON m.group_id = e.group_id AND m.person_id = e.person_id
WHERE e.challenge_id = :challenge_id AND m.left_at IS NULL;

-- name: zones_of(challenge_id)
SELECT DISTINCT COALESCE(p.zone, g.zone) AS zone
FROM challenge_members e
JOIN groups g ON g.group_id = e.group_id
JOIN people p ON p.person_id = e.person_id
WHERE e.challenge_id = :challenge_id;

-- Of a group, those still under way first, the latest before.
-- name: list_challenges(group_id, person_id, today, off_since, most)
SELECT c.*, g.day_starts_minute,
       (SELECT COUNT(*) FROM challenge_members e
        JOIN members m ON m.group_id = e.group_id AND m.person_id = e.person_id AND m.left_at IS NULL
        WHERE e.challenge_id = c.challenge_id AND e.left_at IS NULL) AS people,
       (SELECT COUNT(*) FROM challenge_members e WHERE e.challenge_id = c.challenge_id AND e.left_at IS NULL
          AND e.person_id = :person_id) AS joined
FROM challenges c
JOIN groups g ON g.group_id = c.group_id
WHERE c.group_id = :group_id AND c.posted_at IS NOT NULL AND (c.removed_at IS NULL OR c.removed_at >= :off_since)
ORDER BY CASE WHEN c.removed_at IS NOT NULL THEN 3 WHEN c.final_at IS NOT NULL THEN 4 WHEN c.last_day < :today THEN 2
              WHEN c.first_day > :today THEN 1 ELSE 0 END, CASE WHEN c.final_at IS NULL THEN c.last_day END, c.last_day DESC, c.challenge_id LIMIT :most;

-- Taking part.

-- name: part(challenge_id, person_id)^
SELECT team, amount, joined_at, left_at, finished_at FROM challenge_members
WHERE challenge_id = :challenge_id AND person_id = :person_id;

-- Coming back takes up the share that had stayed.
-- name: join_challenge(challenge_id, group_id, person_id, team, now)!
INSERT INTO challenge_members (challenge_id, group_id, person_id, team, joined_at)
VALUES (:challenge_id, :group_id, :person_id, :team, :now)
ON CONFLICT (challenge_id, person_id) DO UPDATE SET left_at = NULL, team = excluded.team, joined_at = excluded.joined_at;

-- name: leave_with_share(challenge_id, person_id)!
DELETE FROM challenge_members WHERE challenge_id = :challenge_id AND person_id = :person_id;

-- name: leave_share_behind(challenge_id, person_id, now)!
UPDATE challenge_members SET left_at = :now, finished_at = NULL
WHERE challenge_id = :challenge_id AND person_id = :person_id AND left_at IS NULL;

-- What runs come to.

-- The open challenges that a new run counts for, as they stand before it; `taken`: another run of that day counts.
-- name: counts_for(group_id, person_id, running_day, run_id)
SELECT c.challenge_id, c.kind, c.measure, c.title, c.target, c.removed_at, c.redraw, e.amount, e.left_at,
       CASE WHEN EXISTS (SELECT 1 FROM runs r WHERE r.group_id = :group_id AND r.person_id = :person_id
                           AND r.running_day = :running_day AND r.undone_at IS NULL AND r.late = 0
                           AND r.visibility = 'group' AND r.set_aside_at IS NULL AND r.run_id <> :run_id)
            THEN 1 ELSE 0 END AS taken
FROM challenges c
JOIN challenge_members e ON e.challenge_id = c.challenge_id AND e.person_id = :person_id
WHERE c.group_id = :group_id AND c.posted_at IS NOT NULL AND c.final_at IS NULL AND c.last_day >= :running_day
  AND c.first_day <= :running_day
ORDER BY c.last_day, c.challenge_id;

-- name: count_run(group_id, person_id, running_day, metres, seconds, days, now)!
UPDATE challenge_members SET
    amount = amount + CASE c.measure WHEN 'metres' THEN CAST(:metres AS BIGINT)
                                     WHEN 'seconds' THEN CAST(:seconds AS BIGINT) ELSE CAST(:days AS BIGINT) END,
    finished_at = CASE WHEN c.kind IN ('distance', 'minutes', 'days') AND challenge_members.left_at IS NULL
                        AND amount + CASE c.measure WHEN 'metres' THEN CAST(:metres AS BIGINT)
                                     WHEN 'seconds' THEN CAST(:seconds AS BIGINT) ELSE CAST(:days AS BIGINT) END
                            >= c.target
                       THEN COALESCE(finished_at, CAST(:now AS BIGINT)) END
FROM challenges c
WHERE c.group_id = :group_id AND c.posted_at IS NOT NULL AND c.final_at IS NULL AND c.last_day >= :running_day
  AND c.first_day <= :running_day
  AND challenge_members.challenge_id = c.challenge_id AND challenge_members.person_id = :person_id;

-- What a stored run brought to those that it counts for, as it stood when it was entered: run ids grow with time.
-- What was entered or changed once a result was out is in no result.
-- name: counted_by(group_id, person_id, running_day, run_id)
SELECT c.challenge_id, c.kind, c.measure, c.title, c.target,
       CASE WHEN EXISTS (SELECT 1 FROM runs r WHERE r.group_id = :group_id AND r.person_id = :person_id
                           AND r.running_day = :running_day AND r.undone_at IS NULL AND r.late = 0
                           AND r.visibility = 'group' AND r.set_aside_at IS NULL AND r.run_id < :run_id)
            THEN 1 ELSE 0 END AS taken,
       (SELECT COALESCE(CASE c.measure WHEN 'metres' THEN SUM(r.metres) WHEN 'seconds' THEN SUM(r.seconds)
                        ELSE COUNT(DISTINCT CASE WHEN c.measure = 'days' THEN r.running_day END) END, 0)
        FROM runs r
        WHERE r.group_id = :group_id AND r.person_id = :person_id AND r.running_day BETWEEN c.first_day AND c.last_day
          AND r.undone_at IS NULL AND r.late = 0 AND r.visibility = 'group' AND r.set_aside_at IS NULL
          AND r.run_id <= :run_id) AS amount
FROM challenges c
JOIN challenge_members e ON e.challenge_id = c.challenge_id AND e.person_id = :person_id AND e.left_at IS NULL
JOIN runs own ON own.run_id = :run_id
WHERE c.group_id = :group_id AND c.posted_at IS NOT NULL AND c.removed_at IS NULL AND c.last_day >= :running_day
  AND c.first_day <= :running_day
  AND (c.final_at IS NULL OR c.final_at > COALESCE(own.edited_at, own.created_at))
ORDER BY c.last_day, c.challenge_id;

-- What a member's runs come to (`fresh`) beside what is stored, in all that is not final.
-- name: sums_of_member(group_id, person_id)
SELECT e.challenge_id, e.person_id, e.amount, e.left_at, e.finished_at, c.kind, c.target, c.redraw,
       (SELECT COALESCE(CASE c.measure WHEN 'metres' THEN SUM(r.metres) WHEN 'seconds' THEN SUM(r.seconds)
                        ELSE COUNT(DISTINCT CASE WHEN c.measure = 'days' THEN r.running_day END) END, 0)
        FROM runs r
        WHERE r.group_id = e.group_id AND r.person_id = e.person_id AND r.running_day BETWEEN c.first_day AND c.last_day
          AND r.undone_at IS NULL AND r.late = 0 AND r.visibility = 'group' AND r.set_aside_at IS NULL) AS fresh
FROM challenges c
JOIN challenge_members e ON e.challenge_id = c.challenge_id AND e.person_id = :person_id
WHERE c.group_id = :group_id AND c.posted_at IS NOT NULL AND c.final_at IS NULL;

-- The same of all who take part in one challenge; with days given, of those alone who have a run between them.
-- name: sums_of_challenge(challenge_id, from_day, until_day)
SELECT e.challenge_id, e.person_id, e.amount, e.left_at, e.finished_at, c.kind, c.target, c.redraw,
       (SELECT COALESCE(CASE c.measure WHEN 'metres' THEN SUM(r.metres) WHEN 'seconds' THEN SUM(r.seconds)
                        ELSE COUNT(DISTINCT CASE WHEN c.measure = 'days' THEN r.running_day END) END, 0)
        FROM runs r
        WHERE r.group_id = e.group_id AND r.person_id = e.person_id AND r.running_day BETWEEN c.first_day AND c.last_day
          AND r.undone_at IS NULL AND r.late = 0 AND r.visibility = 'group' AND r.set_aside_at IS NULL) AS fresh
FROM challenges c
JOIN challenge_members e ON e.challenge_id = c.challenge_id
WHERE c.challenge_id = :challenge_id AND c.posted_at IS NOT NULL AND c.final_at IS NULL
  AND (CAST(:from_day AS TEXT) IS NULL
       OR EXISTS (SELECT 1 FROM runs r WHERE r.group_id = e.group_id AND r.person_id = e.person_id
                    AND r.running_day BETWEEN CAST(:from_day AS TEXT) AND CAST(:until_day AS TEXT)));

-- name: set_amount(challenge_id, person_id, amount, finished_at)*!
UPDATE challenge_members SET amount = :amount, finished_at = :finished_at
WHERE challenge_id = :challenge_id AND person_id = :person_id;

-- Cards that are out of date.

-- name: mark_counted(group_id, person_id, running_day)!
UPDATE challenges SET redraw = 1
WHERE group_id = :group_id AND posted_at IS NOT NULL AND final_at IS NULL AND last_day >= :running_day
  AND first_day <= :running_day AND redraw <> 1
  AND EXISTS (SELECT 1 FROM challenge_members e WHERE e.challenge_id = challenges.challenge_id
                AND e.person_id = :person_id);

-- Whatever names a member or counts them in, results too.
-- name: mark_of_member(group_id, person_id)!
UPDATE challenges SET redraw = 1
WHERE group_id = :group_id AND posted_at IS NOT NULL AND redraw <> 1
  AND EXISTS (SELECT 1 FROM challenge_members e WHERE e.challenge_id = challenges.challenge_id
                AND e.person_id = :person_id);

-- Somebody who was seen to have left is about to be stored as back: the cards name them again.
-- name: mark_of_returning(group_id, person_id)!
UPDATE challenges SET redraw = 1
WHERE group_id = :group_id AND posted_at IS NOT NULL AND redraw <> 1
  AND EXISTS (SELECT 1 FROM members m WHERE m.group_id = :group_id AND m.person_id = :person_id
                AND m.left_at IS NOT NULL)
  AND EXISTS (SELECT 1 FROM challenge_members e WHERE e.challenge_id = challenges.challenge_id
                AND e.person_id = :person_id);

-- name: mark(challenge_id)!
UPDATE challenges SET redraw = 1 WHERE challenge_id = :challenge_id AND redraw <> 1;

-- name: mark_each(challenge_id)*!
UPDATE challenges SET redraw = 1 WHERE challenge_id = :challenge_id AND redraw <> 1;

-- An edit that a crash cut short (2) is taken up again after a while. What is just being sent waits until it is there.
-- One that begins or ends is another one too.
-- name: out_of_date(before, stuck_before, now, most)
SELECT c.challenge_id, c.group_id, c.first_day, c.last_day, c.removed_at, c.final_at, g.zone AS group_zone,
       g.day_starts_minute
FROM challenges c
JOIN groups g ON g.group_id = c.group_id
WHERE c.challenge_id IN (
    SELECT challenge_id FROM challenges
    WHERE redraw > 0
      AND redrawn_at <= CASE redraw WHEN 1 THEN CAST(:before AS BIGINT) ELSE CAST(:stuck_before AS BIGINT) END
    UNION ALL
    SELECT challenge_id FROM challenges WHERE turns_at <= :now AND redraw = 0 AND redrawn_at <= CAST(:before AS BIGINT))
  AND NOT EXISTS (SELECT 1 FROM schedules s JOIN deliveries d ON d.schedule_id = s.schedule_id
                  WHERE s.challenge_id = c.challenge_id AND d.state = 'sending')
ORDER BY c.redrawn_at, c.challenge_id LIMIT :most;

-- name: redrawing(challenge_id, turns_at, now)*!
UPDATE challenges SET redraw = 2, redrawn_at = :now, turns_at = :turns_at WHERE challenge_id = :challenge_id;

-- name: redrawn(challenge_id, now)!
UPDATE challenges SET redraw = CASE redraw WHEN 2 THEN 0 ELSE redraw END, redrawn_at = :now
WHERE challenge_id = :challenge_id;

-- name: not_redrawn(challenge_id)!
UPDATE challenges SET redraw = 1 WHERE challenge_id = :challenge_id AND redraw = 2;

-- The end.

-- name: finish(challenge_id, total, people, now)!
UPDATE challenges SET final_at = :now, final_total = :total, final_people = :people, redraw = 1
WHERE challenge_id = :challenge_id AND final_at IS NULL;

-- name: finish_team(challenge_id, team, people, amount)*!
UPDATE challenge_teams SET final_people = :people, final_amount = :amount
WHERE challenge_id = :challenge_id AND team = :team;

-- Whoever was away then is in no result, also once they are back.
-- name: leave_out_who_left(challenge_id)!
DELETE FROM challenge_members
WHERE challenge_id = :challenge_id
  AND EXISTS (SELECT 1 FROM members m WHERE m.group_id = challenge_members.group_id
                AND m.person_id = challenge_members.person_id AND m.left_at IS NOT NULL);

-- Erasure.

-- name: forget_results(group_id, person_id)!
DELETE FROM challenge_members
WHERE group_id = :group_id AND person_id = :person_id
  AND challenge_id IN (SELECT c.challenge_id FROM challenges c WHERE c.group_id = :group_id AND c.final_at IS NOT NULL);

-- What an erased maker typed goes too: the challenge stays the group's, and organisers can name it anew.
-- name: forget_maker(group_id, person_id)!
UPDATE challenges SET maker_id = NULL, title = 'Challenge', line = NULL,
                      redraw = CASE WHEN posted_at IS NULL THEN redraw ELSE 1 END
WHERE group_id = :group_id AND maker_id = :person_id;

-- name: forget_team_names(group_id, person_id)!
UPDATE challenge_teams SET name = 'Team ' || CAST(team AS TEXT)
WHERE challenge_id IN (SELECT c.challenge_id FROM challenges c WHERE c.group_id = :group_id AND c.maker_id = :person_id);
