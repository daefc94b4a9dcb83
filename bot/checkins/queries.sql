-- What a check-in needs before it can be judged: how group, person and member chose, and whether the member takes
-- part in a challenge under way (with its last_day named, SQLite looks into the index of those alone, whatever a group
-- had before).
-- name: settings(group_id, person_id)^
SELECT g.zone AS group_zone, g.units AS group_units, g.language AS group_language, g.week_starts_on,
       g.day_starts_minute, g.runs_channel_id, g.set_up_at, g.cards_day, g.cards_today, g.thread_id,
       p.zone, p.units, m.visibility, m.zone_asked_at, m.left_at, m.recent_words,
       m.listed, m.listing_asked_at,
       g.feelings_confirmed_at, g.feelings_age, k.version AS keep_version, k.age AS keep_age,
       (SELECT COUNT(*) FROM notices n WHERE n.group_id = :group_id AND n.person_id = :person_id) AS notices,
       CASE WHEN EXISTS (SELECT 1 FROM challenges c
                         JOIN challenge_members e ON e.challenge_id = c.challenge_id AND e.person_id = :person_id
                         WHERE c.group_id = :group_id AND c.posted_at IS NOT NULL AND c.final_at IS NULL
                           AND c.last_day > '')
            THEN 1 ELSE 0 END AS takes_part
FROM groups g
JOIN people p ON p.person_id = :person_id
JOIN members m ON m.group_id = :group_id AND m.person_id = :person_id
LEFT JOIN consents k ON k.group_id = :group_id AND k.person_id = :person_id AND k.purpose = 'keep'
WHERE g.group_id = :group_id;

-- name: ensure_group(group_id, now)!
INSERT INTO groups (group_id, created_at) VALUES (:group_id, :now) ON CONFLICT (group_id) DO NOTHING;

-- name: ensure_person(person_id, now)!
INSERT INTO people (person_id, created_at) VALUES (:person_id, :now) ON CONFLICT (person_id) DO NOTHING;

-- Somebody who had left and checks in is back.
-- name: ensure_member(group_id, person_id, now)!
INSERT INTO members (group_id, person_id, created_at) VALUES (:group_id, :person_id, :now)
ON CONFLICT (group_id, person_id) DO UPDATE SET left_at = NULL;

-- name: was_asked(group_id, person_id, zone, listing, now)!
UPDATE members SET zone_asked_at = CASE WHEN :zone = 1 THEN CAST(:now AS BIGINT) ELSE zone_asked_at END,
                   listing_asked_at = CASE WHEN :listing = 1 THEN CAST(:now AS BIGINT) ELSE listing_asked_at END
WHERE group_id = :group_id AND person_id = :person_id;

-- A member's runs around a day: for overlaps.
-- name: neighbours(group_id, person_id, from_day, until_day)
SELECT run_id, started_at, seconds FROM runs
WHERE group_id = :group_id AND person_id = :person_id AND undone_at IS NULL
  AND running_day BETWEEN :from_day AND :until_day;

-- name: run_of_file(group_id, person_id, content_hash)$
SELECT running_day FROM runs
WHERE group_id = :group_id AND person_id = :person_id AND content_hash = :content_hash AND undone_at IS NULL;

-- name: run_of_interaction(interaction_id)^
SELECT run_id, group_id, person_id FROM runs WHERE interaction_id = :interaction_id AND ordinal = 0;

-- No row where the interaction stored one before.
-- name: add_run(run_id, group_id, person_id, interaction_id, activity, running_day, started_at, metres, seconds, source, content_hash, late, visibility, note, words_key, now)!
INSERT INTO runs (run_id, group_id, person_id, interaction_id, activity, running_day, started_at, metres, seconds,
                  source, content_hash, late, visibility, note, words_key, created_at)
VALUES (:run_id, :group_id, :person_id, :interaction_id, :activity, :running_day, :started_at, :metres, :seconds,
        :source, :content_hash, :late, :visibility, :note, :words_key, :now)
ON CONFLICT DO NOTHING;

