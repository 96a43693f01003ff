from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from vestry.contracts.contract import Contract, Table
from vestry.contracts.drafting import draft_contract
from vestry.errors import FileUnreadable


def drafted(file: Path, check: Callable, organisation: str = "watford") -> tuple[Contract, str]:
    """The contract that a draft becomes once a person has filled in what only a person can say."""
    text = draft_contract(file, source="a-source", organisation=organisation)
    unfilled = check(text)[1]
    assert unfilled and all("still to be filled in" in p.what for p in unfilled), [
        p.lines() for p in unfilled
    ]
    contracts, problems = check(text.replace('"?"', "filled").replace("/?", "/2024").replace("filled", "sum"))
    assert problems == [], [p.lines() for p in problems]
    return contracts["a-source"], text


def fields(table: Table) -> dict[str, str]:
    return {
        c.name: f"{t.part}.{t.field}" + (f"[{t.index}]" if t.index else "")
        for c in table.columns
        for t in c.targets
    }


def people(rows: int = 60, *, days: int = 28) -> list[dict[str, str]]:
    pick = random.Random(7)
    return [
        {
            "ACCOUNT_REF": f"{n:05d}",
            "Surname": pick.choice(["Okafor", "Quigley", "Rees", "Ng", "Lee"]),
            "Forename(s)": pick.choice(["Zainab", "Bronwen"]),
            "Date of birth": f"{pick.randint(1, days):02d}/{pick.randint(1, 12):02d}/{1940 + n}",
            "Surname of other liable person": "Vosper" if n % 3 == 0 else "",
            "Address 1": f"{n} Marlowes Walk",
            "Address 2": "Boxmoor",
            "Postcode": f"HP1 {n % 9 + 1}AB",
            "SEX": str(pick.randint(1, 2)),
            "Ethnic origin": pick.choice("ABC"),
            "Caseworker": pick.choice(["JS", "AP"]),
            "Seen by": pick.choice(["Smithers", "Patel"]),
            "Band": pick.choice("ABCD"),
            "Start date": f"2020-0{n % 9 + 1}-1{n % 10}",
        }
        for n in range(rows)
    ]


def csv_of(rows: list[dict[str, str]], delimiter: str = ",", *, header: bool = True) -> str:
    lines = [delimiter.join(rows[0])] if header else []
    return "\n".join(lines + [delimiter.join(r.values()) for r in rows]) + "\n"


def test_a_register_of_people(tmp_path: Path, check: Callable) -> None:
    file = tmp_path / "x.csv"
    file.write_text(csv_of(people()))
    contract, _ = drafted(file, check)
    table = contract.tables[0]
    assert table.key == ("ACCOUNT_REF",)
    assert table.column("ACCOUNT_REF").logical_type == "string"
    assert fields(table) == {
        "ACCOUNT_REF": "episode.reference",
        "Surname": "person.family_name",
        "Forename(s)": "person.given_names",
        "Date of birth": "person.birth_date",
        "Surname of other liable person": "partner.family_name",
        "Address 1": "home.address_lines[1]",
        "Address 2": "home.address_lines[2]",
        "Postcode": "home.postcode",
        "SEX": "person.sex",
        "Ethnic origin": "person.ethnicity",
        "Start date": "episode.opened_on",
    }
    assert table.part("person").attributes["lives_at"] == "home"
    assert table.column("Date of birth").formats == ("dd/MM/yyyy",)
    assert table.column("Start date").formats == ("yyyy-MM-dd",)
    assert table.column("SEX").codes == {"1": "male", "2": "female"}
    assert set(table.column("Band").codes) == set("ABCD")
    assert table.column("Surname").required and not table.column("Surname of other liable person").required
    assert table.column("Surname").classification == "personal"
    assert table.column("Ethnic origin").classification == "special-category"
    assert contract.lawful_basis.article_9  # asked for, because of that column
    assert {r.check for r in table.rules} >= {"postcode-form", "date-not-after-extract", "nullValues"}


def test_no_value_of_a_person_is_in_a_draft(tmp_path: Path, check: Callable) -> None:
    file = tmp_path / "x.csv"
    rows = people()
    file.write_text(csv_of(rows))
    text = draft_contract(file, source="a-source", organisation="watford")
    written = set(text.replace('"', " ").replace(",", " ").split())
    for row in rows:
        for name, value in row.items():
            if name not in ("SEX", "Ethnic origin", "Band"):
                assert not (value and (value in text if len(value) > 3 else value in written)), name


