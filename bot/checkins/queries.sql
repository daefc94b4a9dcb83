-- What a check-in needs before it can be judged: how group, person and member chose, and whether this very
-- interaction was stored before.
-- name: settings(group_id, person_id, interaction_id)^
SELECT g.zone AS group_zone, g.units AS group_units, g.language AS group_language, g.week_starts_on,
       g.day_starts_minute, g.runs_channel_id, g.set_up_at,
       p.zone, p.units, m.visibility, m.zone_asked_at, m.left_at,
       (SELECT COUNT(*) FROM notices n WHERE n.group_id = :group_id AND n.person_id = :person_id) AS notices,
       r.run_id AS stored_run_id, r.group_id AS stored_group_id, r.person_id AS stored_person_id
FROM groups g
JOIN people p ON p.person_id = :person_id
JOIN members m ON m.group_id = :group_id AND m.person_id = :person_id
LEFT JOIN runs r ON r.interaction_id = :interaction_id AND r.ordinal = 0
WHERE g.group_id = :group_id;

-- name: ensure_group(group_id, now)!
INSERT INTO groups (group_id, created_at) VALUES (:group_id, :now) ON CONFLICT (group_id) DO NOTHING;

-- name: ensure_person(person_id, now)!
INSERT INTO people (person_id, created_at) VALUES (:person_id, :now) ON CONFLICT (person_id) DO NOTHING;

-- Somebody who had left and checks in is back.
-- name: ensure_member(group_id, person_id, now)!
INSERT INTO members (group_id, person_id, created_at) VALUES (:group_id, :person_id, :now)
ON CONFLICT (group_id, person_id) DO UPDATE SET left_at = NULL;

-- name: zone_was_asked(group_id, person_id, now)!
UPDATE members SET zone_asked_at = :now WHERE group_id = :group_id AND person_id = :person_id;

-- A member's runs around a day: for near twins and overlaps.
-- name: neighbours(group_id, person_id, from_day, until_day)
SELECT run_id, running_day, started_at, metres, seconds, activity, source, content_hash, created_at
FROM runs
WHERE group_id = :group_id AND person_id = :person_id AND undone_at IS NULL
  AND running_day BETWEEN :from_day AND :until_day;

-- name: run_of_file(group_id, person_id, content_hash)$
SELECT running_day FROM runs
WHERE group_id = :group_id AND person_id = :person_id AND content_hash = :content_hash AND undone_at IS NULL;

-- name: add_run(run_id, group_id, person_id, interaction_id, activity, running_day, started_at, metres, seconds, source, content_hash, late, visibility, note, now)!
INSERT INTO runs (run_id, group_id, person_id, interaction_id, activity, running_day, started_at, metres, seconds,
                  source, content_hash, late, visibility, note, created_at)
VALUES (:run_id, :group_id, :person_id, :interaction_id, :activity, :running_day, :started_at, :metres, :seconds,
        :source, :content_hash, :late, :visibility, :note, :now);

-- A file brings its numbers to the typed run that it is the near twin of.
-- name: complete_run(run_id, group_id, person_id, interaction_id, activity, running_day, started_at, metres, seconds, content_hash, note)!
UPDATE runs SET interaction_id = :interaction_id, activity = :activity, running_day = :running_day,
                started_at = :started_at, metres = :metres, seconds = :seconds, source = 'file',
                content_hash = :content_hash, note = COALESCE(CAST(:note AS TEXT), note)
WHERE run_id = :run_id AND group_id = :group_id AND person_id = :person_id;

-- name: remove_bests(run_id)!
DELETE FROM bests WHERE run_id = :run_id;

-- name: add_best(run_id, group_id, person_id, mark, seconds)*!
INSERT INTO bests (run_id, group_id, person_id, mark, seconds)
VALUES (:run_id, :group_id, :person_id, :mark, :seconds);

