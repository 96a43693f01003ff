"""What the county holds of children: the returns without names, the case list with them, schools, what is sealed."""

from __future__ import annotations

import csv
import json
import os
from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from itertools import groupby, pairwise
from pathlib import Path

import pytest

from children_of_a_county import FIRST, LAST, County, Rows, age_on, day_of, parts_of
from vestry.clock import FixedClock
from vestry.contracts.reading import read_contracts
from vestry.intake.receive import receive
from vestry.place import open_place
from vestry.synthetic import synthesise
from vestry.synthetic.people.caring import Caring
from vestry.synthetic.people.cases import Case, Need
from vestry.synthetic.registers.ssda903 import FILES

CLOCK = FixedClock(at=datetime(2026, 11, 20, 12, tzinfo=UTC))
ONCE, AGAIN = "protected-identities", ("childrens-cases", "cin-census", "school-census", "send")


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> County:
    folder = tmp_path_factory.mktemp("children") / "county"
    synthesise(folder, residents=4000, seed=7, districts=2)
    return County(folder)


@pytest.mark.parametrize("on", [FIRST, LAST])
def test_the_truth_covers_every_part_of_every_row(county: County, on: str) -> None:
    missing = []
    for source, key, parts in parts_of(county, on):
        for part in parts:
            known = county.homes if part in ("home", "placement") else county.people
            if (source, key, part) not in known:
                missing.append((source, key, part))
    assert missing == []


def test_the_truth_tells_of_no_part_that_no_contract_describes(county: County) -> None:
    contracts = read_contracts(open_place(county.folder))
    described = {(c.source, p.name) for c in contracts.values() for t in c.tables for p in t.parts}
    assert {(source, part) for source, _, part in (*county.people, *county.homes)} <= described


def test_every_file_is_received_and_the_ledger_adds_up(county: County, tmp_path: Path) -> None:
    place = open_place(county.folder)
    contracts = read_contracts(place)
    arrivals = json.loads((county.folder / "incoming" / "manifest.json").read_text(encoding="utf-8"))
    ours = [a for a in arrivals if a["source"] in (*AGAIN, ONCE, "ssda903")]
    seen: Counter[str] = Counter()
    for (source, as_at), files in groupby(ours, key=lambda a: (a["source"], a["as_at"])):
        paths = [county.folder / a["file"] for a in files]
        received = receive(place, contracts[source], paths, as_at=date.fromisoformat(as_at), clock=CLOCK)
        for receipt in received:
            for line in receipt.ledger:
                assert line.received == line.loaded + line.repeated + line.quarantined
                assert line.quarantined <= max(0, 0.03 * line.received)
                seen[f"{source}/{line.table_name}"] += line.received
    assert {name for name, rows in seen.items() if rows} == set(seen)
    assert {n for n in seen if n.startswith("ssda903/")} == {f"ssda903/{file}" for file in FILES}
    assert {a["as_at"] for a in ours if a["source"] in AGAIN} == {FIRST, LAST}
    assert {a["as_at"] for a in ours if a["source"] == ONCE} == {FIRST}


def test_no_file_is_sent_without_a_row_or_unchanged(county: County) -> None:
    arrivals = json.loads((county.folder / "incoming" / "manifest.json").read_text(encoding="utf-8"))
    sent: dict[str, bytes] = {}
    for arrival in arrivals:
        path = county.folder / arrival["file"]
        content = path.read_bytes()
        assert content.count(b"\n") > 1 or path.suffix == ".gz", arrival
        assert sent.get(path.name) != content, arrival
        sent[path.name] = content
    left = {p for p in (county.folder / "incoming").rglob("*") if p.is_file() and p.name != "manifest.json"}
    assert {p.relative_to(county.folder).as_posix() for p in left} == {a["file"] for a in arrivals}


def test_shares_are_those_of_england(county: County) -> None:
    ages = county.ages()
    young, pupils = sum(a < 18 for a in ages), sum(4 <= a <= 15 for a in ages)
    looked_after = {r["CHILD"] for r in county.rows("ssda903-episodes") if not r["DEC"]}
    assert 0.005 < len(looked_after) / young < 0.010
    assert 0.026 < len(county.census()) / young < 0.048  # in 800 children a few more or less
    on_roll = county.rows("school-census")
    assert 0.86 < len(on_roll) / pupils < 0.97
    assert 0.15 < sum(r["FSMeligible"] == "true" for r in on_roll) / len(on_roll) < 0.36
    plans = [r for r in county.rows("send") if r["PROVISION"] == "E" and age_on(day_of(r["DOB"])) <= 16]
    assert 0.035 < len(plans) / len(on_roll) < 0.060
    cases = county.rows("childrens-cases")
    assert 0.45 < sum(bool(r["NHS_NUMBER"]) for r in cases) / len(cases) < 0.75
    support = county.rows("send")
    assert 0.80 < sum(bool(r["UPN"]) for r in support if age_on(day_of(r["DOB"])) < 17) / len(support) < 0.95


