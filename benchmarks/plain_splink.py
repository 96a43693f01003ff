"""What a competent Splink user gets from the fictional place: the bar that Vestry's own linkage has to clear.

    python benchmarks/plain_splink.py PLACE_FOLDER [--withhold] [--as-at DATE]

Reads the files in `incoming/` directly, cleans them as one would in an afternoon (case, accents, one date
form, postcode without a space, blanks for default dates), trains one model and prints the best F1 over
thresholds, for pairs of records in one cluster (connected components) by `truth/people.csv`. `--withhold`
leaves out NHS and National Insurance numbers. Rows that do not parse or repeat another are dropped.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import time
import unicodedata
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

FORMS = ("%d/%m/%Y", "%Y-%m-%d", "%Y%m%d", "%d %b %Y")
THRESHOLDS = (
    0.01,
    0.1,
    0.3,
    0.5,
    0.7,
    0.8,
    0.9,
    0.95,
    0.98,
    0.99,
    0.995,
    0.999,
    0.9995,
    0.9999,
    0.99995,
    0.99999,
)
SHORT = {
    "RD": "ROAD", "ST": "STREET", "AVE": "AVENUE", "CL": "CLOSE", "LN": "LANE", "DR": "DRIVE",
    "CRES": "CRESCENT", "GDNS": "GARDENS", "GR": "GROVE", "CT": "COURT", "PL": "PLACE",
}  # fmt: skip
STREETS = {*SHORT.values(), "WAY", "WALK", "RISE"}
BLANK: dict[str, str] = dict.fromkeys(
    ("nhs_number", "nino", "phone", "birth", "middle", "address", "postcode"), ""
)


def upper(text: str | None) -> str:
    """Capitals without accents or marks."""
    plain = unicodedata.normalize("NFKD", (text or "").replace("ł", "l").replace("Ł", "L"))
    return " ".join(
        "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c)).upper().split()
    )


def address(lines: list[str | None]) -> str:
    """An address as far as its street, street types written out."""
    words = [SHORT.get(word, word) for word in upper(" ".join(line or "" for line in lines)).split()]
    ends = [at for at, word in enumerate(words) if word in STREETS and at > 1]
    return " ".join(words[: ends[-1] + 1] if ends else words)


def birth(text: str | None) -> str:
    """A whole birth date as ISO text; blank when in part, impossible or the form's default."""
    for form in FORMS:
        try:
            day = datetime.strptime(text or "", form)  # noqa: DTZ007 (a day has no time zone)
        except ValueError:
            continue
        return "" if day.year == 1900 else day.strftime("%Y-%m-%d")
    return ""


def digits(text: str | None) -> str:
    """The digits of a number, British telephone prefix dropped."""
    return "".join(c for c in (text or "").replace("+44", "0") if c.isdigit())


def rows(
    path: Path, *, delimiter: str = ",", encoding: str = "utf-8", header: bool = True
) -> Iterator[list[str]]:
    """Distinct rows of the right length."""
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter=delimiter)
        seen: set[tuple[str, ...]] = set()
        width = 0
        for number, row in enumerate(reader):
            width = width or len(row)
            if len(row) == width and tuple(row) not in seen and not (header and number == 0):
                seen.add(tuple(row))
                yield row


def council_tax(path: Path, source: str) -> Iterator[dict[str, str]]:
    """Liable people and the second ones named."""
    for r in rows(path):
        home = {"address": address(r[7:11]), "postcode": upper(r[11]).replace(" ", "")}
        for part, at in (("liable", 2), ("partner", 12)):
            if r[at + 1]:
                yield {
                    **BLANK,
                    **home,
                    "source": source,
                    "source_key": r[0],
                    "part": part,
                    "family": upper(r[at + 1]),
                    "given": upper(r[at + 2]),
                    "middle": upper(r[at + 3]),
                    "birth": birth(r[at + 4]),
                    "phone": digits(r[21]) if part == "liable" else "",
                }


def electoral_register(path: Path, source: str) -> Iterator[dict[str, str]]:
    """Electors, their one name column taken apart."""
    for r in rows(path, delimiter=";", encoding="windows-1252"):
        family, _, given = r[1].partition(",")
        first, _, middle = upper(given).partition(" ")
        yield {
            **BLANK,
            "source": source,
            "source_key": r[0],
            "part": "elector",
            "family": upper(family),
            "given": first,
            "middle": middle,
            "birth": birth(r[3]),
            "address": address(r[4:8]),
            "postcode": upper(r[8]).replace(" ", ""),
        }