-- name: remember_words(group_id, person_id, recent_words)!
UPDATE members SET recent_words = :recent_words WHERE group_id = :group_id AND person_id = :person_id;

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
-- and the totals and bests that records and milestones are measured by. Beside them, a row each (or none: nulls), the
-- runs from near_from to near_until: for near twins and overlaps.
-- `lately` counts what was entered from the id first_lately on, imports included, and also what has a later id: of two
-- that come at the same time the second one to write may be the one that came first.
-- name: figures(group_id, person_id, run_id, running_day, last_week, week_day, week_end, near_from, near_until, first_lately)
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
    (SELECT SUM(r.metres) FROM runs r WHERE r.group_id = :group_id AND r.person_id = :person_id
       AND r.undone_at IS NULL AND r.activity = 'run' AND r.run_id < :run_id
       AND r.running_day BETWEEN :week_day AND :week_end) AS week_metres,
    (SELECT SUM(r.metres) FROM runs r WHERE r.group_id = :group_id AND r.person_id = :person_id
       AND r.undone_at IS NULL AND r.activity = 'run' AND r.run_id < :run_id
       AND r.running_day >= :last_week AND r.running_day < :week_day) AS last_week_metres,
    (SELECT r.running_day FROM runs r WHERE r.group_id = :group_id AND r.person_id = :person_id
       AND r.undone_at IS NULL AND r.late = 0 AND r.run_id < :run_id ORDER BY r.running_day DESC LIMIT 1) AS last_day,
    before.check_ins, before.metres, before.farthest, before.longest, before.lately,
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
       AND r.undone_at IS NULL ORDER BY b.seconds LIMIT 1) AS best_42195,
    near.run_id AS near_id, near.running_day AS near_day, near.started_at AS near_started_at,
    near.metres AS near_metres, near.seconds AS near_seconds, near.activity AS near_activity,
    near.source AS near_source, near.created_at AS near_created_at
FROM (SELECT COUNT(CASE WHEN r.run_id < :run_id THEN 1 END) AS check_ins,
             COALESCE(SUM(CASE WHEN r.run_id < :run_id THEN r.metres END), 0) AS metres,
             MAX(CASE WHEN r.activity = 'run' AND r.run_id < :run_id THEN r.metres END) AS farthest,
             MAX(CASE WHEN r.activity = 'run' AND r.run_id < :run_id THEN r.seconds END) AS longest,
             COUNT(CASE WHEN r.run_id >= :first_lately THEN 1 END) AS lately
      FROM runs r WHERE r.group_id = :group_id AND r.person_id = :person_id AND r.undone_at IS NULL) AS before
LEFT JOIN runs near ON near.group_id = :group_id AND near.person_id = :person_id AND near.undone_at IS NULL
  AND near.run_id < :run_id AND near.running_day BETWEEN :near_from AND :near_until;

-- What was logged (imported: 0) or came out of archives (1) since a moment; the oldest of the newest `most`, since there
-- may be more, as the last archive is taken whole.
-- name: entered_since(group_id, person_id, imported, since, most)^
SELECT COUNT(*) AS count, MIN(CASE WHEN e.place <= :most THEN e.created_at END) AS oldest
FROM (SELECT created_at, ROW_NUMBER() OVER (ORDER BY created_at DESC) AS place FROM runs
      WHERE group_id = :group_id AND person_id = :person_id AND undone_at IS NULL AND created_at > :since
        AND CASE WHEN ordinal > 0 THEN 1 ELSE 0 END = :imported) AS e;

-- What other archives brought since the first of this one was stored, or, where nothing of it is yet, since a moment.
-- name: imported_beside(group_id, person_id, import_id, since)$
SELECT COUNT(*) FROM runs
WHERE group_id = :group_id AND person_id = :person_id AND undone_at IS NULL AND ordinal > 0
  AND interaction_id <> :import_id
  AND created_at > COALESCE((SELECT MIN(own.created_at) FROM runs own
                             WHERE own.interaction_id = :import_id AND own.ordinal > 0 AND own.undone_at IS NULL), :since);

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

