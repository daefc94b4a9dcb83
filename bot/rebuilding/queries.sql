-- Rules that no foreign key says: how many rows break each, and what mends them.

-- name: count_bests_of_others()$
SELECT COUNT(*) FROM bests b JOIN runs r ON r.run_id = b.run_id
WHERE b.group_id <> r.group_id OR b.person_id <> r.person_id;

-- name: mend_bests_of_others()!
UPDATE bests SET group_id = (SELECT r.group_id FROM runs r WHERE r.run_id = bests.run_id),
                 person_id = (SELECT r.person_id FROM runs r WHERE r.run_id = bests.run_id)
WHERE EXISTS (SELECT 1 FROM runs r WHERE r.run_id = bests.run_id
                AND (r.group_id <> bests.group_id OR r.person_id <> bests.person_id));

-- name: count_nearly_not_of_others()$
SELECT COUNT(*) FROM nearly_not n JOIN runs r ON r.run_id = n.run_id
WHERE n.group_id <> r.group_id OR n.person_id <> r.person_id;

-- name: mend_nearly_not_of_others()!
DELETE FROM nearly_not
WHERE EXISTS (SELECT 1 FROM runs r WHERE r.run_id = nearly_not.run_id
                AND (r.group_id <> nearly_not.group_id OR r.person_id <> nearly_not.person_id));

-- name: count_moods_with_others_runs()$
SELECT COUNT(*) FROM moods m JOIN runs r ON r.run_id = m.run_id
WHERE m.group_id <> r.group_id OR m.person_id <> r.person_id;

-- name: mend_moods_with_others_runs()!
UPDATE moods SET run_id = NULL
WHERE EXISTS (SELECT 1 FROM runs r WHERE r.run_id = moods.run_id
                AND (r.group_id <> moods.group_id OR r.person_id <> moods.person_id));

-- name: count_strangers_in_challenges()$
SELECT COUNT(*) FROM challenge_members e JOIN challenges c ON c.challenge_id = e.challenge_id
WHERE e.group_id <> c.group_id;

-- name: mend_strangers_in_challenges()!
DELETE FROM challenge_members
WHERE EXISTS (SELECT 1 FROM challenges c WHERE c.challenge_id = challenge_members.challenge_id
                AND c.group_id <> challenge_members.group_id);

-- name: count_schedules_of_others_challenges()$
SELECT COUNT(*) FROM schedules s JOIN challenges c ON c.challenge_id = s.challenge_id WHERE s.group_id <> c.group_id;

-- name: mend_schedules_of_others_challenges()!
UPDATE schedules SET group_id = (SELECT c.group_id FROM challenges c WHERE c.challenge_id = schedules.challenge_id)
WHERE EXISTS (SELECT 1 FROM challenges c WHERE c.challenge_id = schedules.challenge_id
                AND c.group_id <> schedules.group_id);

-- name: count_schedules_of_others_polls()$
SELECT COUNT(*) FROM schedules s JOIN poll_plans p ON p.plan_id = s.poll_plan_id WHERE s.group_id <> p.group_id;

-- name: mend_schedules_of_others_polls()!
UPDATE schedules SET group_id = (SELECT p.group_id FROM poll_plans p WHERE p.plan_id = schedules.poll_plan_id)
WHERE EXISTS (SELECT 1 FROM poll_plans p WHERE p.plan_id = schedules.poll_plan_id
                AND p.group_id <> schedules.group_id);

-- name: count_deliveries_to_others()$
SELECT COUNT(*) FROM deliveries d JOIN schedules s ON s.schedule_id = d.schedule_id
WHERE d.group_id <> s.group_id OR COALESCE(d.person_id, 0) <> COALESCE(s.person_id, 0);

-- name: mend_deliveries_to_others()!
UPDATE deliveries SET
    group_id = (SELECT s.group_id FROM schedules s WHERE s.schedule_id = deliveries.schedule_id),
    person_id = (SELECT s.person_id FROM schedules s WHERE s.schedule_id = deliveries.schedule_id)
WHERE EXISTS (SELECT 1 FROM schedules s WHERE s.schedule_id = deliveries.schedule_id
                AND (s.group_id <> deliveries.group_id
                     OR COALESCE(s.person_id, 0) <> COALESCE(deliveries.person_id, 0)));

-- name: count_polls_of_others()$
SELECT COUNT(*) FROM polls o JOIN poll_plans p ON p.plan_id = o.plan_id WHERE o.group_id <> p.group_id;

-- name: mend_polls_of_others()!
UPDATE polls SET group_id = (SELECT p.group_id FROM poll_plans p WHERE p.plan_id = polls.plan_id)
WHERE EXISTS (SELECT 1 FROM poll_plans p WHERE p.plan_id = polls.plan_id AND p.group_id <> polls.group_id);