CODES = {
    ("header", "SEX"): "1 2",
    (
        "header",
        "ETHNIC",
    ): "WBRI WIRI WOTH WIRT WROM MWBC MWBA MWAS MOTH AIND APKN ABAN AOTH BCRB BAFR BOTH CHNE OOTH REFU NOBT",
    ("episodes", "RNE"): "S L P T B U",
    ("episodes", "LS"): "C1 C2 D1 E1 J1 J2 J3 L1 L2 L3 V2 V3 V4",
    ("episodes", "CIN"): "N1 N2 N3 N4 N5 N6 N7 N8",
    ("episodes", "PLACE"): "U1 U2 U3 U4 U5 U6 P1 P2 P3 H5 K1 K2 R1 R2 R3 R5 S1 T0 T1 T2 T3 T4 Z1 A3 A4 A5 A6",
    ("episodes", "PLACE_PROVIDER"): "PR0 PR1 PR2 PR3 PR4 PR5",
    ("episodes", "REC"): "- X1 E2 E3 E4A E4B E5 E6 E7 E8 E9 E11 E12 E13 E14 E15 E16 E17 E41 E45 E46 E47 E48",
    (
        "episodes",
        "REASON_PLACE_CHANGE",
    ): "- CARPL CLOSE ALLEG STAND APPRR CREQB CREQO CHILD LAREQ PLACE CUSTOD OTHER",
    ("reviews", "REVIEW_CODE"): "PN0 PN1 PN2 PN3 PN4 PN5 PN6 PN7",
    ("oc2", "SDQ_REASON"): "- SDQ1 SDQ2 SDQ3 SDQ4 SDQ5",
    ("oc3", "IN_TOUCH"): "YES NO DIED REFU NREQ RHOM",
    ("oc3", "ACTIV"): "F1 F2 F4 F5 P1 P2 P4 P5 G4 G5 G6 0",
    ("ad1", "SEX_ADOPTR"): "M1 F1 MM FF MF",
    ("ad1", "LS_ADOPTR"): "L0 L11 L12 L2 L3 L4",
    ("previous_permanence", "PREV_PERM"): "P1 P2 P3 P4 Z1",
    ("missing", "MISSING"): "M A",
}
"""Code sets of the department's return; a dash where the column may be blank."""


@pytest.mark.parametrize(("file", "column"), sorted(CODES), ids=lambda x: x)
def test_codes_are_those_of_the_return(county: County, file: str, column: str) -> None:
    allowed = {"" if code == "-" else code for code in CODES[file, column].split()}
    for on in (FIRST, LAST):
        if (county.folder / "incoming" / on / f"ssda903-{file}.csv").exists():
            assert {r[column] for r in county.rows(f"ssda903-{file}", on)} <= allowed


def test_headings_are_those_of_the_department(county: County) -> None:
    found = os.environ.get("VESTRY_DATA")
    data = Path(found) if found else Path(__file__).parents[4] / "shared" / "data"
    folder = data / "layouts" / "ssda903_fake"
    if not folder.is_dir():
        pytest.skip("the department's layouts are not at hand")
    for file, columns in FILES.items():
        with (folder / f"{file}.csv").open(encoding="utf-8-sig", newline="") as official:
            assert next(csv.reader(official)) == list(columns)
        assert list(county.rows(f"ssda903-{file}")[0]) == list(columns)


def test_episodes_of_a_child_follow_one_another(county: County) -> None:
    of_child: dict[str, Rows] = defaultdict(list)
    for row in county.rows("ssda903-episodes", LAST):
        of_child[row["CHILD"]].append(row)
    for rows in of_child.values():
        assert rows[0]["RNE"] == "S"
        for one, after in pairwise(rows):
            again = after["RNE"] == "S"
            assert day_of(one["DEC"]) < day_of(after["DECOM"]) if again else one["DEC"] == after["DECOM"]
            assert (one["REC"] == "X1") is not again
        for row in rows:
            assert bool(row["DEC"]) == bool(row["REC"])
            assert not row["DEC"] or day_of(row["DECOM"]) < day_of(row["DEC"])
            assert not row["PL_POST"] or not row["PLACE"].startswith("A")