-- Another day begins its own count, and has no thread yet.
-- name: count_cards(group_id, day, count)*!
UPDATE groups SET cards_today = CASE WHEN cards_day = :day THEN cards_today ELSE 0 END + :count,
                  thread_id = CASE WHEN cards_day = :day THEN thread_id END, cards_day = :day
WHERE group_id = :group_id;

-- name: store_thread(group_id, day, thread_id)!
UPDATE groups SET thread_id = :thread_id WHERE group_id = :group_id AND cards_day = :day;

-- name: thread_of(group_id, day)$
SELECT thread_id FROM groups WHERE group_id = :group_id AND cards_day = :day;

-- name: rest(group_id, person_id, rest_day, now)!
INSERT INTO rest_days (group_id, person_id, rest_day, created_at)
VALUES (:group_id, :person_id, :rest_day, :now)
ON CONFLICT (group_id, person_id, rest_day) DO NOTHING;

-- name: unrest(group_id, person_id, rest_day)!
DELETE FROM rest_days WHERE group_id = :group_id AND person_id = :person_id AND rest_day = :rest_day;

-- name: panel(group_id, person_id, today, week_day, week_end)^
SELECT
    (SELECT COUNT(*) FROM rest_days d WHERE d.group_id = :group_id AND d.person_id = :person_id
       AND d.rest_day = :today) AS resting,
    COALESCE(
        (SELECT t.days FROM targets t WHERE t.group_id = :group_id AND t.person_id = :person_id
           AND t.from_day <= :week_day ORDER BY t.from_day DESC LIMIT 1),
        (SELECT t.days FROM targets t WHERE t.group_id = :group_id AND t.person_id = :person_id
         ORDER BY t.from_day LIMIT 1)
    ) AS target,
    (SELECT COUNT(DISTINCT r.running_day) FROM runs r WHERE r.group_id = :group_id AND r.person_id = :person_id
       AND r.undone_at IS NULL AND r.late = 0 AND r.running_day BETWEEN :week_day AND :week_end) AS kept_days,
    (SELECT COUNT(*) FROM runs r WHERE r.group_id = :group_id AND r.person_id = :person_id
       AND r.undone_at IS NULL AND r.running_day = :today) AS ran;

-- name: confirm_zone(person_id, zone)!
UPDATE people SET zone = :zone WHERE person_id = :person_id AND zone IS NULL;

-- As many as one answer can tell; others come with the next.
-- name: notices_of(group_id, person_id)
SELECT notice_id, kind, run_id, detail FROM notices
WHERE group_id = :group_id AND person_id = :person_id ORDER BY notice_id LIMIT 10;

-- name: remove_notice(notice_id)*!
DELETE FROM notices WHERE notice_id = :notice_id;

-- name: group_notices(group_id)
SELECT notice_id, kind, detail FROM group_notices WHERE group_id = :group_id ORDER BY notice_id LIMIT 10;

-- name: remove_group_notice(notice_id)*!
DELETE FROM group_notices WHERE notice_id = :notice_id;

-- name: last_distances(group_id, person_id, from_day)
SELECT metres FROM runs
WHERE group_id = :group_id AND person_id = :person_id AND running_day >= :from_day AND undone_at IS NULL
  AND metres IS NOT NULL
ORDER BY running_day DESC, run_id DESC LIMIT 30;

-- Corrections and moderation (bot/checkins/corrections.py, bot/checkins/moderation.py).

-- name: run_of_member(group_id, person_id, run_id)^
SELECT r.*, g.zone AS group_zone, g.units AS group_units, g.language AS group_language, g.week_starts_on,
       g.day_starts_minute, g.runs_channel_id, p.zone, p.units
FROM runs r
JOIN groups g ON g.group_id = r.group_id
JOIN people p ON p.person_id = r.person_id
WHERE r.run_id = :run_id AND r.group_id = :group_id AND r.person_id = :person_id;