-- How a run stood against all that its member had entered before it (run ids grow with time): the week it is of,
-- and the totals and bests that records and milestones are measured by.
-- name: figures(group_id, person_id, run_id, running_day, week_day, week_end)^
SELECT
    COALESCE(
        (SELECT t.days FROM targets t WHERE t.group_id = :group_id AND t.person_id = :person_id
           AND t.from_day <= :week_day ORDER BY t.from_day DESC LIMIT 1),
        (SELECT t.days FROM targets t WHERE t.group_id = :group_id AND t.person_id = :person_id
         ORDER BY t.from_day LIMIT 1)
    ) AS target,
    (SELECT COUNT(DISTINCT r.running_day) FROM runs r WHERE r.group_id = :group_id AND r.person_id = :person_id
       AND r.undone_at IS NULL AND r.late = 0 AND r.run_id < :run_id AND r.running_day <> :running_day
       AND r.running_day BETWEEN :week_day AND :week_end) AS other_days,
    before.runs, before.metres, before.farthest, before.longest,
    (SELECT b.seconds FROM bests b JOIN runs r ON r.run_id = b.run_id
     WHERE b.group_id = :group_id AND b.person_id = :person_id AND b.mark = 1000 AND b.run_id < :run_id
       AND r.undone_at IS NULL ORDER BY b.seconds LIMIT 1) AS best_1000,
    (SELECT b.seconds FROM bests b JOIN runs r ON r.run_id = b.run_id
     WHERE b.group_id = :group_id AND b.person_id = :person_id AND b.mark = 5000 AND b.run_id < :run_id
       AND r.undone_at IS NULL ORDER BY b.seconds LIMIT 1) AS best_5000,
    (SELECT b.seconds FROM bests b JOIN runs r ON r.run_id = b.run_id
     WHERE b.group_id = :group_id AND b.person_id = :person_id AND b.mark = 10000 AND b.run_id < :run_id
       AND r.undone_at IS NULL ORDER BY b.seconds LIMIT 1) AS best_10000,
    (SELECT b.seconds FROM bests b JOIN runs r ON r.run_id = b.run_id
     WHERE b.group_id = :group_id AND b.person_id = :person_id AND b.mark = 21098 AND b.run_id < :run_id
       AND r.undone_at IS NULL ORDER BY b.seconds LIMIT 1) AS best_21098,
    (SELECT b.seconds FROM bests b JOIN runs r ON r.run_id = b.run_id
     WHERE b.group_id = :group_id AND b.person_id = :person_id AND b.mark = 42195 AND b.run_id < :run_id
       AND r.undone_at IS NULL ORDER BY b.seconds LIMIT 1) AS best_42195
FROM (SELECT COUNT(*) AS runs, COALESCE(SUM(r.metres), 0) AS metres, MAX(r.metres) AS farthest,
             MAX(r.seconds) AS longest
      FROM runs r WHERE r.group_id = :group_id AND r.person_id = :person_id AND r.undone_at IS NULL
        AND r.run_id < :run_id) AS before;

-- A run with what its card is shown by.
-- name: run_with_settings(group_id, run_id)^
SELECT r.*, g.zone AS group_zone, g.units AS group_units, g.language AS group_language, g.week_starts_on,
       g.day_starts_minute, g.runs_channel_id, p.zone, p.units
FROM runs r
JOIN groups g ON g.group_id = r.group_id
JOIN people p ON p.person_id = r.person_id
WHERE r.run_id = :run_id AND r.group_id = :group_id;

-- name: bests_of(run_id)
SELECT mark, seconds FROM bests WHERE run_id = :run_id ORDER BY mark;

-- name: first_cheers(run_id)
SELECT person_id, COUNT(*) OVER () AS cheers FROM cheers WHERE run_id = :run_id
ORDER BY cheered_at, person_id LIMIT 3;

-- name: add_cheer(run_id, person_id, now)!
INSERT INTO cheers (run_id, person_id, cheered_at) VALUES (:run_id, :person_id, :now)
ON CONFLICT (run_id, person_id) DO NOTHING;

-- name: remove_cheer(run_id, person_id)!
DELETE FROM cheers WHERE run_id = :run_id AND person_id = :person_id;

-- name: store_place(run_id, channel_id, message_id)*!
UPDATE runs SET channel_id = :channel_id, message_id = :message_id WHERE run_id = :run_id;

-- name: rest(group_id, person_id, rest_day, now)!
INSERT INTO rest_days (group_id, person_id, rest_day, created_at)
VALUES (:group_id, :person_id, :rest_day, :now)
ON CONFLICT (group_id, person_id, rest_day) DO NOTHING;

-- name: unrest(group_id, person_id, rest_day)!
DELETE FROM rest_days WHERE group_id = :group_id AND person_id = :person_id AND rest_day = :rest_day;

-- name: is_resting(group_id, person_id, rest_day)$
SELECT COUNT(*) FROM rest_days WHERE group_id = :group_id AND person_id = :person_id AND rest_day = :rest_day;

-- name: notices_of(group_id, person_id)
SELECT notice_id, kind, run_id, detail FROM notices
WHERE group_id = :group_id AND person_id = :person_id ORDER BY notice_id;

-- name: remove_notice(notice_id)*!
DELETE FROM notices WHERE notice_id = :notice_id;

-- name: last_distances(group_id, person_id, from_day)
SELECT metres FROM runs
WHERE group_id = :group_id AND person_id = :person_id AND running_day >= :from_day AND undone_at IS NULL
  AND metres IS NOT NULL
ORDER BY running_day DESC, run_id DESC LIMIT 30;