def test_a_child_lives_where_the_return_says_it_is_placed(county: County) -> None:
    """What is true of the placement is true of the world: the child's home on the last day is that of the carers."""
    now = {r["person"]: r["uprn"] for r in county.truth("households") if not r["until"]}
    placed = [r for r in county.rows("ssda903-episodes", LAST) if not r["DEC"]]
    for row in placed:
        entity = county.people["ssda903", row["CHILD"], "child"]
        assert county.homes["ssda903", f"{row['CHILD']}|{row['DECOM']}", "placement"] == now[entity]
    assert len(placed) >= 5


def test_a_child_who_was_looked_after_never_lived_in_two_places_at_once(county: County) -> None:
    children = {entity for (source, _, _), entity in county.people.items() if source == "ssda903"}
    stays: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in county.truth("households"):
        stays[row["person"]].append((row["since"], row["until"] or "9999"))
    for child in children:
        assert all(one[1] <= after[0] for one, after in pairwise(sorted(stays[child])))


def test_an_adopted_child_is_in_the_return_as_it_was_and_never_as_it_is(county: County) -> None:
    assert len(county.sealed) >= 4
    keys: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for (source, key, _), entity in county.people.items():
        keys[entity].add((source, key))
    episodes, adopted = county.rows("ssda903-episodes"), {r["CHILD"] for r in county.rows("ssda903-ad1")}
    placed = {r["CHILD"] for r in county.rows("ssda903-placed_for_adoption")}
    header = {r["CHILD"]: r for r in county.rows("ssda903-header")}
    for earlier, said in county.sealed.items():
        assert not keys[earlier] & keys[said["entity"]]
        (child,) = {key for source, key in keys[earlier] if source == "ssda903" and "|" not in key}
        last = [r for r in episodes if r["CHILD"] == child][-1]
        assert child in header and child in adopted and child in placed
        assert last["REC"] in ("E11", "E12") and last["PLACE"] == "A6"
        assert day_of(last["DEC"]).isoformat() == said["since"]
        assert not {source for source, _ in keys[said["entity"]]} & {
            "ssda903",
            "cin-census",
            "childrens-cases",
        }
    assert len(adopted) == len(county.sealed)


def test_the_list_of_the_sealed_says_nothing_of_who_they_are_now(county: County) -> None:
    rows = {(r["BIRTH_DATE"], r["NHS_NUMBER"]): r for r in county.rows(ONCE)}
    sealed = {r["earlier"]: r for r in county.truth("sealed")}
    assert len(rows) == len(sealed)
    reasons = {"ADOPTION": "adoption", "GENDER RECOGNITION": "gender recognition", "PROTECTION": "protection"}
    for earlier, said in sealed.items():
        was, now = county.residents[earlier], county.residents[said["entity"]]
        born = date.fromisoformat(was["birth_date"]).strftime("%d/%m/%Y")
        row = rows[born, was["nhs_number"]]
        assert reasons[row["REASON"]] == said["reason"]
        assert (row["SURNAME"], row["FORENAMES"]) == (was["family_name"], was["given_names"])
        assert day_of(row["SINCE"]).isoformat() == said["since"]
        assert now["nhs_number"] not in row.values()
        held = {r["SOURCE_KEY"] for r in county.rows(ONCE) if r["NHS_NUMBER"] == was["nhs_number"]}
        listed = {k for (source, k, _), e in county.people.items() if e == earlier and source == "ssda903"}
        assert listed <= held
    assert not any(source == ONCE for source, _, _ in county.people)


def test_keys_are_unique_but_for_rows_that_are_repeated_whole(county: County) -> None:
    keys = {
        "header": ("CHILD",), "episodes": ("CHILD", "DECOM"), "reviews": ("CHILD", "REVIEW"), "oc2": ("CHILD",),
        "oc3": ("CHILD",), "ad1": ("CHILD",), "previous_permanence": ("CHILD",),
        "placed_for_adoption": ("CHILD", "DATE_PLACED"), "uasc": ("CHILD",), "missing": ("CHILD", "MIS_START"),
    }  # fmt: skip
    for file, key in keys.items():
        rows = county.rows(f"ssda903-{file}")
        assert len({tuple(r[k] for k in key) for r in rows}) == len(rows), file
    for name, column in (("childrens-cases", "CASE_ID"), ("school-census", "PupilID"), ("send", "SEN_REF")):
        distinct = {tuple(r.values()) for r in county.rows(name)}
        assert len({r[column] for r in county.rows(name)}) == len(distinct), name