def gp(path: Path, source: str) -> Iterator[dict[str, str]]:
    """Patients."""
    for r in rows(path, header=False):
        first, _, middle = upper(r[3]).partition(" ")
        yield {
            **BLANK,
            "source": source,
            "source_key": r[0],
            "part": "patient",
            "family": upper(r[2]),
            "given": first,
            "middle": middle,
            "birth": birth(r[6]),
            "address": address(r[7:11]),
            "nhs_number": r[1],
            "postcode": upper(r[11]).replace(" ", ""),
            "phone": digits(r[13] or r[12]),
        }


def housing(path: Path, source: str) -> Iterator[dict[str, str]]:
    """First and second tenants."""
    with gzip.open(path) as file:
        tenancies = {t.findtext("Reference"): t for t in ET.parse(file).getroot().iter("Tenancy")}
    for key, t in tenancies.items():
        lines = [t.findtext(f"Property/Line{n}") for n in range(1, 5)]
        for part, box in (("tenant", "First"), ("joint", "Second")):
            if t.findtext(f"{box}/Surname"):
                first, _, middle = upper(t.findtext(f"{box}/Forenames")).partition(" ")
                yield {
                    **BLANK,
                    "source": source,
                    "source_key": str(key),
                    "part": part,
                    "given": first,
                    "middle": middle,
                    "family": upper(t.findtext(f"{box}/Surname")),
                    "birth": birth(t.findtext(f"{box}/BirthDate")),
                    "address": address(lines),
                    "postcode": upper(t.findtext("Property/PostCode")).replace(" ", ""),
                    "nino": t.findtext(f"{box}/NINO") or "",
                    "phone": digits(t.findtext(f"{box}/Telephone")),
                }


def social_care(path: Path, source: str) -> Iterator[dict[str, str]]:
    """Clients and their carers."""
    for r in rows(path):
        first, _, middle = upper(r[4]).partition(" ")
        home = {"address": address(r[8:11]), "postcode": upper(r[11]).replace(" ", "")}
        yield {
            **BLANK,
            **home,
            "source": source,
            "source_key": r[1],
            "part": "client",
            "family": upper(r[3]),
            "given": first,
            "middle": middle,
            "birth": birth(r[5]),
            "nhs_number": r[2],
            "phone": digits(r[12]),
        }
        if r[17]:
            given, _, family = upper(r[17]).partition(" ")
            yield {
                **BLANK,
                **home,
                "source": source,
                "source_key": r[1],
                "part": "carer",
                "family": family,
                "given": given,
                "phone": digits(r[18]),
            }


def business_rates(path: Path, source: str) -> Iterator[dict[str, str]]:
    """Sole traders."""
    for r in rows(path):
        if r[5]:
            given, _, family = upper(r[5]).partition(" ")
            yield {
                **BLANK,
                "source": source,
                "source_key": r[0],
                "part": "proprietor",
                "family": family,
                "given": given,
                "phone": digits(r[11]),
            }


READERS = (
    ("council-tax.csv", council_tax),
    ("electoral-register.csv", electoral_register),
    ("gp-registrations.csv", gp),
    ("housing.xml.gz", housing),
    ("adult-social-care.csv", social_care),
    ("business-rates.csv", business_rates),
)


def records(place: Path, as_at: str | None) -> pd.DataFrame:
    """Every person record of one date's files, flat, with its true entity."""
    folders = sorted(p for p in (place / "incoming").iterdir() if p.is_dir())
    folder = place / "incoming" / as_at if as_at else folders[0]
    with (place / "truth" / "people.csv").open(encoding="utf-8", newline="") as file:
        truth = {(r["source"], r["source_key"], r["part"]): r["entity"] for r in csv.DictReader(file)}
    found = []
    for ending, read in READERS:
        for path in sorted(folder.glob(f"*{ending}")):
            found += list(read(path, path.name.split(".")[0]))
    frame = pd.DataFrame(found).drop_duplicates(["source", "source_key", "part"]).reset_index(drop=True)
    frame["entity"] = [truth[k] for k in zip(frame.source, frame.source_key, frame.part, strict=True)]
    frame["unique_id"] = frame.index
    return frame.astype(object).replace({"": None})