-- name: edit_run(run_id, group_id, person_id, activity, running_day, started_at, metres, seconds, source, note, late, now)!
UPDATE runs SET activity = :activity, running_day = :running_day, started_at = :started_at, metres = :metres,
                seconds = :seconds, source = :source, note_hidden = CASE WHEN COALESCE(note, '') = COALESCE(CAST(:note AS TEXT), '')
                THEN note_hidden ELSE 0 END, note = :note, late = :late, edited_at = :now
WHERE run_id = :run_id AND group_id = :group_id AND person_id = :person_id AND undone_at IS NULL;

-- name: undo_run(run_id, group_id, person_id, now)!
UPDATE runs SET undone_at = :now
WHERE run_id = :run_id AND group_id = :group_id AND person_id = :person_id AND undone_at IS NULL;

-- name: take_run_back(run_id, group_id, person_id, since)!
UPDATE runs SET undone_at = NULL
WHERE run_id = :run_id AND group_id = :group_id AND person_id = :person_id AND undone_at >= :since;

-- name: show_run_to(run_id, group_id, person_id, visibility)!
UPDATE runs SET visibility = :visibility
WHERE run_id = :run_id AND group_id = :group_id AND person_id = :person_id AND undone_at IS NULL;

-- The card of a run that is private now is to go.
-- name: queue_card_of_run(run_id, now)!
INSERT INTO card_removals (message_id, channel_id, group_id, requested_at)
SELECT message_id, channel_id, group_id, CAST(:now AS BIGINT) FROM runs
WHERE run_id = :run_id AND message_id IS NOT NULL
ON CONFLICT (message_id) DO NOTHING;

-- name: forget_place(run_id)!
UPDATE runs SET channel_id = NULL, message_id = NULL WHERE run_id = :run_id;

-- name: hide_note(run_id, group_id, hidden)!
UPDATE runs SET note_hidden = :hidden WHERE run_id = :run_id AND group_id = :group_id;

-- name: set_aside(run_id, group_id, reason, now)!
UPDATE runs SET set_aside_at = :now, set_aside_reason = :reason
WHERE run_id = :run_id AND group_id = :group_id AND set_aside_at IS NULL;

-- name: count_again(run_id, group_id)!
UPDATE runs SET set_aside_at = NULL, set_aside_reason = NULL
WHERE run_id = :run_id AND group_id = :group_id AND set_aside_at IS NOT NULL;

-- name: add_notice(notice_id, group_id, person_id, kind, run_id, detail, now)!
INSERT INTO notices (notice_id, group_id, person_id, kind, run_id, detail, created_at)
VALUES (:notice_id, :group_id, :person_id, :kind, :run_id, :detail, :now);

-- name: remove_notices_about(run_id, kind)!
DELETE FROM notices WHERE run_id = :run_id AND kind = :kind;

-- name: report_run(run_id, person_id, reason, now)!
INSERT INTO reports (run_id, person_id, reason, reported_at) VALUES (:run_id, :person_id, :reason, :now)
ON CONFLICT (run_id, person_id) DO UPDATE SET reason = :reason, reported_at = :now, settled_at = NULL;

-- name: take_report_back(run_id, person_id)!
DELETE FROM reports WHERE run_id = :run_id AND person_id = :person_id;

-- name: settle_reports(run_id, now)!
UPDATE reports SET settled_at = :now WHERE run_id = :run_id AND settled_at IS NULL;

-- What stands about a run, and how many open reports: of all, and of one person.
-- name: about_run(run_id, person_id)^
SELECT r.set_aside_reason, r.undone_at,
       (SELECT COUNT(*) FROM reports p WHERE p.run_id = r.run_id AND p.settled_at IS NULL) AS open,
       (SELECT COUNT(*) FROM reports p WHERE p.run_id = r.run_id AND p.settled_at IS NULL
          AND p.person_id = :person_id) AS mine,
       CASE WHEN g.feelings_confirmed_at IS NULL THEN 0 ELSE 1 END AS feelings_on,
       (SELECT COUNT(*) FROM nearly_not n WHERE n.run_id = r.run_id AND n.person_id = :person_id) AS nearly_not
