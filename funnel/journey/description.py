"""Describe a journey in sentences, for `funnel journey FILE`."""

from __future__ import annotations

from collections.abc import Iterator

from funnel.journey.contradictions import contradictions
from funnel.journey.model import Journey, Step
from funnel.journey.rules import Group, Rule
from funnel.journey.stages import Stage
from funnel.text import listed, percent


def describe(journey: Journey) -> Iterator[str]:
    """Yield what a journey means, a line for each column, step and stage.

    >>> from funnel.journey import Column, Journey, Step
    >>> steps = (Step(name="Met"), Step(name="Paid", paid=True, target=0.8))
    >>> journey = Journey(name="Own", columns={"client": Column(headers=("Name",))}, steps=steps)
    >>> print(*describe(journey), sep="\\n")
    Own: a client has 90 days for a step without its own time.
    Columns
      client: 'Name'
    Steps, in order
      Met
      Paid: the client has paid; target 80 %
    """
    yield f"{journey.name}: a client has {journey.period} for a step without its own time."
    yield "Columns"
    for role, column in journey.columns.items():
        names = " and ".join(map(repr, column.join)) if column.join else _either(column.headers)
        yield f"  {role.replace('_', ' ')}: {names}"
    if not journey.staged:
        yield "Steps, in order"
        yield from (f"  {_line(step.name, _facts_of_step(step))}" for step in journey.steps)
    for title, stages in (("Stages, in order", journey.ordered_stages), ("Lost stages", journey.lost)):
        if stages:
            yield title
        for stage in stages:
            yield f"  {_line(stage.name, _facts_of_stage(stage))}"
            yield from (f"    rule: {_rule(rule)}" for rule in stage.rules)
            yield from (
                f"    starts: {action.kind.replace('_', ' ')} {action.text!r}" for action in stage.actions
            )
    for name, rule in journey.segments.items():
        yield f"Segment {name!r}: {_rule(rule)}"
    if journey.events:
        yield "Events"
        yield from (f"  {event!r} leads to {to.stage}" for event, to in journey.events.advance.items())
    if wrong := [*contradictions(journey.stages, journey.segments)]:
        yield "Correct in the journey file"
        yield from (f"  {sentence}" for sentence in wrong)


def _either(headers: tuple[str, ...]) -> str:
    return repr(headers[0]) + (f", or {listed(map(repr, headers[1:]), most=3)}" if headers[1:] else "")


def _line(name: str, facts: Iterator[str]) -> str:
    sentence = "; ".join(facts)
    return f"{name}: {sentence}" if sentence else name


def _facts_of_step(step: Step) -> Iterator[str]:
    if step.paid:
        yield "the client has paid"
    if step.kind == "retention":
        yield f"still here after {step.retention_duration}"
    elif step.due:
        yield f"due after {step.due}"
    if step.optional:
        yield "optional"
    if step.target is not None:
        yield f"target {percent(step.target)}"
    if step.column and step.column != step.name:
        yield f"column {step.column!r}"


def _facts_of_stage(stage: Stage) -> Iterator[str]:
    if stage.default:
        yield "a new client starts here"
    if stage.paid:
        yield "the client has paid"
    if stage.was:
        yield f"formerly {listed(map(repr, stage.was))}"
    if stage.reached:
        yield f"had reached at least {stage.reached}"
    if stage.win_probability is not None:
        yield f"win probability {percent(stage.win_probability)}"
    if stage.limit:
        yield f"stuck after {stage.limit}"


def _rule(rule: Rule) -> str:
    if isinstance(rule, Group):
        joined = " and " if rule.joined == "all" else " or "
        return joined.join(f"({_rule(one)})" if isinstance(one, Group) else _rule(one) for one in rule.rules)
    return f"the segment {rule!r}" if isinstance(rule, str) else str(rule)
