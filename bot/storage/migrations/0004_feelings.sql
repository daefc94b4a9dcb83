-- Feelings: consent, moods, polls without names, a group's weekly figure, and support resources.

-- Feelings are off in a group until an organiser confirmed its support resources.
ALTER TABLE groups ADD COLUMN resources TEXT;                           -- JSON: what /care shows; null: the usual directory
ALTER TABLE groups ADD COLUMN feelings_confirmed_at BIGINT;             -- null: feelings are off
ALTER TABLE groups ADD COLUMN feelings_asked_at BIGINT;                 -- when organisers were last asked to look again
ALTER TABLE groups ADD COLUMN feelings_age INTEGER NOT NULL DEFAULT 16 CHECK (feelings_age IN (16, 18));

CREATE INDEX members_gone ON members (left_at) WHERE left_at IS NOT NULL;
-- Who was asked about longest ago, for the weekly look-ups.
CREATE INDEX members_to_look_up ON members ((COALESCE(looked_up_at, created_at)), group_id, person_id);

-- A row while a member agrees, to one purpose in one wording; withdrawing removes it.
CREATE TABLE consents (
    group_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose IN ('keep', 'group_figure')),
    version INTEGER NOT NULL,                               -- of the words that were agreed to
    age INTEGER NOT NULL CHECK (age IN (16, 18)),           -- what the member said to be at least
    agreed_at BIGINT NOT NULL,
    PRIMARY KEY (group_id, person_id, purpose),
    FOREIGN KEY (group_id, person_id) REFERENCES members (group_id, person_id) ON DELETE CASCADE
);

-- One row an entry. Read by its owner alone.
CREATE TABLE moods (
    mood_id BIGINT PRIMARY KEY,
    group_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    interaction_id BIGINT NOT NULL UNIQUE,                  -- Discord may deliver an interaction twice
    moment TEXT NOT NULL CHECK (moment IN ('before', 'after', 'day')),
    recalled INTEGER NOT NULL DEFAULT 0 CHECK (recalled IN (0, 1)),  -- a "before" entered afterwards
    run_id BIGINT REFERENCES runs (run_id) ON DELETE SET NULL,       -- the run it was entered with
    entered_at BIGINT NOT NULL,
    entered_day TEXT NOT NULL,                              -- running day of its owner
    scale_version INTEGER NOT NULL,                         -- of the items' words and ranges; an item's name is its column's
    mood INTEGER NOT NULL CHECK (mood BETWEEN -5 AND 5),
    stress INTEGER CHECK (stress BETWEEN 1 AND 5),
    focus INTEGER CHECK (focus BETWEEN 1 AND 5),
    energy INTEGER CHECK (energy BETWEEN 1 AND 5),
    sleep INTEGER CHECK (sleep BETWEEN 1 AND 5),
    effort INTEGER CHECK (effort BETWEEN 0 AND 10),
    words_key TEXT,                                         -- of the library's message that a low one was answered with
    CHECK (run_id IS NULL OR moment <> 'day'),
    FOREIGN KEY (group_id, person_id) REFERENCES members (group_id, person_id) ON DELETE CASCADE
);
CREATE INDEX moods_by_member ON moods (group_id, person_id, entered_at);
CREATE INDEX moods_by_time ON moods (entered_at);
CREATE UNIQUE INDEX moods_by_run ON moods (run_id, moment) WHERE run_id IS NOT NULL;

-- "About to run" was pressed: a run without a clock time that is entered soon afterwards began then.
CREATE TABLE run_starts (
    start_id BIGINT PRIMARY KEY,
    group_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    interaction_id BIGINT NOT NULL UNIQUE,
    pressed_at BIGINT NOT NULL,
    FOREIGN KEY (group_id, person_id) REFERENCES members (group_id, person_id) ON DELETE CASCADE
);
CREATE INDEX run_starts_by_member ON run_starts (group_id, person_id, pressed_at);
CREATE INDEX run_starts_by_time ON run_starts (pressed_at);

-- Runs of which their owner said, privately, that they nearly did not happen.
CREATE TABLE nearly_not (
    run_id BIGINT PRIMARY KEY REFERENCES runs (run_id) ON DELETE CASCADE,
    group_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    marked_at BIGINT NOT NULL,
    FOREIGN KEY (group_id, person_id) REFERENCES members (group_id, person_id) ON DELETE CASCADE
);
CREATE INDEX nearly_not_by_member ON nearly_not (group_id, person_id);

-- When a member last saw the resources after low entries, and whether they want that no more. Not why.
CREATE TABLE care_shown (
    group_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    shown_day TEXT NOT NULL,
    dismissed INTEGER NOT NULL DEFAULT 0 CHECK (dismissed IN (0, 1)),
    PRIMARY KEY (group_id, person_id),
    FOREIGN KEY (group_id, person_id) REFERENCES members (group_id, person_id) ON DELETE CASCADE
);

