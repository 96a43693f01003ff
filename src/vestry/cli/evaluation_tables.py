"""An evaluation as tables on a screen, whole or in brief, and as plain values for JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, Final

from vestry.cli import printing

if TYPE_CHECKING:
    from vestry.linkage.evaluation.addresses import Addresses, Found
    from vestry.linkage.evaluation.groups import Group
    from vestry.linkage.evaluation.households import Households
    from vestry.linkage.evaluation.joined import Records
    from vestry.linkage.evaluation.measures import Clustering, Interval, Score
    from vestry.linkage.evaluation.report import Evaluation
    from vestry.linkage.evaluation.source_pairs import SourcePair

WORST: Final = 15
"""Pairs of sources that are shown unless all are asked for."""

WORST_IN_BRIEF: Final = 5

FEW_PAIRS: Final = 100
"""Pairs of sources with fewer pairs than this, joined or true, come after the others: one mistake decides them."""

PUBLISHED: Final = "as published"
WITHHELD: Final = "identifiers withheld"

NOTHING_TO_FIND: Final = (
    "By the truth no two of these records are of one: there is nothing to find, and recall says nothing."
)
_PAIRS: Final = ("precision", "recall", "F1", "right", "wrong", "missed")


def print_evaluation(found: Evaluation, *, everything: bool = False) -> None:
    """Every section; of pairs of sources the worst, unless `everything` is wanted."""
    for title, records in (
        ("People", found.people), ("Businesses", found.businesses), ("Properties", found.properties),
    ):  # fmt: skip
        if records is not None:
            _print_records(title, records, everything)
    if found.households is not None:
        _print_households(found.households)
    if found.addresses is not None:
        _print_addresses(found.addresses)
    printing.say("")
    _say_absent(found.absent)
    printing.say(*found.left_out)


def print_brief(found: Evaluation) -> None:
    """One line for each section; then the worst pairs of sources, and the groups."""
    rows: list[Sequence[Any]] = []
    for name, records in (("people", found.people), ("businesses", found.businesses)):
        if records is not None:
            rows.append([f"{name}, {PUBLISHED}", *_brief(records.published.overall)])
            if records.withheld is not None:
                rows.append([f"{name}, {WITHHELD}", *_brief(records.withheld.overall)])
    if found.households is not None:
        rows.append(["households", *_brief(found.households.found)])
    if found.addresses is not None:
        for name, uprns, whole in (
            ("addresses", found.addresses.overall, found.addresses.properties),
            ("  of which flats", found.addresses.flats, found.addresses.flat_properties),
        ):
            rows.append(
                [name, _share(uprns.precision), _share(uprns.recall), _share(uprns.f1), *_brief(whole)[3:]]
            )
    printing.table(["", "precision", "recall", "F1", "B-cubed F1", "over-merged", "over-split"], rows)
    if found.addresses is not None:
        printing.say(
            "Of addresses, the first three are of UPRNs given, the others of records put together as properties."
        )
    if found.people is not None:
        _print_pairs(
            found.people.published.by_kind_pair, WORST_IN_BRIEF, "People: the worst pairs of sources"
        )
        _print_extremes(found.people.published.by_group)
    printing.say(*found.left_out)


def _brief(whole: Clustering) -> list[Any]:
    pairs, entities = whole.pairs, whole.entities
    return [
        *_of_pairs(pairs), _share(whole.bcubed.f1),
        entities.over_merged, entities.over_split,
    ]  # fmt: skip


def _print_records(title: str, records: Records, everything: bool) -> None:
    printing.heading(title)
    ways = [(PUBLISHED, records.published.overall)]
    if records.withheld is not None:
        ways.append((WITHHELD, records.withheld.overall))
    _print_ways(ways)
    pairs = records.published.overall.pairs
    if not pairs.right + pairs.missed:
        printing.say(NOTHING_TO_FIND)
    known = f"{printing.count(records.records, 'record')} that both know, of {{}}"
    _say_entities(known, records.published.overall, title.lower())
    _say_absent(records.absent)
    published = records.published
    if everything:
        _print_pairs(published.by_source_pair, None, f"{title}: pairs by source, worst first")
    else:
        _print_pairs(published.by_kind_pair, WORST, f"{title}: pairs by kind of source, worst first")
    if published.by_group:
        _print_groups(records)


def _say_entities(opening: str, whole: Clustering, noun: str) -> None:
    entities = whole.entities
    printing.say(
        f"{opening.format(f'{entities.true:,} true {noun}')}; the twin makes {entities.twin:,} of them."
    )


def _say_absent(absent: int) -> None:
    if absent:
        verb = "is" if absent == 1 else "are"
        printing.say(f"{printing.count(absent, 'record')} of the truth {verb} not in the twin.")


def _print_ways(ways: Sequence[tuple[str, Clustering]], members: str = "records") -> None:
    split, merged = (f"over-{what} ({members})" for what in ("split", "merged"))
    printing.table(
        ["pairs", *_PAIRS],
        [
            [name, *_of_pairs(w.pairs), w.pairs.right, w.pairs.wrong, w.pairs.missed]
            for name, w in ways
        ],
    )  # fmt: skip
    printing.table(
        ["entities", "B-cubed precision", "recall", "F1", "exactly right", merged, split],
        [
            [name, _share(w.bcubed.precision), _share(w.bcubed.recall), _share(w.bcubed.f1),
             f"{_part(w.entities.exactly_right, w.entities.true)}",
             f"{w.entities.over_merged:,} ({w.entities.over_merged_records:,})",
             f"{w.entities.over_split:,} ({w.entities.over_split_records:,})"]
            for name, w in ways
        ],
    )  # fmt: skip


def _part(some: int, of: int) -> str:
    return printing.percentage(some / of) if of else ""


def worst_first(pairs: Iterable[SourcePair]) -> list[SourcePair]:
    """By F1; those with few pairs after all others."""

    def standing(pair: SourcePair) -> tuple[bool, float, str, str]:
        score = pair.score
        return score.right + score.wrong + score.missed < FEW_PAIRS, score.f1 or 0.0, pair.left, pair.right

    return sorted(pairs, key=standing)


def _print_pairs(pairs: Sequence[SourcePair], limit: int | None, title: str) -> None:
    if not pairs:
        return
    printing.heading(title)
    shown = worst_first(pairs)[:limit]
    printing.table(
        ["source", "and source", *_PAIRS],
        [
            [p.left, p.right, *_of_pairs(p.score), p.score.right, p.score.wrong, p.score.missed]
            for p in shown
        ],
    )  # fmt: skip
    if len(shown) < len(pairs):
        printing.say(
            f"The worst {len(shown)} of {len(pairs):,}; vestry evaluate --all or --json shows the others."
        )


def _print_groups(records: Records) -> None:
    withheld = {(g.attribute, g.value): g for g in records.withheld.by_group} if records.withheld else {}
    printing.heading("People: by group, each share with its 95% interval")
    columns = ["group", "", "true pairs", "recall", "", "precision", ""]
    rows = [
        [
            _attribute(group), group.value, group.true_pairs, _share(group.score.recall),
            _interval(group.recall_interval), _share(group.score.precision), _interval(group.precision_interval),
            *([_share(withheld[group.attribute, group.value].score.recall)] if withheld else []),
            "few" if group.uncertain else "",
        ]
        for group in records.published.by_group
    ]  # fmt: skip
    printing.table([*columns, *(["recall, identifiers withheld"] if withheld else []), ""], rows)


def _print_extremes(groups: Sequence[Group]) -> None:
    """Of each attribute the groups of lowest and of highest recall, those that are too small apart."""
    rows: list[Sequence[Any]] = []
    for attribute in dict.fromkeys(g.attribute for g in groups):
        certain = [g for g in groups if g.attribute == attribute and not g.uncertain]
        ranked = sorted(certain, key=lambda g: (g.score.recall or 0.0, g.value))
        if len(ranked) > 1:
            rows.append([_attribute(ranked[0]), *_extreme(ranked[0]), *_extreme(ranked[-1])])
    if rows:
        printing.heading("People: recall by group, lowest and highest, each with its 95% interval")
        printing.table(["", "lowest", "recall", "", "highest", "recall", ""], rows)


def _extreme(group: Group) -> list[str]:
    return [group.value, _share(group.score.recall), _interval(group.recall_interval)]


def _attribute(group: Group) -> str:
    return group.attribute.replace("_", " ")


def _interval(interval: Interval) -> str:
    return f"{interval.low:.3f}-{interval.high:.3f}"


def _print_households(homes: Households) -> None:
    printing.heading(f"Households on {homes.on}")
    _print_ways([("people who live together", homes.found)], "people")
    _say_entities(f"{homes.people:,} people, of {{}}", homes.found, "households")
    printing.say(
        f"{homes.absent:,} who live here have no record in the twin; {homes.not_here:,} in its households live here "
        f"no longer; {homes.nobodys:,} members of its households are nobody's main entity."
    )


def _print_addresses(found: Addresses) -> None:
    printing.heading("Addresses: the UPRN that a record was given")
    rows = [
        _uprns("all", found.overall), _uprns("flats", found.flats), _uprns("all but flats", found.others),
    ]  # fmt: skip
    rows += [_uprns(f"form: {f.name}", f) for f in found.by_form]
    rows += [_uprns(f"found by: {f.name}", f) for f in found.by_way]
    rows += [_uprns(f"from: {f.name}", f) for f in found.by_source_kind]
    printing.table(["", "precision", "recall", "F1", "records", "true UPRN", "given", "right"], rows)
    _say_absent(found.absent)
    printing.heading("Addresses: records of one UPRN as one property")
    _print_ways([("all", found.properties), ("flats", found.flat_properties)])


def _uprns(name: str, found: Found) -> list[Any]:
    return [
        name, _share(found.precision), _share(found.recall), _share(found.f1),
        found.records, found.true, found.given, found.right,
    ]  # fmt: skip


def _of_pairs(score: Score) -> list[str]:
    """Precision, recall and F1; none of what there are no pairs for."""
    return [_share(score.precision), _share(score.recall), _share(score.f1)]


def _share(share: float | None) -> str:
    """Four digits that never round up to 1: "0.9999" means that something is wrong. A dash of nothing."""
    if share is None:
        return "\N{EN DASH}"
    return f"{min(share, 0.9999) if share < 1 else 1.0:.4f}"


def told(value: Any) -> Any:
    """An evaluation, or a part of one, as plain values: fields, and what is worked out from them."""
    if is_dataclass(value) and not isinstance(value, type):
        names = [f.name for f in fields(value)]
        names += [name for name, made in vars(type(value)).items() if isinstance(made, property)]
        return {name: told(getattr(value, name)) for name in names}
    if isinstance(value, list | tuple):
        return [told(v) for v in value]
    return value