@pytest.mark.parametrize(
    "text",
    [
        "Okafor,Zainab,Boxmoor\n" + "Rees,Bronwen,Hemel\nVosper,Una,Tring\n" * 9,
        "Okafor,unknown,HP1 1AB\n" + "Rees,01/02/1960,HP1 2AB\n" * 9,
        "Okafor,Zainab\n",
        "1,Lee\n" + "2,Ng\n3,Lee\n" * 9,
    ],
)
def test_a_first_row_of_data_is_not_taken_for_names_of_columns(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.csv").write_text(text)
    draft = draft_contract(tmp_path / "x.csv", source="a-source", organisation="watford")
    assert "header: false" in draft
    assert not any(name in draft for name in ("Okafor", "Zainab", "Lee"))


def test_words_are_a_code_list_only_under_a_header_of_categories(tmp_path: Path) -> None:
    lines = [f"{n},Shop {n},{('Cafe', 'Takeaway')[n % 2]},{('Okafor', 'Rees')[n % 2]}" for n in range(40)]
    (tmp_path / "x.csv").write_text("FHRSID,BusinessName,BusinessType,Inspected\n" + "\n".join(lines))
    draft = draft_contract(tmp_path / "x.csv", source="a-source", organisation="watford")
    assert "Takeaway" in draft and "Okafor" not in draft


@pytest.mark.parametrize(("days", "doubted"), [(12, True), (28, False)])
def test_day_or_month_first(tmp_path: Path, check: Callable, days: int, doubted: bool) -> None:
    file = tmp_path / "x.csv"
    file.write_text(csv_of(people(days=days)))
    line = next(li for li in drafted(file, check)[1].splitlines() if "name: Date of birth" in li)
    assert ("# doubt: day or month first?" in line) == doubted


def test_several_date_formats_and_stand_ins(tmp_path: Path, check: Callable) -> None:
    rows = people()
    rows[0]["Date of birth"] = "01/01/1900"
    rows[1]["Date of birth"] = "1970-05-06"
    rows[2]["Date of birth"] = "NK"
    (tmp_path / "x.csv").write_text(csv_of(rows))
    column = drafted(tmp_path / "x.csv", check)[0].tables[0].column("Date of birth")
    assert column.formats == ("dd/MM/yyyy", "yyyy-MM-dd")
    assert set(column.blanks) == {"01/01/1900", "NK"}


@pytest.mark.parametrize("delimiter", [",", "|", ";", "\t"])
@pytest.mark.parametrize("header", [True, False])
def test_delimiter_and_header(tmp_path: Path, check: Callable, delimiter: str, header: bool) -> None:
    file = tmp_path / "x.csv.gz"
    file.write_bytes(gzip.compress(csv_of(people(), delimiter, header=header).encode()))
    contract, _ = drafted(file, check)
    assert contract.layout.delimiter == delimiter
    assert contract.layout.header is header
    assert len(contract.tables[0].columns) == 14
    if not header:
        assert "home.postcode" not in fields(contract.tables[0]).values()
        assert any(t.endswith(".postcode") for t in fields(contract.tables[0]).values())


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
def test_encoding(tmp_path: Path, check: Callable, encoding: str) -> None:
    rows = people()
    rows[0]["Surname"] = "Müller"
    (tmp_path / "x.csv").write_bytes(csv_of(rows).encode(encoding))
    contract, _ = drafted(tmp_path / "x.csv", check)
    assert contract.layout.encoding == {"utf-8-sig": "utf-8"}.get(encoding, encoding)
    assert contract.tables[0].columns[0].name == "ACCOUNT_REF"


def test_no_key(tmp_path: Path, check: Callable) -> None:
    (tmp_path / "x.csv").write_text("kind,town\n" + "a,b\n" * 30)
    table = drafted(tmp_path / "x.csv", check)[0].tables[0]
    assert table.key == () and table.each_row_counts


def test_xml(tmp_path: Path, check: Callable) -> None:
    rows = "".join(
        f"<Est><FHRSID>{n}</FHRSID><BusinessName>B{n}</BusinessName><PostCode>WD1 1AA</PostCode>"
        f"<Scores><Hygiene>{n % 3}</Hygiene></Scores></Est>"
        for n in range(30)
    )
    (tmp_path / "x.xml").write_text(f"<R><H><ItemCount>30</ItemCount></H><All>{rows}</All></R>")
    table = drafted(tmp_path / "x.xml", check)[0].tables[0]
    assert table.rows.path == "All/Est"
    assert table.control_total == "H/ItemCount"
    assert table.column("Hygiene").physical_name == "Scores/Hygiene"
    assert fields(table)["FHRSID"] == "organisation.fhrs_id"


def test_geojson(tmp_path: Path, check: Callable) -> None:
    features = [
        {"type": "Feature", "properties": {"WD24CD": f"E0500000{n}", "WD24NM": f"W{n}"}, "geometry": None}
        for n in range(5)
    ]
    (tmp_path / "x.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    contract, _ = drafted(tmp_path / "x.geojson", check)
    assert contract.layout.format == "geojson"
    assert fields(contract.tables[0]) == {
        "WD24CD": "area.area_code",
        "WD24NM": "area.name",
        "geometry": "area.boundary",
    }
    assert contract.tables[0].parts[0].attributes == {"geography": "ward", "vintage": "2024"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\x01\x02\x03",
        b"<a><b/></a>",
        b"{}",
        b'{"features": 3}',
        b"PAR1xxxx",
        b"\x1f\x8b\x08broken",
        b"<a",
    ],
)
def test_what_cannot_be_drafted_from_is_a_clear_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(FileUnreadable) as caught:
        draft_contract(tmp_path / "x", source="a", organisation="b")
    assert caught.value.fix


def test_entities_are_refused(tmp_path: Path) -> None:
    (tmp_path / "x.xml").write_text('<!DOCTYPE a [<!ENTITY e "x">]><a><b><c>&e;</c></b><b><c>2</c></b></a>')
    with pytest.raises(FileUnreadable, match="entities"):
        draft_contract(tmp_path / "x.xml", source="a", organisation="b")


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable):
        draft_contract(tmp_path / "none.csv", source="a", organisation="b")