FROM runs r JOIN groups g ON g.group_id = r.group_id WHERE r.run_id = :run_id;

-- "Nearly didn't go": of a run of one's own.
-- name: mark_nearly_not(group_id, person_id, run_id, now)!
INSERT INTO nearly_not (run_id, group_id, person_id, marked_at)
SELECT run_id, group_id, person_id, CAST(:now AS BIGINT) FROM runs
WHERE run_id = :run_id AND group_id = :group_id AND person_id = :person_id AND undone_at IS NULL
ON CONFLICT (run_id) DO NOTHING;

-- name: unmark_nearly_not(group_id, person_id, run_id)!
DELETE FROM nearly_not WHERE run_id = :run_id AND group_id = :group_id AND person_id = :person_id;

-- name: nearly_not_days(group_id, person_id, from_day, until_day)$
SELECT COUNT(DISTINCT r.running_day) FROM nearly_not n JOIN runs r ON r.run_id = n.run_id
WHERE n.group_id = :group_id AND n.person_id = :person_id AND r.undone_at IS NULL
  AND r.running_day BETWEEN :from_day AND :until_day;

-- The runs of a group with open reports, the longest waiting first. One made private is nobody else's to read.
-- name: open_reports(group_id)
SELECT r.run_id, r.person_id, r.running_day, r.note, r.note_hidden, r.set_aside_at, r.channel_id, r.message_id,
       COUNT(*) AS reports, MIN(p.reported_at) AS first_reported_at, MAX(p.reason) AS reason
FROM reports p
JOIN runs r ON r.run_id = p.run_id
WHERE r.group_id = :group_id AND p.settled_at IS NULL AND r.undone_at IS NULL AND r.visibility = 'group'
GROUP BY r.run_id, r.person_id, r.running_day, r.note, r.note_hidden, r.set_aside_at, r.channel_id, r.message_id
ORDER BY first_reported_at, r.run_id LIMIT 25;

-- A member's own check-ins, a page at a time (bot/checkins/history.py). A run that was undone stays on the page
-- for as long as it can be brought back.
-- name: history_before(group_id, person_id, before_day, before_id, since, most)
SELECT r.run_id, r.running_day, r.activity, r.metres, r.seconds, r.visibility, r.note, r.source, r.undone_at,
       r.set_aside_at
FROM runs r
WHERE r.group_id = :group_id AND r.person_id = :person_id
  AND r.running_day <= CAST(:before_day AS TEXT)
  AND (r.running_day < CAST(:before_day AS TEXT) OR r.run_id < :before_id)
  AND (r.undone_at IS NULL OR r.undone_at >= :since)
ORDER BY r.running_day DESC, r.run_id DESC LIMIT :most;

-- name: history_after(group_id, person_id, after_day, after_id, since, most)
SELECT r.run_id, r.running_day, r.activity, r.metres, r.seconds, r.visibility, r.note, r.source, r.undone_at,
       r.set_aside_at
FROM runs r
WHERE r.group_id = :group_id AND r.person_id = :person_id
  AND r.running_day >= CAST(:after_day AS TEXT)
  AND (r.running_day > CAST(:after_day AS TEXT) OR r.run_id > :after_id)
  AND (r.undone_at IS NULL OR r.undone_at >= :since)
ORDER BY r.running_day, r.run_id LIMIT :most;

-- name: units_of(group_id, person_id)$
SELECT COALESCE((SELECT p.units FROM people p WHERE p.person_id = :person_id),
                (SELECT g.units FROM groups g WHERE g.group_id = :group_id));

-- Imports (bot/checkins/imports.py): a batch of files in few statements, however many files it holds. What an
-- import stored has its interaction's id and an ordinal above 0.

-- The runs around a batch, with the columns of `figures` that tell near twins and overlaps.
-- name: import_near(group_id, person_id, from_day, until_day)
SELECT run_id AS near_id, running_day AS near_day, started_at AS near_started_at, metres AS near_metres,
       seconds AS near_seconds, activity AS near_activity, source AS near_source
