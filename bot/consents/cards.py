"""What members see and press about consent: what they would agree to, what that means, and taking it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import ui

from bot.consents.rules import GROUP_FIGURE, KEEP, VERSIONS, ConsentState
from bot.ui.layout import Accent, Part, button, card, link, row

if TYPE_CHECKING:
    from bot.words import Words

_BLUE, _RED = discord.ButtonStyle.primary, discord.ButtonStyle.danger


def consent_card(words: Words, state: ConsentState, *, policy_url: str = "") -> ui.LayoutView:
    """What keeping one's feelings means, and a yes or a no to it; for who has agreed, how it stands.

    A change of these words' meaning raises bot.consents.rules.VERSIONS.
    """
    if state.keep:
        return agreed_card(words, state, policy_url=policy_url)
    again = (
        words.say(
            "You said yes before. What it means, or the age for it, has changed since, so here it is again."
        )
        if state.agreed_before
        else None
    )
    return card(
        Accent.MOOD,
        again,
        words.say("## Your feelings, for you alone"),
        _what_is_kept(words, state),
        row(
            button(
                words.say("Yes, I am {age} or older: keep mine", age=state.age),
                "consent.agree",
                KEEP,
                state.age,
                VERSIONS[KEEP],
                style=_BLUE,
            ),
            button(words.say("No, thanks"), "consent.no"),
            *([button(words.say("Take it back…"), "consent.withdraw", KEEP)] if state.agreed_before else []),
        ),
        *_policy(words, policy_url),
    )


def _what_is_kept(words: Words, state: ConsentState) -> str:
    lines = [
        words.say(
            "**What**: the mood you choose, and stress, focus, energy, sleep and effort if you add them; when, and "
            "with which run."
        ),
        words.say(
            "**What for**: to show you, in /mood trend, what goes together with running in your own log."
        ),
        words.say(
            "**Who sees it**: you. No other member, no organiser, no public card. Whoever hosts the bot can open its "
            "file."
        ),
        words.say("**How long**: 12 months; all of it goes after 6 months without an entry."),
        words.say(
            "**Your say**: take this back in /privacy at any time, as easily as this. Then every entry is erased at "
            "once."
        ),
        words.say(
            "It is no medical record, and nobody watches it. For people of {age} or older.", age=state.age
        ),
    ]
    return "\n".join(f"- {line}" for line in lines)


def agreed_card(
    words: Words, state: ConsentState, *, said: str | None = None, policy_url: str = ""
) -> ui.LayoutView:
    """How it stands for who agreed: the second purpose, what comes next, and the way back."""
    parts: list[Part | None] = [said, words.say("## Your feelings, for you alone")]
    if state.group_figure:
        parts.append(
            words.say(
                "You keep yours here, and count, without your name, in the group's weekly figure: one rounded mean, "
                "from 5 people on."
            )
        )
        figure = button(words.say("Leave me out of the figure"), "consent.withdraw", GROUP_FIGURE)
    else:
        parts.append(
            words.say(
                "You keep yours here. If you like, they also count, without your name, in the group's weekly figure: "
                "one rounded mean, from 5 people on, never yours by itself. It works the same for you without that."
            )
        )
        figure = button(
            words.say("Count me in"), "consent.agree", GROUP_FIGURE, state.age, VERSIONS[GROUP_FIGURE]
        )
    parts.append(
        row(
            button(words.say("How I feel now"), "mood.open", style=_BLUE),
            figure,
            button(words.say("My data"), "privacy.open"),
            button(words.say("Take it back…"), "consent.withdraw", KEEP),
        )
    )
    return card(Accent.MOOD, *parts, *_policy(words, policy_url))


def _policy(words: Words, policy_url: str) -> list[Part]:
    return [row(link(words.say("The host's privacy policy"), policy_url))] if policy_url else []


def off_card(words: Words, state: ConsentState, *, entries: int) -> ui.LayoutView:
    """Feelings are off in the group; what somebody kept or agreed to before is theirs still."""
    said = words.say(
        "Feelings are off in this group. An organiser can turn them on in /setup, under Feelings and care."
    )
    if not entries and not state.agreed_before:
        return card(Accent.MOOD, said)
    return card(
        Accent.MOOD,
        said,
        words.count(
            "{n} entry of yours is here from before. /mood trend shows it, /privacy takes it along or erases it.",
            "{n} entries of yours are here from before. /mood trend shows them, /privacy takes them along or erases "
            "them.",
            entries,
        ),
        row(
            button(words.say("Take it back…"), "consent.withdraw", KEEP),
            button(words.say("My data"), "privacy.open"),
        ),
    )


def declined_card(words: Words, *, entries: int) -> ui.LayoutView:
    """A no is a whole answer."""
    if entries:
        said = words.count(
            "All right. Nothing new is kept. {n} entry from before stays yours: /privacy takes it along or erases it.",
            "All right. Nothing new is kept. {n} entries from before stay yours: /privacy takes them along or erases "
            "them.",
            entries,
        )
    else:
        said = words.say("All right. Nothing is kept, and everything about runs works as before.")
    return card(Accent.MOOD, said, row(button(words.say("What was it again?"), "consent.open")))


def ask_withdraw_card(words: Words, entries: int) -> ui.LayoutView:
    """What taking the consent back erases, before the second button."""
    return card(
        Accent.TROUBLE,
        words.say("## Take it back")
        + "\n"
        + words.count(
            "{n} entry of your feelings is erased at once, without a copy, and nothing new is kept.",
            "{n} entries of your feelings are erased at once, without a copy, and nothing new is kept.",
            entries,
        )
        + " "
        + words.say(
            "With them go your marks “Nearly didn't go”, your presses of “About to run”, and a vote of yours in an "
            "open poll. Your check-ins stay. You can take a copy along first."
        ),
        row(
            button(words.say("Erase my feelings"), "consent.withdrawn", KEEP, style=_RED),
            button(words.say("Keep them"), "consent.open"),
            button(words.say("Take my data along"), "privacy.export"),
        ),
    )


def withdrawn_card(words: Words, entries: int) -> ui.LayoutView:
    """Afterwards."""
    return card(
        Accent.MOOD,
        words.say("Taken back.")
        + " "
        + words.count("{n} entry is gone, without a copy.", "{n} entries are gone, without a copy.", entries)
        + " "
        + words.say("/mood log asks again whenever you like."),
    )
