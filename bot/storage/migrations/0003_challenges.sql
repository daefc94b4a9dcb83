-- Challenges: what a group runs for, alone, together, in teams, along a route, for a cause.

-- Who may make one: organisers alone, or every member.
ALTER TABLE groups ADD COLUMN challenges_by TEXT NOT NULL DEFAULT 'organisers' CHECK (challenges_by IN ('organisers', 'members'));

CREATE TABLE challenges (
    challenge_id BIGINT PRIMARY KEY,
    group_id BIGINT NOT NULL REFERENCES groups (group_id) ON DELETE CASCADE,
    maker_id BIGINT REFERENCES people (person_id) ON DELETE SET NULL,  -- null: erased since
    interaction_id BIGINT NOT NULL UNIQUE,                  -- of the form or the template: delivered twice, drafted once
    kind TEXT NOT NULL CHECK (kind IN ('distance', 'minutes', 'days', 'together', 'teams', 'route', 'pledge')),
    measure TEXT NOT NULL CHECK (measure IN ('metres', 'seconds', 'days')),  -- the unit of every amount and target
    title TEXT NOT NULL,
    line TEXT,                                              -- what it is about, in its maker's words
    target BIGINT CHECK (target > 0),                       -- of each (distance, minutes, days) or of all (together, route)
    first_day TEXT NOT NULL,                                -- running days of each member
    last_day TEXT NOT NULL,
    route_key TEXT,
    currency TEXT,                                          -- ISO 4217
    per_km BIGINT CHECK (per_km > 0),                       -- minor units of the currency for each kilometre
    cap BIGINT CHECK (cap > 0),                             -- minor units
    channel_id BIGINT NOT NULL,                             -- where it was made; its card goes to the runs channel if there is one
    created_at BIGINT NOT NULL,
    posted_at BIGINT,                                       -- null: a draft that its maker is looking at
    removed_at BIGINT,                                      -- called off: can be brought back for ten minutes, then removed
    final_at BIGINT,                                        -- nothing counts any more
    final_total BIGINT,                                     -- what it came to then, whoever is erased later
    final_people INTEGER,
    redraw INTEGER NOT NULL DEFAULT 0 CHECK (redraw IN (0, 1, 2)),  -- 1: its card is out of date; 2: an edit is on its way
    redrawn_at BIGINT NOT NULL DEFAULT 0,                   -- when its card was last edited
    turns_at BIGINT,                                        -- when its card reads otherwise by itself: it begins, or it is over
    CHECK (last_day >= first_day),
    CHECK ((target IS NULL) = (kind IN ('teams', 'pledge'))),
    CHECK ((route_key IS NOT NULL) = (kind = 'route')),
    CHECK ((currency IS NOT NULL) = (kind = 'pledge')),
    CHECK ((per_km IS NOT NULL) = (kind = 'pledge') AND (cap IS NOT NULL) = (kind = 'pledge')),
    CHECK ((final_total IS NULL) = (final_at IS NULL) AND (final_people IS NULL) = (final_at IS NULL))
);
-- Those that a run can count for: a few in each group.
CREATE INDEX challenges_open ON challenges (group_id, last_day) WHERE posted_at IS NOT NULL AND final_at IS NULL;
CREATE INDEX challenges_by_group ON challenges (group_id, challenge_id);
CREATE INDEX challenges_by_maker ON challenges (maker_id);
CREATE INDEX challenges_to_redraw ON challenges (redrawn_at) WHERE redraw > 0;
CREATE INDEX challenges_to_turn ON challenges (turns_at) WHERE turns_at IS NOT NULL;

CREATE TABLE challenge_teams (
    challenge_id BIGINT NOT NULL REFERENCES challenges (challenge_id) ON DELETE CASCADE,
    team INTEGER NOT NULL CHECK (team BETWEEN 1 AND 8),
    name TEXT NOT NULL,
    final_people INTEGER,                                   -- as in challenges
    final_amount BIGINT,
    PRIMARY KEY (challenge_id, team)
);

-- Who takes part, and what their check-ins come to: kept in step with the runs in the transaction that changes them,
-- and always equal to a sum over them until the challenge is final.
CREATE TABLE challenge_members (
    challenge_id BIGINT NOT NULL REFERENCES challenges (challenge_id) ON DELETE CASCADE,
    group_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    team INTEGER,
    amount BIGINT NOT NULL DEFAULT 0 CHECK (amount >= 0),   -- in the challenge's measure
    joined_at BIGINT NOT NULL,
    left_at BIGINT,                                         -- in no standing any more; the share stays in the total, as agreed
    finished_at BIGINT,                                     -- when the amount was first seen at the target
    PRIMARY KEY (challenge_id, person_id),
    -- a team goes before the start where nobody is in it but who has left the group
    FOREIGN KEY (challenge_id, team) REFERENCES challenge_teams (challenge_id, team) ON DELETE CASCADE,
    FOREIGN KEY (group_id, person_id) REFERENCES members (group_id, person_id) ON DELETE CASCADE
);
CREATE INDEX challenge_members_by_member ON challenge_members (group_id, person_id);

-- A challenge's card and its result are deliveries of a schedule that holds just these two.
ALTER TABLE schedules ADD COLUMN challenge_id BIGINT REFERENCES challenges (challenge_id) ON DELETE CASCADE;
DROP INDEX schedules_of_group;
CREATE UNIQUE INDEX schedules_of_group ON schedules (group_id, kind) WHERE person_id IS NULL AND challenge_id IS NULL;
CREATE UNIQUE INDEX schedules_of_challenge ON schedules (challenge_id, kind) WHERE challenge_id IS NOT NULL;
