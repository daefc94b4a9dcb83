-- What a group's post rests on, and the messages that organisers added for their own group.

-- name: group_for_post(group_id)^
SELECT posts, COALESCE(posts_channel_id, runs_channel_id) AS channel_id, zone, week_starts_on, day_starts_minute,
       recent_words, fact_day, language, set_up_at
FROM groups WHERE group_id = :group_id;

-- Both go from member to member, so that a long history is not read.
-- name: active_member(group_id, first_day)^
SELECT m.person_id FROM members m
WHERE m.group_id = :group_id
  AND EXISTS (SELECT 1 FROM runs r WHERE r.group_id = m.group_id AND r.person_id = m.person_id
                AND r.running_day >= :first_day AND r.undone_at IS NULL)
LIMIT 1;

-- name: check_ins_between(group_id, first_day, last_day)$
SELECT COUNT(*) FROM members m
JOIN runs r ON r.group_id = m.group_id AND r.person_id = m.person_id
           AND r.running_day BETWEEN :first_day AND :last_day AND r.undone_at IS NULL AND r.late = 0
WHERE m.group_id = :group_id AND r.visibility = 'group';

-- Posts of the group that left within a day, or are about to.
-- name: other_post(group_id, delivery_id, start, finish)^
SELECT delivery_id FROM deliveries
WHERE group_id = :group_id AND person_id IS NULL AND delivery_id <> :delivery_id
  AND kind IN ('opener', 'leaderboard', 'encouragement')
  AND ((state = 'sent' AND sending_at >= :start AND sending_at < :finish)
       OR (state IN ('due', 'sending') AND try_at < :finish))
LIMIT 1;

-- name: set_recent_words(group_id, recent_words, fact_day)!
UPDATE groups SET recent_words = :recent_words, fact_day = CAST(:fact_day AS TEXT) WHERE group_id = :group_id;

-- name: own_words(group_id)
SELECT word_id, category, words FROM group_words
WHERE group_id = :group_id AND removed_at IS NULL ORDER BY category, word_id;

-- name: own_words_of(group_id, category)
SELECT word_id, category, words FROM group_words
WHERE group_id = :group_id AND category = :category AND removed_at IS NULL ORDER BY word_id;

-- name: own_word(group_id, word_id)^
SELECT word_id, category, words FROM group_words
WHERE group_id = :group_id AND word_id = :word_id AND removed_at IS NULL;

-- name: ensure_group(group_id, now)!
INSERT INTO groups (group_id, created_at) VALUES (:group_id, :now) ON CONFLICT (group_id) DO NOTHING;

-- name: add_own_word(word_id, group_id, category, words, now)!
INSERT INTO group_words (word_id, group_id, category, words, created_at)
VALUES (:word_id, :group_id, :category, :words, :now);

-- name: remove_own_word(group_id, word_id, now)^
UPDATE group_words SET removed_at = :now
WHERE group_id = :group_id AND word_id = :word_id AND removed_at IS NULL
RETURNING word_id, category, words;

-- name: restore_own_word(group_id, word_id)!
UPDATE group_words SET removed_at = NULL
WHERE group_id = :group_id AND word_id = :word_id AND removed_at IS NOT NULL;

-- name: forget_removed_words(before)!
DELETE FROM group_words WHERE removed_at <= :before;
