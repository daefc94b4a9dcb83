-- Entries of feelings, always of one member of one group.

-- name: frame(group_id, person_id)^
SELECT COALESCE(p.zone, g.zone) AS zone, g.day_starts_minute, g.week_starts_on
FROM groups g LEFT JOIN people p ON p.person_id = :person_id
WHERE g.group_id = :group_id;

-- name: add_mood(mood_id, group_id, person_id, interaction_id, moment, recalled, run_id, entered_at, entered_day, scale_version, mood, stress, focus, energy, sleep, effort)!
INSERT INTO moods (mood_id, group_id, person_id, interaction_id, moment, recalled, run_id, entered_at, entered_day,
                   scale_version, mood, stress, focus, energy, sleep, effort)
VALUES (:mood_id, :group_id, :person_id, :interaction_id, :moment, :recalled, CAST(:run_id AS BIGINT), :entered_at,
        :entered_day, :scale_version, :mood, CAST(:stress AS INTEGER), CAST(:focus AS INTEGER),
        CAST(:energy AS INTEGER), CAST(:sleep AS INTEGER), CAST(:effort AS INTEGER))
ON CONFLICT (interaction_id) DO NOTHING;

-- Entered within a day, but for what this very interaction entered when it came first.
-- name: moods_since(group_id, person_id, interaction_id, since)^
SELECT COUNT(*) AS count, MIN(entered_at) AS oldest FROM moods
WHERE group_id = :group_id AND person_id = :person_id AND entered_at > :since AND interaction_id <> :interaction_id;

-- name: mood_of_interaction(group_id, person_id, interaction_id)^
SELECT * FROM moods WHERE group_id = :group_id AND person_id = :person_id AND interaction_id = :interaction_id;

-- name: mood_of_run(group_id, person_id, run_id, moment)^
SELECT * FROM moods
WHERE run_id = :run_id AND moment = :moment AND group_id = :group_id AND person_id = :person_id;

-- name: mood_by_id(group_id, person_id, mood_id)^
SELECT * FROM moods WHERE mood_id = :mood_id AND group_id = :group_id AND person_id = :person_id;

-- name: change_mood(group_id, person_id, mood_id, entered_at, entered_day, recalled, mood, stress, focus, energy, sleep, effort)!
UPDATE moods SET entered_at = :entered_at, entered_day = :entered_day, recalled = :recalled, mood = :mood,
                 stress = CAST(:stress AS INTEGER), focus = CAST(:focus AS INTEGER),
                 energy = CAST(:energy AS INTEGER), sleep = CAST(:sleep AS INTEGER), effort = CAST(:effort AS INTEGER)
WHERE mood_id = :mood_id AND group_id = :group_id AND person_id = :person_id;

-- The messages that low moods were answered with lately.
-- name: low_words(group_id, person_id, most)
SELECT words_key FROM moods
WHERE group_id = :group_id AND person_id = :person_id AND words_key IS NOT NULL
ORDER BY entered_at DESC, mood_id DESC LIMIT :most;

-- name: set_words(group_id, person_id, mood_id, words_key)!
UPDATE moods SET words_key = CAST(:words_key AS TEXT)
WHERE mood_id = :mood_id AND group_id = :group_id AND person_id = :person_id;

-- name: remove_mood(group_id, person_id, mood_id)!
DELETE FROM moods WHERE mood_id = :mood_id AND group_id = :group_id AND person_id = :person_id;

-- name: sleep_on(group_id, person_id, day)$
SELECT COUNT(*) FROM moods
WHERE group_id = :group_id AND person_id = :person_id AND entered_day = :day AND sleep IS NOT NULL;

-- name: own_run(group_id, person_id, run_id)^
SELECT run_id, running_day, started_at, seconds, created_at FROM runs
WHERE run_id = :run_id AND group_id = :group_id AND person_id = :person_id AND undone_at IS NULL;

-- name: runs_of_day(group_id, person_id, day)
SELECT run_id, running_day, started_at, seconds, created_at FROM runs
WHERE group_id = :group_id AND person_id = :person_id AND running_day = :day AND undone_at IS NULL AND late = 0
ORDER BY created_at, run_id;

-- A rating before a run: recalled with it, or given in the hours in which it can have begun.
-- name: before_of_run(group_id, person_id, run_id, since, until)$
SELECT COUNT(*) FROM moods
WHERE group_id = :group_id AND person_id = :person_id AND moment = 'before'
  AND (run_id = :run_id OR (run_id IS NULL AND recalled = 0 AND entered_at BETWEEN :since AND :until));

-- name: add_start(start_id, group_id, person_id, interaction_id, now)!
INSERT INTO run_starts (start_id, group_id, person_id, interaction_id, pressed_at)
VALUES (:start_id, :group_id, :person_id, :interaction_id, :now)
ON CONFLICT (interaction_id) DO NOTHING;

-- name: start_of_interaction(group_id, person_id, interaction_id)^
SELECT start_id, pressed_at FROM run_starts
WHERE interaction_id = :interaction_id AND group_id = :group_id AND person_id = :person_id;

-- name: start_by_id(group_id, person_id, start_id)^
SELECT start_id, pressed_at FROM run_starts
WHERE start_id = :start_id AND group_id = :group_id AND person_id = :person_id;

-- name: starts_since(group_id, person_id, since)
SELECT pressed_at FROM run_starts
WHERE group_id = :group_id AND person_id = :person_id AND pressed_at >= :since ORDER BY pressed_at;

-- The rating came a moment after the press: the run starts no earlier than the rating.
-- name: move_start(group_id, person_id, start_id, now)!
UPDATE run_starts SET pressed_at = :now
WHERE start_id = :start_id AND group_id = :group_id AND person_id = :person_id;

-- name: remove_start(group_id, person_id, start_id)!
DELETE FROM run_starts WHERE start_id = :start_id AND group_id = :group_id AND person_id = :person_id;

-- For `/mood trend`.
-- name: all_moods(group_id, person_id)
SELECT * FROM moods WHERE group_id = :group_id AND person_id = :person_id ORDER BY entered_at, mood_id;

-- name: newest_moods(group_id, person_id, most, skip)
SELECT * FROM moods WHERE group_id = :group_id AND person_id = :person_id
ORDER BY entered_at DESC, mood_id DESC LIMIT :most OFFSET :skip;

-- name: trend_runs(group_id, person_id, from_day)
SELECT run_id, running_day, started_at, seconds, created_at FROM runs
WHERE group_id = :group_id AND person_id = :person_id AND running_day >= :from_day AND undone_at IS NULL AND late = 0
ORDER BY created_at, run_id;

-- name: starts(group_id, person_id)
SELECT pressed_at FROM run_starts WHERE group_id = :group_id AND person_id = :person_id ORDER BY pressed_at;