FROM runs
WHERE group_id = :group_id AND person_id = :person_id AND undone_at IS NULL
  AND running_day BETWEEN :from_day AND :until_day
ORDER BY run_id;

-- name: import_hashes(group_id, person_id)
SELECT content_hash FROM runs
WHERE group_id = :group_id AND person_id = :person_id AND content_hash IS NOT NULL AND undone_at IS NULL;

-- name: import_run(run_id, group_id, person_id, interaction_id, ordinal, activity, running_day, started_at, metres, seconds, content_hash, late, visibility, now)*!
INSERT INTO runs (run_id, group_id, person_id, interaction_id, ordinal, activity, running_day, started_at, metres,
                  seconds, source, content_hash, late, visibility, created_at)
VALUES (:run_id, :group_id, :person_id, :interaction_id, :ordinal, :activity, :running_day, :started_at, :metres,
        :seconds, 'file', :content_hash, :late, :visibility, :now)
ON CONFLICT DO NOTHING;

-- name: import_stored(group_id, person_id, interaction_id, from_ordinal, until_ordinal)
SELECT run_id FROM runs
WHERE interaction_id = :interaction_id AND ordinal BETWEEN :from_ordinal AND :until_ordinal
  AND group_id = :group_id AND person_id = :person_id;

-- The typed run keeps its own interaction, so that taking the import back does not take what was typed.
-- name: import_complete(run_id, group_id, person_id, started_at, metres, seconds, content_hash)*!
UPDATE runs SET started_at = :started_at, metres = :metres, seconds = :seconds, source = 'file',
                content_hash = :content_hash
WHERE run_id = :run_id AND group_id = :group_id AND person_id = :person_id;

-- name: import_clear_bests(run_id)*!
DELETE FROM bests WHERE run_id = :run_id;

-- name: import_undo(group_id, person_id, interaction_id, now)!
UPDATE runs SET undone_at = :now
WHERE interaction_id = :interaction_id AND ordinal > 0 AND group_id = :group_id AND person_id = :person_id
  AND undone_at IS NULL;

-- Runs of an import that were shown to the group later.
-- name: import_cards(group_id, person_id, interaction_id)
SELECT run_id FROM runs
WHERE interaction_id = :interaction_id AND ordinal > 0 AND group_id = :group_id AND person_id = :person_id
  AND message_id IS NOT NULL
ORDER BY run_id;

-- Only those that went with the import, not what had been undone one by one before.
-- name: import_undone(group_id, person_id, interaction_id, undone_at)
SELECT run_id, running_day, started_at, seconds, content_hash FROM runs
WHERE interaction_id = :interaction_id AND ordinal > 0 AND group_id = :group_id AND person_id = :person_id
  AND undone_at = :undone_at
ORDER BY run_id;

-- name: import_revive(run_id, group_id, person_id)*!
UPDATE runs SET undone_at = NULL WHERE run_id = :run_id AND group_id = :group_id AND person_id = :person_id;

-- Statistics (bot/checkins/overview.py): a row a running day, out of the index runs_by_day alone.

-- Always one row, whoever asks: a group without a row stands as a new one, a member as one who set nothing.
-- name: overview_member(group_id, person_id)^
SELECT COALESCE(g.zone, 'UTC') AS group_zone, COALESCE(g.units, 'km') AS group_units,
       COALESCE(g.language, 'en') AS group_language, COALESCE(g.week_starts_on, 0) AS week_starts_on,
       COALESCE(g.day_starts_minute, 240) AS day_starts_minute, p.zone, p.units,
       COALESCE(m.visibility, 'group') AS visibility, m.weekly_metres, m.weekly_minutes,
       (SELECT r.running_day FROM runs r WHERE r.group_id = asked.group_id AND r.person_id = asked.person_id
          AND r.undone_at IS NULL ORDER BY r.running_day LIMIT 1) AS first_day,
       (SELECT r.running_day FROM runs r WHERE r.group_id = asked.group_id AND r.person_id = asked.person_id
          AND r.undone_at IS NULL AND r.late = 0 ORDER BY r.running_day LIMIT 1) AS first_kept_day