REAL = {
    "hertfordshire/food_hygiene/2020-11-15/FHRS155en-GB_broxbourne.xml.gz": {
        "FHRSID": "organisation.fhrs_id",
        "BusinessName": "organisation.organisation_name",
        "RatingDate": "organisation.rated_on",
        "PostCode": "premises.postcode",
        "AddressLine4": "premises.address_lines[4]",
    },
    "hertfordshire/nhs/epraccur_hertfordshire.csv": {
        "Organisation Code": "organisation.ods_code",
        "Name": "organisation.organisation_name",
        "Open Date": "organisation.opened_on",
    },
    "hertfordshire/police/2021-12-hertfordshire-street.csv.gz": {
        "LSOA code": "figure.area_code",
        "Crime type": "figure.category",
        "Month": "figure.period",
    },
    "hertfordshire/geography/hertfordshire_postcodes_onspd_nov2025.csv.gz": {
        "pcds": "where.postcode",
        "lsoa21_code": "where.area_code[lsoa/2021]",
    },
    "hertfordshire/geography/imd2025_england_lsoa21.parquet": {"lsoa21_code": "figure.area_code"},
    "hertfordshire/premises/hertfordshire_edubase.csv": {
        "name": "organisation.organisation_name",
        "text": "premises.address_lines",
    },
    "layouts/ssda903_fake/header.csv": {
        "SEX": "person.sex",
        "DOB": "person.birth_date",
        "ETHNIC": "person.ethnicity",
        "UPN": "person.upn",
    },
    "layouts/cin_census_fake/fake_CIN_data.xml.gz": {
        "PersonBirthDate": "person.birth_date",
        "UPN": "person.upn",
    },
    "layouts/addressbase_premium_layout/blpu.csv": {
        "UPRN": "premises.uprn",
        "POSTCODE_LOCATOR": "premises.postcode",
    },
    "layouts/addressbase_premium_layout/sample_abp_lines_all_record_types.csv": {},
    "linkage/febrl/dataset1.csv.gz": {"surname": "person.family_name", "date_of_birth": "person.birth_date"},
}


@pytest.mark.parametrize("name", REAL)
def test_real_files(name: str, shared: Path, check: Callable) -> None:
    contract, _ = drafted(shared / name, check)
    found: dict[str, str] = {}
    for table in contract.tables:
        found |= fields(table)
    assert REAL[name].items() <= found.items(), found
    if "epraccur" in name:
        assert contract.layout.header is False
    if "sample_abp" in name:
        assert {t.rows.equals for t in contract.tables} >= {"21", "24", "28"}


def test_of_two_numbers_of_other_kinds_one_is_drafted_and_the_other_doubted(tmp_path: Path) -> None:
    rows = "".join(f"k{n},43105896{n},P{n}71204\n" for n in range(10, 40))
    (file := tmp_path / "learners.csv").write_text(f"KEY,ULN,Passport Number\n{rows}", encoding="utf-8")
    text = draft_contract(file, source="learners", organisation="college")
    assert text.count("person.other_number[") == 1
    assert "person.other_number[uln]" in text
    assert "another column feeds that already" in text
