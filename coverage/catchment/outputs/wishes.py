"""What was wished of a plan besides its number of sites: what it reaches of a share, its rules, and what it lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catchment.model import UNITS_PER_PERSON, LeftOut
from catchment.outputs.style import people_text, printable, share_text, whole
from catchment.words import say

if TYPE_CHECKING:
    from catchment.model import CoverGoal, HonourPreference, Run, SaidRule, Shortfall, Suggestions
    from catchment.words import Language


def share_asked(share: float) -> str:
    """
    A share as a planner writes it.

    Examples
    --------
    >>> share_asked(0.95), share_asked(0.975)
    ('95%', '97.5%')
    """
    return f"{round(100 * share, 6):g}%"


def largest_share(units: int, people_units: int) -> str:
    """
    The largest share with one decimal that so many people are.

    Examples
    --------
    >>> largest_share(2, 3), largest_share(3, 3), largest_share(0, 0)
    ('66.6%', '100%', '0%')
    """
    return f"{units * 1000 // max(people_units, 1) / 10:g}%"


def goal_headline(proposal_share: str, gain: int, goal: CoverGoal, language: Language) -> str:
    """The goal, the share covered if the plan is adopted, and the people it adds."""
    facts = {"share": proposal_share, "people": people_text(gain), "wanted": share_asked(goal.share)}
    if not goal.met:
        return say("proposal.headline_goal_missed", language, **facts)
    return say("proposal.headline_goal", language, count=people_text(len(goal.fewest.site)), **facts)


def goal_texts(found: Suggestions, language: Language) -> list[str]:
    """How few sites reach the goal and the proof; or how much can be reached, what is in the way, and a way out."""
    goal = found.goal
    if goal is None:
        return []
    facts = {"wanted": share_asked(goal.share), "people": people_text(whole(goal.wanted_units))}
    asked = say("wish.goal", language, **facts)
    if goal.met:
        return [asked, _number_text(goal, language)]
    reached = say("wish.goal_missed", language, **_shares(goal), people=people_text(whole(goal.reached_units)))
    return [asked, reached, _number_text(goal, language), *_in_the_way(found, goal, language), way_out(found, language)]


def _number_text(goal: CoverGoal, language: Language) -> str:
    """How few sites, or how little money, do what the plan does, and what no plan does it with."""
    fewest = goal.fewest
    if not fewest.amount and goal.met:
        return say("wish.number_none", language)
    word = f"wish.number_{fewest.counted}_{'proven' if fewest.status == 'optimal' else 'bounded'}"
    return say(word, language, count=people_text(fewest.amount), least=people_text(fewest.least))


def _shares(goal: CoverGoal) -> dict[str, str]:
    return {
        "wanted": share_asked(goal.share),
        "reached": share_text(goal.reached_units, goal.people_units),
        "allowed": share_text(goal.allowed_units, goal.people_units),
        "reachable": share_text(goal.reachable_units, goal.people_units),
    }


def _in_the_way(found: Suggestions, goal: CoverGoal, language: Language) -> list[str]:
    """Why the goal is out of reach: people whom no candidate serves, candidates that rules take away, all rules."""
    shares, texts = _shares(goal), []
    if goal.reachable_units < goal.wanted_units:
        out = goal.people_units - goal.reachable_units
        texts.append(say("wish.way_people", language, **shares, people=people_text(whole(out))))
        texts += [
            say(
                "wish.way_reason",
                language,
                reason=say(f"left_out.{reason}", language),
                people=people_text(whole(units)),
            )
            for reason, units in _out_of_reach(found).items()
            if units
        ]
    elif goal.allowed_units < goal.wanted_units:
        texts.append(say("wish.way_excluded", language, **shares))
    elif found.rules:
        texts.append(say("wish.way_rules", language, **shares))
    else:
        texts.append(say("wish.way_time", language))
    return texts


def _out_of_reach(found: Suggestions) -> dict[LeftOut, int]:
    """People whom no candidate serves, by reason; nothing if nobody asked."""
    if found.answers is None:
        return {}
    return {reason: units for reason, units in found.answers.left_out.items() if reason != LeftOut.NOT_CHOSEN}


def way_out(found: Suggestions, language: Language) -> str:
    """The least that has to change: the share that can be had, and what would bring in most of the others."""
    goal = found.goal
    if goal is None or goal.met:
        return ""
    ask = say("wish.out_share", language, share=largest_share(goal.reached_units, goal.people_units))
    missing = people_text(whole(goal.wanted_units - goal.reached_units))
    if goal.reachable_units < goal.wanted_units:
        out = _out_of_reach(found)
        most = max(out, key=lambda reason: out[reason], default=LeftOut.NO_CANDIDATE)
        return f"{ask} {say(f'wish.out_{most}', language, missing=missing)}"
    return f"{ask} {say('wish.out_rules' if found.rules else 'wish.out_time', language, missing=missing)}"


def wish_texts(found: Suggestions, language: Language) -> list[str]:
    """Everything that belongs to the proof besides people and bound: the goal, the rules, and what is lacking."""
    within = say("wish.then", language).join(rule_text(rule, language) for rule in found.rules)
    rules = [say("wish.within", language, rules=within)] if within else []
    lacking = [] if not found.rules else [lacking_text(short, language) for short in found.plan.shortfalls]
    honours = [] if found.honours is None else [honours_text(found.honours, language)]
    return [*goal_texts(found, language), *rules, *_spent(found, language), *honours, *lacking]


def honours_text(preference: HonourPreference, language: Language) -> str:
    """
    How many village sites are in honoured communities, and by how many people the plan is smaller for it.

    Examples
    --------
    >>> from catchment.model import HonourPreference
    >>> print(honours_text(HonourPreference(3, 2, 0, 512 * 1024, 512 * 1024), "en"))
    Village sites in honoured communities (high-quality or full employment): 2 of 3, without this preference 0; the plan
    adds 512 people fewer for it (proven).
    """
    cost, most = (whole(max(units, 0)) for units in (preference.cost_units, preference.most_units))
    word = "wish.honours_proven" if preference.cost_units == preference.most_units else "wish.honours_bounded"
    facts = {"honoured": preference.honoured, "villages": preference.villages, "without": preference.honoured_without}
    return say(word, language, **facts, cost=people_text(cost), most=people_text(most))


def _spent(found: Suggestions, language: Language) -> list[str]:
    """What the plan costs, in all and for each person it adds."""
    if found.cost is None:
        return []
    spent = int(found.cost.sum())
    each = spent * UNITS_PER_PERSON / found.plan.covered_units if found.plan.covered_units else 0.0
    return [say("wish.spent", language, spent=people_text(spent), each=f"{each:.2f}")]


def rule_text(rule: SaidRule, language: Language) -> str:
    """
    A rule that a plan was made under.

    Examples
    --------
    >>> from catchment.model import SaidRule
    >>> rule_text(SaidRule("spacing_m", "rule.spacing", {"metres": "500"}), "zh")
    '新网点之间至少相距 500 米'
    """
    return say(rule.word, language, **{key: printable(str(fact)) for key, fact in rule.facts.items()})


def lacking_text(short: Shortfall, language: Language) -> str:
    """
    What a plan lacks of a wish, and how much of it could be had at most.

    Examples
    --------
    >>> from catchment.model import Shortfall
    >>> lacking_text(Shortfall("group", "袁州区", 3, 1, 2), "en")
    'Not met: 袁州区 has 1 of at least 3 sites; its candidates allow 2.'
    """
    name = str(int(short.name) + 1) if short.kind == "must" else printable(short.name)
    numbers = (short.wanted, short.reached, short.reachable)
    wanted, reached, reachable = map(people_text, map(whole, numbers) if short.kind == "floor" else numbers)
    return say(f"wish.lacks_{short.kind}", language, name=name, wanted=wanted, reached=reached, reachable=reachable)


def with_wishes(record: dict[str, Any] | None, run: Run) -> dict[str, Any] | None:
    """
    The record of a plan with its goal under ``cover``: ``None`` if it was made for a number of sites.

    ``rules`` are all other things the plan had to keep to, ``lacking`` what it could not.
    ``wanted`` and ``reached`` are shares of all people, ``fewest`` the sites (or, ``counted`` says, the money) of the
    plan of fewest, ``least`` what no plan that covers as many goes below, ``reachable`` the share all candidates
    together would cover.
    """
    found = run.suggestions
    if record is None or found is None:
        return record
    language = run.language
    return {
        **record,
        "cover": None if found.goal is None else _goal_record(found, found.goal, language),
        "rules": [{"key": rule.key, "text": rule_text(rule, language)} for rule in found.rules],
        "lacking": [lacking_text(short, language) for short in found.plan.shortfalls] if found.rules else [],
        "cost": None if found.cost is None else int(found.cost.sum()),
        "honours": None if found.honours is None else _honours_record(found.honours),
        "sites": _with_costs(record["sites"], found),
    }


def _honours_record(preference: HonourPreference) -> dict[str, int]:
    return {
        "village_sites": preference.villages,
        "in_honoured": preference.honoured,
        "in_honoured_without": preference.honoured_without,
        "people_fewer_units": preference.cost_units,
        "people_fewer_at_most_units": preference.most_units,
    }


def _with_costs(sites: list[dict[str, Any]], found: Suggestions) -> list[dict[str, Any]]:
    """Each site with its cost, and what each person it adds and that only it reaches costs; ``None`` if unknown."""
    if found.cost is None:
        return sites

    def per_person(cost: int, persons: float) -> float | None:
        return cost / persons if persons else None

    return [
        {
            **site,
            "cost": cost,
            "cost_per_new": per_person(cost, site["new"]),
            "cost_per_unique": per_person(cost, site["unique"]),
        }
        for site, cost in zip(sites, found.cost.tolist(), strict=True)
    ]


def _goal_record(found: Suggestions, goal: CoverGoal, language: Language) -> dict[str, Any]:
    everybody = max(goal.people_units, 1)
    return {
        "wanted": goal.share,
        "reached": goal.reached_units / everybody,
        "reachable": goal.reachable_units / everybody,
        "reachable_within_rules": goal.allowed_units / everybody,
        "met": goal.met,
        "counted": goal.fewest.counted,
        "fewest": goal.fewest.amount,
        "least": goal.fewest.least,
        "status": goal.fewest.status,
        "people_units": {"wanted": goal.wanted_units, "reached": goal.reached_units},
        "in_the_way": [] if goal.met else _in_the_way(found, goal, language),
        "way_out": way_out(found, language),
    }