-- name: count_votes_of_closed_polls()$
SELECT COUNT(*) FROM poll_votes v JOIN polls o ON o.poll_id = v.poll_id WHERE o.closed_at IS NOT NULL;

-- name: mend_votes_of_closed_polls()!
DELETE FROM poll_votes WHERE poll_id IN (SELECT poll_id FROM polls WHERE closed_at IS NOT NULL);

-- name: count_secrets_of_closed_polls()$
SELECT COUNT(*) FROM poll_secrets s JOIN polls o ON o.poll_id = s.poll_id WHERE o.closed_at IS NOT NULL;

-- name: mend_secrets_of_closed_polls()!
DELETE FROM poll_secrets WHERE poll_id IN (SELECT poll_id FROM polls WHERE closed_at IS NOT NULL);

-- name: count_moods_without_consent()$
SELECT COUNT(*) FROM moods m
WHERE NOT EXISTS (SELECT 1 FROM consents k WHERE k.group_id = m.group_id AND k.person_id = m.person_id
                    AND k.purpose = 'keep');

-- name: mend_moods_without_consent()!
DELETE FROM moods
WHERE NOT EXISTS (SELECT 1 FROM consents k WHERE k.group_id = moods.group_id AND k.person_id = moods.person_id
                    AND k.purpose = 'keep');

-- name: count_starts_without_consent()$
SELECT COUNT(*) FROM run_starts m
WHERE NOT EXISTS (SELECT 1 FROM consents k WHERE k.group_id = m.group_id AND k.person_id = m.person_id
                    AND k.purpose = 'keep');

-- name: mend_starts_without_consent()!
DELETE FROM run_starts
WHERE NOT EXISTS (SELECT 1 FROM consents k WHERE k.group_id = run_starts.group_id
                    AND k.person_id = run_starts.person_id AND k.purpose = 'keep');

-- name: count_figure_without_consent()$
SELECT COUNT(*) FROM figure_people m
WHERE NOT EXISTS (SELECT 1 FROM consents k WHERE k.group_id = m.group_id AND k.person_id = m.person_id
                    AND k.purpose = 'group_figure');

-- name: mend_figure_without_consent()!
DELETE FROM figure_people
WHERE NOT EXISTS (SELECT 1 FROM consents k WHERE k.group_id = figure_people.group_id
                    AND k.person_id = figure_people.person_id AND k.purpose = 'group_figure');

-- name: count_people_without_group()$
SELECT COUNT(*) FROM people p WHERE NOT EXISTS (SELECT 1 FROM members m WHERE m.person_id = p.person_id);

-- name: mend_people_without_group()!
DELETE FROM people WHERE NOT EXISTS (SELECT 1 FROM members m WHERE m.person_id = people.person_id);

-- What is derived, and what it is derived of.

-- name: runs_after(after, most)
SELECT run_id, group_id, person_id, activity, metres, seconds, source FROM runs
WHERE run_id > :after ORDER BY run_id LIMIT :most;

-- name: bests_between(after, until)
SELECT run_id, mark, seconds FROM bests WHERE run_id > :after AND run_id <= :until ORDER BY run_id, mark;

-- name: run_count()$
SELECT COUNT(*) FROM runs;

-- Under way, with what a later one of its redraws and its result need.
-- name: challenges_under_way()
SELECT c.challenge_id, c.group_id, c.redraw, c.turns_at AS stored_turns_at,
       CASE WHEN EXISTS (SELECT 1 FROM schedules s JOIN deliveries d ON d.schedule_id = s.schedule_id
                         WHERE s.challenge_id = c.challenge_id AND s.kind = 'challenge_result')
            THEN 1 ELSE 0 END AS has_result
FROM challenges c
WHERE c.posted_at IS NOT NULL AND c.final_at IS NULL ORDER BY c.challenge_id;

-- name: remove_result_schedule(challenge_id)!
DELETE FROM schedules WHERE challenge_id = :challenge_id AND kind = 'challenge_result';

-- name: schedules_on()
SELECT s.schedule_id, s.minute, s.weekdays, s.since_at, s.last_day, s.next_due_at, COALESCE(p.zone, g.zone) AS zone
FROM schedules s
JOIN groups g ON g.group_id = s.group_id
LEFT JOIN people p ON p.person_id = s.person_id
WHERE s.next_due_at IS NOT NULL ORDER BY s.schedule_id;

-- name: look_again(schedule_id, now)*!
UPDATE schedules SET next_due_at = :now WHERE schedule_id = :schedule_id AND off_reason IS NULL;