def test_one_number_is_one_child_in_all_three_systems(county: County) -> None:
    of: dict[str, set[str]] = defaultdict(set)
    for (source, key, part), entity in county.people.items():
        if source in ("ssda903", "cin-census", "childrens-cases") and part == "child":
            of[key].add(entity)
    assert all(len(entities) == 1 for entities in of.values())
    cases = {r["CASE_ID"]: r for r in county.rows("childrens-cases")}
    returns = {r["CHILD"] for r in county.rows("ssda903-header")}
    returns |= {str(c.findtext("ChildIdentifiers/LAchildID")) for c in county.census()}
    assert returns <= set(cases)


def test_a_return_has_no_name_in_it(county: County) -> None:
    """No forename and no surname of the case list stands anywhere in the two returns."""
    names = {
        w for r in county.rows("childrens-cases") for c in ("SURNAME", "FORENAMES") for w in r[c].split()
    }
    names = {n for n in names if len(n) > 3}
    texts = {t for file in FILES for r in county.rows(f"ssda903-{file}") for t in r.values()}
    texts |= {(e.text or "").strip() for child in county.census() for e in child.iter()}
    assert not names & texts


def test_an_open_case_of_the_census_has_no_reason_to_be_closed(county: County) -> None:
    for child in county.census():
        details = child.findall("CINdetails")
        assert 1 <= len(details) <= 2
        for one in details:
            assert (one.findtext("CINclosureDate") is None) == (one.findtext("ReasonForClosure") is None)
        dates = [str(one.findtext("CINreferralDate")) for one in details]
        assert dates == sorted(dates)


def test_pupils_are_in_the_year_of_their_age_and_in_a_school_for_it(county: County) -> None:
    truth = county.residents
    for row in county.rows("school-census"):
        entity = county.people["school-census", row["PupilID"], "pupil"]
        if entity in county.sealed:
            continue
        age = age_on(date.fromisoformat(truth[entity]["birth_date"]), date(2025, 8, 31))
        assert row["NCyearActual"] == ("R" if age == 4 else str(age - 4))
        assert ("Primary" in row["SchoolName"]) == (age < 11)
        assert row["EntryDate"] <= FIRST and bool(row["FSMstartDate"]) == (row["FSMeligible"] == "true")


def test_the_same_seed_makes_the_same_children(county: County, tmp_path: Path) -> None:
    synthesise(tmp_path / "again", residents=4000, seed=7, districts=2)
    for path in sorted((county.folder / "incoming").rglob("*")):
        if path.is_file() and path.name.startswith(
            ("ssda903", "children", "cin", "school", "send", "protected")
        ):
            assert path.read_bytes() == (tmp_path / "again" / path.relative_to(county.folder)).read_bytes()


def test_what_was_closed_stays_closed_on_its_day(county: County) -> None:
    ended = []
    for on in (FIRST, LAST):
        told = {}
        for child in county.census(on):
            for one in child.findall("CINdetails"):
                key = (child.findtext("ChildIdentifiers/LAchildID"), one.findtext("CINreferralDate"))
                told[key] = one.findtext("CINclosureDate")
        ended.append(told)
    both = [k for k, closed in ended[0].items() if closed and k in ended[1]]
    assert len(both) > 5
    assert all(ended[1][k] == ended[0][k] for k in both)


def test_whoever_is_sealed_or_moves_between_districts_has_no_case_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sealed person's case would be a second one of the same child; one who moves would have two numbers."""
    asked: list[tuple[int, int, int]] = []
    begin = Caring.begin

    def watched(caring: Caring) -> None:
        begin(caring)
        young = [p for p in caring.world.residents() if p.age(caring.world.on) < 18]
        left_out = [p for p in young if p.sealed or p.entity[3] != "-"]
        risks = {p.entity for p in caring._by_risk()}
        asked.append((len(left_out), len(risks & {p.entity for p in left_out}), len(risks)))

    monkeypatch.setattr(Caring, "begin", watched)
    synthesise(tmp_path / "county", residents=3000, seed=3, months=0, districts=2)
    assert len(asked) == 2
    for left_out, known, risks in asked:
        assert left_out > 3 and known == 0 and risks > 200


def test_closing_a_case_leaves_alone_what_was_closed_before() -> None:
    long_ago, lately = date(2024, 1, 10), date(2025, 3, 1)
    case = Case(
        number="1", child="P01-000001", need="N1", opened=long_ago,
        needs=[
            Need(referred=long_ago, source="6", closed=date(2024, 5, 1), why="RC9"),
            Need(referred=lately, source="2B", assessed=date(2025, 4, 1)),
        ],
    )  # fmt: skip
    assert case.closed is None
    case.close(date(2025, 3, 20), "RC7")
    assert [(n.closed, n.why) for n in case.needs] == [(date(2024, 5, 1), "RC9"), (date(2025, 4, 1), "RC7")]
    assert case.closed == date(2025, 4, 1)