FROM (SELECT CAST(:group_id AS BIGINT) AS group_id, CAST(:person_id AS BIGINT) AS person_id) AS asked
LEFT JOIN groups g ON g.group_id = asked.group_id
LEFT JOIN people p ON p.person_id = asked.person_id
LEFT JOIN members m ON m.group_id = asked.group_id AND m.person_id = asked.person_id;

-- name: overview_days(group_id, person_id, from_day)
SELECT running_day, COUNT(*) AS check_ins, SUM(1 - late) AS on_time,
       SUM(CASE WHEN activity = 'run' THEN 1 ELSE 0 END) AS runs,
       SUM(CASE WHEN activity = 'walk' THEN 1 ELSE 0 END) AS walks,
       COALESCE(SUM(metres), 0) AS metres, COALESCE(SUM(seconds), 0) AS seconds,
       COUNT(metres) AS with_metres, COUNT(seconds) AS with_seconds,
       COUNT(CASE WHEN activity = 'run' THEN metres + seconds END) AS paced_runs,
       COALESCE(SUM(CASE WHEN activity = 'run' AND seconds IS NOT NULL THEN metres END), 0) AS paced_metres,
       COALESCE(SUM(CASE WHEN activity = 'run' AND metres IS NOT NULL THEN seconds END), 0) AS paced_seconds
FROM runs
WHERE group_id = :group_id AND person_id = :person_id AND undone_at IS NULL AND running_day >= :from_day
GROUP BY running_day ORDER BY running_day;

-- The same of what the group can see; apart, as the index does not hold the visibility.
-- name: overview_days_shown(group_id, person_id, from_day)
SELECT running_day, COUNT(*) AS check_ins, SUM(1 - late) AS on_time,
       SUM(CASE WHEN activity = 'run' THEN 1 ELSE 0 END) AS runs,
       SUM(CASE WHEN activity = 'walk' THEN 1 ELSE 0 END) AS walks,
       COALESCE(SUM(metres), 0) AS metres, COALESCE(SUM(seconds), 0) AS seconds,
       COUNT(metres) AS with_metres, COUNT(seconds) AS with_seconds,
       COUNT(CASE WHEN activity = 'run' THEN metres + seconds END) AS paced_runs,
       COALESCE(SUM(CASE WHEN activity = 'run' AND seconds IS NOT NULL THEN metres END), 0) AS paced_metres,
       COALESCE(SUM(CASE WHEN activity = 'run' AND metres IS NOT NULL THEN seconds END), 0) AS paced_seconds
FROM runs
WHERE group_id = :group_id AND person_id = :person_id AND undone_at IS NULL AND running_day >= :from_day
  AND visibility = 'group'
GROUP BY running_day ORDER BY running_day;

-- name: overview_rest_days(group_id, person_id, from_day, until_day)
SELECT rest_day FROM rest_days
WHERE group_id = :group_id AND person_id = :person_id AND rest_day BETWEEN :from_day AND :until_day;

-- name: overview_run_days(group_id, person_id)
SELECT running_day, SUM(metres) AS metres, MAX(metres) AS farthest, MAX(seconds) AS longest FROM runs
WHERE group_id = :group_id AND person_id = :person_id AND undone_at IS NULL AND activity = 'run'
GROUP BY running_day ORDER BY running_day;

-- Each mark's fastest stretch; of equal ones the earliest.
-- name: overview_bests(group_id, person_id)
SELECT mark, seconds, running_day, source
FROM (SELECT b.mark, b.seconds, r.running_day, r.source,
             ROW_NUMBER() OVER (PARTITION BY b.mark ORDER BY b.seconds, r.running_day, r.run_id) AS place
      FROM bests b
      JOIN runs r ON r.run_id = b.run_id
      WHERE b.group_id = :group_id AND b.person_id = :person_id AND r.undone_at IS NULL AND r.activity = 'run') AS placed
WHERE place = 1 ORDER BY mark;
