-- Consents of members, and what goes when one is withdrawn.

-- Always one row, whoever asks.
-- name: consents(group_id, person_id)^
SELECT CASE WHEN g.feelings_confirmed_at IS NULL THEN 0 ELSE 1 END AS feelings_on,
       COALESCE(g.feelings_age, 16) AS feelings_age,
       k.version AS keep_version, k.age AS keep_age, f.version AS figure_version, f.age AS figure_age
FROM (SELECT CAST(:group_id AS BIGINT) AS group_id, CAST(:person_id AS BIGINT) AS person_id) AS asked
LEFT JOIN groups g ON g.group_id = asked.group_id
LEFT JOIN consents k ON k.group_id = asked.group_id AND k.person_id = asked.person_id AND k.purpose = 'keep'
LEFT JOIN consents f ON f.group_id = asked.group_id AND f.person_id = asked.person_id AND f.purpose = 'group_figure';

-- name: ensure_person(person_id, now)!
INSERT INTO people (person_id, created_at) VALUES (:person_id, :now) ON CONFLICT (person_id) DO NOTHING;

-- name: ensure_member(group_id, person_id, now)!
INSERT INTO members (group_id, person_id, created_at) VALUES (:group_id, :person_id, :now)
ON CONFLICT (group_id, person_id) DO UPDATE SET left_at = NULL;

-- name: agree(group_id, person_id, purpose, version, age, now)!
INSERT INTO consents (group_id, person_id, purpose, version, age, agreed_at)
VALUES (:group_id, :person_id, :purpose, :version, :age, :now)
ON CONFLICT (group_id, person_id, purpose) DO UPDATE SET
    version = excluded.version, age = excluded.age, agreed_at = excluded.agreed_at;

-- name: withdraw(group_id, person_id, purpose)!
DELETE FROM consents WHERE group_id = :group_id AND person_id = :person_id AND purpose = :purpose;

-- name: withdraw_all(group_id, person_id)!
DELETE FROM consents WHERE group_id = :group_id AND person_id = :person_id;

-- name: count_moods(group_id, person_id)$
SELECT COUNT(*) FROM moods WHERE group_id = :group_id AND person_id = :person_id;

-- name: erase_moods(group_id, person_id)!
DELETE FROM moods WHERE group_id = :group_id AND person_id = :person_id;

-- name: erase_run_starts(group_id, person_id)!
DELETE FROM run_starts WHERE group_id = :group_id AND person_id = :person_id;

-- name: erase_nearly_not(group_id, person_id)!
DELETE FROM nearly_not WHERE group_id = :group_id AND person_id = :person_id;

-- name: erase_care_shown(group_id, person_id)!
DELETE FROM care_shown WHERE group_id = :group_id AND person_id = :person_id;

-- name: leave_figure(group_id, person_id)!
DELETE FROM figure_people WHERE group_id = :group_id AND person_id = :person_id;

-- Open polls, for taking a vote out: the voter's code is computed under each one's secret.
-- name: open_secrets(group_id)
SELECT s.poll_id, s.secret FROM poll_secrets s JOIN polls p ON p.poll_id = s.poll_id WHERE p.group_id = :group_id;

-- name: remove_vote(poll_id, voter)!
DELETE FROM poll_votes WHERE poll_id = :poll_id AND voter = :voter;
