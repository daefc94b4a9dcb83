-- The week: schedules and what they deliver, plans, boards, and a group's own words.

-- How often the group's posts come: off; weekly (the opener and the leaderboard); three (two more days); daily.
ALTER TABLE groups ADD COLUMN posts TEXT NOT NULL DEFAULT 'weekly' CHECK (posts IN ('off', 'weekly', 'three', 'daily'));
ALTER TABLE groups ADD COLUMN posts_channel_id BIGINT;                  -- null: the runs channel
ALTER TABLE groups ADD COLUMN recent_words TEXT NOT NULL DEFAULT '';    -- keys of the last 30 messages of the library, the newest last
ALTER TABLE groups ADD COLUMN fact_day TEXT;                            -- when the group was last shown a fact
-- Cards of one day in the runs channel: beyond a number they go into that day's thread.
ALTER TABLE groups ADD COLUMN cards_day TEXT;
ALTER TABLE groups ADD COLUMN cards_today INTEGER NOT NULL DEFAULT 0;
ALTER TABLE groups ADD COLUMN thread_id BIGINT;

ALTER TABLE people ADD COLUMN dm_channel_id BIGINT;                     -- Discord's id of the conversation, once opened

ALTER TABLE members ADD COLUMN listed INTEGER CHECK (listed IN (0, 1)); -- on the boards; null: not answered, and so not listed
ALTER TABLE members ADD COLUMN listing_asked_at BIGINT;
ALTER TABLE members ADD COLUMN looked_up_at BIGINT;                     -- when Discord last said that they are in the group
ALTER TABLE members ADD COLUMN recent_words TEXT NOT NULL DEFAULT '';
ALTER TABLE members ADD COLUMN fact_day TEXT;

ALTER TABLE runs ADD COLUMN words_key TEXT;                             -- of the library's message on the card
CREATE INDEX runs_set_aside ON runs (group_id, running_day) WHERE set_aside_at IS NOT NULL;

-- What comes again and again, at a time of the wall clock in the group's zone, or the member's where there is one.
CREATE TABLE schedules (
    schedule_id BIGINT PRIMARY KEY,
    group_id BIGINT NOT NULL REFERENCES groups (group_id) ON DELETE CASCADE,
    person_id BIGINT,                                       -- null: the group's own
    kind TEXT NOT NULL,                                     -- opener, leaderboard, encouragement, reminder, streak_warning
    minute INTEGER NOT NULL CHECK (minute BETWEEN 0 AND 1439),
    weekdays INTEGER NOT NULL CHECK (weekdays BETWEEN 1 AND 127),  -- bit 0 is Monday
    words TEXT,                                             -- the member's own
    channel_id BIGINT,                                      -- a reminder goes there instead of a direct message
    off_reason TEXT,                                        -- null: on
    failures INTEGER NOT NULL DEFAULT 0,                    -- final refusals in a row
    since_at BIGINT NOT NULL,                               -- occurrences up to this moment do not count
    last_day TEXT,                                          -- local date of the last occurrence that became a delivery
    next_due_at BIGINT,                                     -- when to look again; null: off
    created_at BIGINT NOT NULL,
    CHECK ((off_reason IS NULL) = (next_due_at IS NOT NULL)),
    FOREIGN KEY (group_id, person_id) REFERENCES members (group_id, person_id) ON DELETE CASCADE
);
CREATE INDEX schedules_due ON schedules (next_due_at) WHERE next_due_at IS NOT NULL;
CREATE INDEX schedules_by_member ON schedules (group_id, person_id, kind);
CREATE UNIQUE INDEX schedules_of_group ON schedules (group_id, kind) WHERE person_id IS NULL;