-- A group's mood of one week, computed once and never again.
CREATE TABLE group_figures (
    group_id BIGINT NOT NULL REFERENCES groups (group_id) ON DELETE CASCADE,
    week_day TEXT NOT NULL,                                 -- the first day of the week
    half_points INTEGER CHECK (half_points BETWEEN -10 AND 10),  -- the mean in halves; null: withheld
    respondents INTEGER NOT NULL,
    computed_at BIGINT NOT NULL,
    PRIMARY KEY (group_id, week_day)
);
-- Who was in the last figure that was shown: the next is withheld where too few changed.
CREATE TABLE figure_people (
    group_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    PRIMARY KEY (group_id, person_id),
    FOREIGN KEY (group_id, person_id) REFERENCES members (group_id, person_id) ON DELETE CASCADE
);

-- What an organiser asks, once or every week.
CREATE TABLE poll_plans (
    plan_id BIGINT PRIMARY KEY,
    group_id BIGINT NOT NULL REFERENCES groups (group_id) ON DELETE CASCADE,
    maker_id BIGINT REFERENCES people (person_id) ON DELETE SET NULL,  -- null: erased since
    interaction_id BIGINT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('pulse', 'question')),
    question TEXT,                                          -- a pulse has its own two
    answers TEXT,                                           -- JSON: two to five texts
    minimum INTEGER NOT NULL CHECK (minimum >= 5),          -- voters from whom on a result is shown
    open_seconds INTEGER NOT NULL CHECK (open_seconds > 0),
    weekly INTEGER NOT NULL CHECK (weekly IN (0, 1)),
    channel_id BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    posted_at BIGINT,                                       -- null: a draft that its maker is looking at
    stopped_at BIGINT,                                      -- no further poll comes of it
    CHECK ((question IS NOT NULL) = (kind = 'question') AND (answers IS NOT NULL) = (kind = 'question'))
);
CREATE INDEX poll_plans_by_group ON poll_plans (group_id, plan_id);
CREATE INDEX poll_plans_by_maker ON poll_plans (maker_id);

-- One poll, open until it closes.
CREATE TABLE polls (
    poll_id BIGINT PRIMARY KEY,                             -- its delivery's id
    plan_id BIGINT NOT NULL REFERENCES poll_plans (plan_id) ON DELETE CASCADE,
    group_id BIGINT NOT NULL REFERENCES groups (group_id) ON DELETE CASCADE,
    opened_at BIGINT NOT NULL,
    closes_at BIGINT NOT NULL,
    closed_at BIGINT,
    result TEXT,                                            -- JSON, once closed: what is shown and nothing else
    redraw INTEGER NOT NULL DEFAULT 0 CHECK (redraw IN (0, 1)),      -- its message is out of date
    CHECK ((closed_at IS NULL) = (result IS NULL))
);
CREATE INDEX polls_open ON polls (closes_at) WHERE closed_at IS NULL;
CREATE INDEX polls_to_redraw ON polls (poll_id) WHERE redraw = 1;
CREATE INDEX polls_by_plan ON polls (plan_id);
CREATE INDEX polls_by_group ON polls (group_id);

-- An open poll's secret. Destroyed when it closes, and never in a backup.
CREATE TABLE poll_secrets (
    poll_id BIGINT PRIMARY KEY REFERENCES polls (poll_id) ON DELETE CASCADE,
    secret TEXT NOT NULL                                    -- 32 random bytes, hexadecimal
);

-- Votes of open polls; they go when it closes. The voter is a one-way code under the poll's secret; no time is kept.
CREATE TABLE poll_votes (
    poll_id BIGINT NOT NULL REFERENCES polls (poll_id) ON DELETE CASCADE,
    voter TEXT NOT NULL,
    first INTEGER CHECK (first BETWEEN 1 AND 5),
    second INTEGER CHECK (second BETWEEN 1 AND 5),          -- of a pulse's second question
    PRIMARY KEY (poll_id, voter)
);

-- Polls come by a schedule of their plan.
ALTER TABLE schedules ADD COLUMN poll_plan_id BIGINT REFERENCES poll_plans (plan_id) ON DELETE CASCADE;
DROP INDEX schedules_of_group;
CREATE UNIQUE INDEX schedules_of_group ON schedules (group_id, kind)
WHERE person_id IS NULL AND challenge_id IS NULL AND poll_plan_id IS NULL;
CREATE UNIQUE INDEX schedules_of_poll_plan ON schedules (poll_plan_id) WHERE poll_plan_id IS NOT NULL;