def settings(withhold: bool) -> SettingsCreator:
    """Names, birth date, postcode, address and telephone compared; identifiers too unless withheld."""
    comparisons: list[Any] = [
        cl.NameComparison("given").configure(term_frequency_adjustments=True),
        cl.NameComparison("family").configure(term_frequency_adjustments=True),
        cl.CustomComparison(
            output_column_name="middle",
            comparison_levels=[
                cll.NullLevel("middle"),
                cll.ExactMatchLevel("middle"),
                cll.CustomLevel("substr(middle_l, 1, 1) = substr(middle_r, 1, 1)", "same initial"),
                cll.ElseLevel(),
            ],
        ),
        cl.DateOfBirthComparison("birth", input_is_string=True),
        cl.CustomComparison(
            output_column_name="home",
            comparison_levels=[
                cll.And(cll.NullLevel("address"), cll.NullLevel("postcode")),
                cll.And(cll.ExactMatchLevel("address"), cll.ExactMatchLevel("postcode")),
                cll.And(cll.JaroWinklerLevel("address", 0.9), cll.ExactMatchLevel("postcode")),
                cll.ExactMatchLevel("address"),
                cll.ExactMatchLevel("postcode"),
                cll.ElseLevel(),
            ],
        ),
        cl.ExactMatch("phone"),
    ]
    blocking = [
        block_on("family", "given"),
        block_on("postcode", "family"),
        block_on("postcode", "given"),
        block_on("birth"),
        block_on("phone"),
        block_on("substr(family, 1, 4)", "substr(given, 1, 3)"),
        block_on("address"),
    ]
    if not withhold:
        comparisons += [cl.ExactMatch("nhs_number"), cl.ExactMatch("nino")]
        blocking += [block_on("nhs_number"), block_on("nino")]
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=blocking,
        additional_columns_to_retain=["entity"],
    )


def trained(frame: pd.DataFrame, withhold: bool) -> Linker:
    """A linker trained as the library's tutorial does: u by sampling, m by expectation-maximisation."""
    linker = Linker(frame, settings(withhold), db_api=DuckDBAPI(), set_up_basic_logging=False)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("family", "given", "postcode"), block_on("given", "birth")], recall=0.75
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    for rule in (block_on("family", "given"), block_on("birth"), block_on("address", "given")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    return linker


def pairs_within(sizes: Counter[Any]) -> int:
    """How many pairs groups of these sizes hold."""
    return sum(n * (n - 1) // 2 for n in sizes.values())


def f1_of(clusters: pd.DataFrame) -> tuple[float, float, float]:
    """Pairwise precision, recall and F1 of a clustering with its true entities."""
    found = pairs_within(Counter(clusters.cluster_id))
    true = pairs_within(Counter(clusters.entity))
    both = pairs_within(Counter(zip(clusters.cluster_id, clusters.entity, strict=True)))
    precision, recall = both / max(1, found), both / max(1, true)
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def main() -> None:
    """Train, score, cluster at each threshold, print the best."""
    parser = argparse.ArgumentParser(description="Plain Splink on a fictional place.")
    parser.add_argument("place", type=Path)
    parser.add_argument(
        "--withhold", action="store_true", help="leave out NHS and National Insurance numbers"
    )
    parser.add_argument("--as-at", help="which date under incoming/ (default: the first)")
    asked = parser.parse_args()
    frame = records(asked.place, asked.as_at)
    started = time.perf_counter()
    linker = trained(frame, asked.withhold)
    scored = linker.inference.predict(threshold_match_probability=min(THRESHOLDS))
    best: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    for threshold in THRESHOLDS:
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(scored, threshold)
        precision, recall, f1 = f1_of(clusters.as_pandas_dataframe())
        print(f"threshold {threshold:<7} precision {precision:.4f}  recall {recall:.4f}  F1 {f1:.4f}")
        best = max(best, (f1, precision, recall, threshold))
    seconds = time.perf_counter() - started
    people = frame.entity.nunique()
    print(f"{len(frame)} records of {people} people, identifiers {'withheld' if asked.withhold else 'used'}")
    print(
        f"best F1 {best[0]:.4f} at {best[3]} (precision {best[1]:.4f}, recall {best[2]:.4f}); {seconds:.1f} s"
    )


if __name__ == "__main__":
    main()