-- One row an occurrence. It is due, then sending, then sent or skipped with its reason; nothing leaves in between.
CREATE TABLE deliveries (
    delivery_id BIGINT PRIMARY KEY,                         -- its nonce is made of it, and buttons of the message carry it
    schedule_id BIGINT NOT NULL REFERENCES schedules (schedule_id) ON DELETE CASCADE,
    group_id BIGINT NOT NULL REFERENCES groups (group_id) ON DELETE CASCADE,
    person_id BIGINT,
    kind TEXT NOT NULL,
    occurrence_day TEXT NOT NULL,                           -- local date in the zone it was computed in
    ordinal INTEGER NOT NULL DEFAULT 0,                     -- 0 the occurrence itself, 1 and on: snoozed
    due_at BIGINT NOT NULL,
    state TEXT NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'sending', 'sent', 'skipped')),
    reason TEXT,
    try_at BIGINT,                                          -- when to look at it next; null: over
    tries INTEGER NOT NULL DEFAULT 0,
    sending_at BIGINT,                                      -- when it may first have left
    content TEXT,                                           -- JSON: what was chosen then, so that a second try sends the same
    channel_id BIGINT,                                      -- where it may have gone, then where it is
    message_id BIGINT,
    ended_at BIGINT,
    answered_at BIGINT,                                     -- its recipient pressed one of its buttons
    created_at BIGINT NOT NULL,
    UNIQUE (schedule_id, occurrence_day, ordinal),
    CHECK ((state = 'skipped') = (reason IS NOT NULL)),
    CHECK ((state IN ('due', 'sending')) = (try_at IS NOT NULL)),
    CHECK (state <> 'sent' OR message_id IS NOT NULL),
    FOREIGN KEY (group_id, person_id) REFERENCES members (group_id, person_id) ON DELETE CASCADE
);
CREATE INDEX deliveries_open ON deliveries (try_at) WHERE try_at IS NOT NULL;
CREATE INDEX deliveries_by_member ON deliveries (group_id, person_id, kind, due_at);
CREATE INDEX deliveries_ended ON deliveries (ended_at) WHERE ended_at IS NOT NULL;

-- How many days a member planned for one week, said on the week's opener.
CREATE TABLE week_plans (
    group_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    week_day TEXT NOT NULL,                                 -- the first day of the week
    days INTEGER NOT NULL CHECK (days BETWEEN 1 AND 7),
    words TEXT,
    target_from TEXT,                                       -- the week from which it set the target, and the days that
    target_before INTEGER,                                  -- were set from there on before: for taking it back
    planned_at BIGINT NOT NULL,
    PRIMARY KEY (group_id, person_id, week_day),
    FOREIGN KEY (group_id, person_id) REFERENCES members (group_id, person_id) ON DELETE CASCADE
);
CREATE INDEX week_plans_by_week ON week_plans (group_id, week_day, planned_at);

-- A week's board as it was posted; never rewritten but for names that are taken out.
CREATE TABLE boards (
    board_id BIGINT PRIMARY KEY,                            -- its delivery's id
    group_id BIGINT NOT NULL REFERENCES groups (group_id) ON DELETE CASCADE,
    week_day TEXT NOT NULL,
    listed INTEGER NOT NULL,                                -- how many were ranked
    people INTEGER NOT NULL,                                -- of the group: who checked in, and what it comes to
    check_ins INTEGER NOT NULL,
    days INTEGER NOT NULL,
    metres BIGINT NOT NULL,
    seconds BIGINT NOT NULL,
    redraw INTEGER NOT NULL DEFAULT 0 CHECK (redraw IN (0, 1)),  -- a name is to be taken out of the message
    created_at BIGINT NOT NULL,
    UNIQUE (group_id, week_day)
);
CREATE INDEX boards_to_redraw ON boards (board_id) WHERE redraw = 1;

CREATE TABLE board_entries (
    board_id BIGINT NOT NULL REFERENCES boards (board_id) ON DELETE CASCADE,
    position INTEGER NOT NULL,                              -- order on the board, from 1
    place INTEGER NOT NULL,                                 -- equal shares a place
    share INTEGER NOT NULL CHECK (share BETWEEN 0 AND 100), -- showing-up, per cent
    kept INTEGER NOT NULL CHECK (kept IN (0, 1)),           -- the week's plan
    person_id BIGINT REFERENCES people (person_id) ON DELETE SET NULL,  -- null: taken out, the place stands
    PRIMARY KEY (board_id, position)
);
CREATE INDEX board_entries_by_person ON board_entries (person_id, board_id) WHERE person_id IS NOT NULL;

-- Messages that organisers added to the library for their own group.
CREATE TABLE group_words (
    word_id BIGINT PRIMARY KEY,
    group_id BIGINT NOT NULL REFERENCES groups (group_id) ON DELETE CASCADE,
    category TEXT NOT NULL,
    words TEXT NOT NULL,
    removed_at BIGINT,                                      -- removing can be taken back for ten minutes
    created_at BIGINT NOT NULL
);
CREATE INDEX group_words_by_group ON group_words (group_id, category, word_id);

-- News that the next organiser is told privately, once (a vanished channel).
CREATE TABLE group_notices (
    notice_id BIGINT PRIMARY KEY,
    group_id BIGINT NOT NULL REFERENCES groups (group_id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    detail TEXT,
    created_at BIGINT NOT NULL,
    UNIQUE (group_id, kind, detail)
);
