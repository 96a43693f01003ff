"""The contract editor: drafted from a file, mapped by choosing, tried on the file's rows, and saved as the next version."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from browser import Browser, MovingClock
from governed_office import NOON, come_in, people_of, served
from served_office import entered
from vestry.contracts.reading import read_contracts
from vestry.errors import AuditUnavailable
from vestry.office.project import Office
from vestry.sharing.askers import Post, User
from vestry.standardise.trying import tried

ROWS = "PLOT,SURNAME,DOB,POSTCODE\n" + "".join(f"A{n},Ash,2{n % 9}/02/1970,AB1 2CD\n" for n in range(1, 30))
BASIS = "6(1)(e) public task"


def engineer(user: str, organisation: str) -> User:
    post = Post(organisation=organisation, roles=frozenset({"data-engineer"}))
    return User(user=user, name=user.title(), posts=(post,))


@pytest.fixture
def site(office: Office) -> Any:
    site = served(replace(office, place=replace(office.place, run_by="police")), MovingClock(at=NOON))
    people_of(site).import_people([engineer("dana", "borough"), engineer("nils", "nhs")])
    return site


@pytest.fixture
def dana(site: Any) -> Browser:
    return come_in(site, "dana")


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def brought(browser: Browser, content: str = ROWS, name: str = "plots.csv") -> str:
    page = browser.get("/extracts/receive/").content.decode()
    path = re.search(r'action="(/extracts/receive/[^"]+/)"', page)
    word = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert path and word
    sent = {"csrfmiddlewaretoken": word[1], "files": SimpleUploadedFile(name, content.encode())}
    return str(browser.client.post(path[1], sent)["Location"])


def form(browser: Browser, path: str) -> dict[str, str]:
    """What the editor's form holds, as a browser would send it."""
    page = browser.get(path).content.decode()
    fields: dict[str, str] = {}
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'<option(?: value="([^"]*)")? selected>([^<]*)', body)
        first = re.search(r'<option(?: value="([^"]*)")?>([^<]*)', body)
        found = chosen or first
        fields[name] = (found[1] if found[1] is not None else found[2]) if found else ""
    for one in re.findall(r"<input[^>]*>", page):
        said = dict(re.findall(r'(\w+)="([^"]*)"', one))
        if said.get("name") and (said.get("type") != "checkbox" or " checked" in one):
            fields[said["name"]] = said.get("value", "")
    for name, body in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', page, re.S):
        fields[name] = body
    return {n: v.replace("&#34;", '"') for n, v in fields.items() if n != "csrfmiddlewaretoken"}


def drafted(browser: Browser, source: str = "plots") -> str:
    work = brought(browser)
    answer = browser.send(f"{work}draft/", page=work, new_source=source, new_owner="borough")
    assert answer.status_code == 302, words(answer)
    return str(answer["Location"])


def test_a_first_contract_by_choosing(site: Any, dana: Browser) -> None:
    path = drafted(dana)
    page = dana.get(path)
    assert "Born: 21 February 1970" in words(page) and "There is a problem" not in words(page)
    fields = form(dana, path)
    fields |= {"c2-to": "", "act": "preview"}
    shown = words(dana.send(path, page=path, **fields))
    assert "Born:" not in shown and "Family name: Ash" in shown
    refused = dana.send(path, page=path, **{**form(dana, path), "act": "save"})
    assert refused.status_code == 422 and 'href="#article_6"' in refused.content.decode()
    assert not (site.place.contracts / "borough" / "plots.yaml").exists()
    fields = form(dana, path) | {
        "c2-to": "person.birth_date",
        "article_6": BASIS,
        "title": "Plots",
        "act": "save",
    }
    saved = dana.send(path, page=path, **fields)
    assert saved.status_code == 302 and saved["Location"].startswith("/extracts/work/")
    contract = read_contracts(site.place)["plots"]
    assert (contract.version, contract.title, contract.organisation) == ("1.0.0", "Plots", "borough")
    assert contract.tables[0].column("DOB").targets[0].field == "birth_date"
    assert "doubt" not in contract.path.read_text()
    (entry,) = entered(site, action="contract-saved")
    assert (entry.user, entry.organisation, entry.source, entry.reason) == (
        "dana",
        "borough",
        "plots",
        "1.0.0",
    )
    # The file that it was made from waits still, and is known by its contract now.
    assert '<option value="plots" selected' in dana.get(saved["Location"]).content.decode()
    looks = entered(site, action="contract-preview")
    assert {(e.user, e.purpose) for e in looks} == {("dana", "data-quality")}
    assert [e.stage for e in looks[:2]] == ["asked", "answered"] and looks[1].count == 5


def test_a_newer_version_keeps_the_one_before(site: Any, dana: Browser) -> None:
    path = dana.send("/extracts/contracts/tax/begin/", page="/extracts/contracts/tax/")["Location"]
    assert "Bring a file" in words(dana.get(path))
    before = (site.place.contracts / "borough" / "tax.yaml").read_text()
    fields = form(dana, path) | {"c1-required": "yes", "act": "preview"}
    shown = words(dana.send(path, page=path, **fields))
    assert "now required" in shown and "breaking" in shown and "version 2.0.0" in shown
    assert dana.send(path, page=path, **{**fields, "act": "save"}).status_code == 302
    contract = read_contracts(site.place)["tax"]
    assert contract.version == "2.0.0" and contract.tables[0].column("NAME").required
    assert (site.place.earlier_contracts / "borough" / "tax-1.0.0.yaml").read_text() == before
    assert "1.0.0" in words(dana.get("/extracts/contracts/tax/"))
    assert site.twin.contracts()["tax"].version == "2.0.0"


def test_what_was_changed_meanwhile_is_not_written_over(site: Any, dana: Browser) -> None:
    path = dana.send("/extracts/contracts/tax/begin/", page="/extracts/contracts/tax/")["Location"]
    file: Path = site.place.contracts / "borough" / "tax.yaml"
    file.write_text(file.read_text().replace("Council tax", "By hand"))
    answer = dana.send(path, page=path, **{**form(dana, path), "act": "save"})
    assert (
        answer.status_code == 422 and "changed meanwhile" in words(answer) and "By hand" in file.read_text()
    )


def test_no_entry_no_version_and_no_rows(site: Any, dana: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    path = drafted(dana)
    fields = form(dana, path) | {"article_6": BASIS, "act": "save"}

    def full(*_: Any) -> int:
        raise AuditUnavailable("The audit log cannot be written.")

    with monkeypatch.context() as patch:
        patch.setattr(type(site.log), "append_within", full)
        assert dana.send(path, page="/extracts/receive/", **fields).status_code == 503
    assert not (site.place.contracts / "borough" / "plots.yaml").exists()
    assert dana.get(path).status_code == 200  # the draft is there still
    with monkeypatch.context() as patch:
        patch.setattr(type(site.twin.log), "append", full)
        answer = dana.get(path)
        assert answer.status_code == 503 and "Ash" not in words(answer)


def test_what_is_wrong_is_said_beside_its_column(site: Any, dana: Browser) -> None:
    path = drafted(dana)
    fields = form(dana, path)
    page = dana.send(
        path, page=path, **{**fields, "c1-to": "person.birth_date", "c0-codes": "x", "act": "save"}
    )
    text = page.content.decode()
    assert page.status_code == 422 and 'href="#c0-codes"' in text and 'href="#c1-to"' in text
    assert "is a date, but the column is of logicalType string" in words(page)
    page = dana.send(path, page=path, **{**fields, "part_name": "Home!", "act": "save"})
    assert page.status_code == 422 and 'href="#part_name"' in page.content.decode()
    dana.send(path, page=path, **{**fields, "part_name": "agent", "part_kind": "person", "act": "preview"})
    assert 'value="agent.family_name"' in dana.get(path).content.decode()


def test_the_key_and_what_is_promised(site: Any, dana: Browser) -> None:
    path = drafted(dana)
    fields = form(dana, path) | {"article_6": BASIS}
    assert fields.pop("c0-key") == "yes", "what the draft took for the key"
    page = dana.send(path, page=path, **{**fields, "shrink": "a lot", "every_days": "0", "act": "save"})
    text = page.content.decode()
    linked = re.findall(r'href="#([a-z][^"]*)"', text.split('id="problems"')[1].split("</div></div>")[0])
    assert page.status_code == 422 and linked[:3] == ["each_row_counts", "every_days", "shrink"]
    assert 'value="a lot"' in text and "No column makes the key." in words(page)
    fields |= {"each_row_counts": "yes", "c1-key": "yes", "act": "save"}
    assert "untick this, or take the columns out" in words(dana.send(path, page=path, **fields))
    fields |= {"c0-key": "yes", "holds_each_once": "yes", "shrink": "7.5 %", "every_days": "7"}
    fields |= {"surprise-bad_value": "ignore"}
    del fields["each_row_counts"]
    assert dana.send(path, page=path, **fields).status_code == 302
    contract = read_contracts(site.place)["plots"]
    table = contract.tables[0]
    assert (table.key, table.holds_each_once, table.each_row_counts) == (("SURNAME", "PLOT"), True, False)
    assert (contract.tolerance.shrink, contract.tolerance.swell) == (0.075, 0.5)
    assert contract.freshness.every_days == 7 and contract.freshness.latency_days is None
    assert contract.surprises.bad_value == "ignore" and contract.surprises.missing_column == "refuse"


def test_what_most_contracts_never_say(site: Any, dana: Browser) -> None:
    path = drafted(dana)
    fields = form(dana, path) | {"article_6": BASIS, "act": "save"}
    wrong = dana.send(path, page=path, **{**fields, "deleted_column": "PLOT"})
    text = wrong.content.decode()
    assert wrong.status_code == 422 and 'href="#deleted_equals"' in text
    assert re.search(r'name="deleted_column".*?<option value="PLOT" selected', text, re.S), (
        "what was chosen stays"
    )
    ends = {"deleted_column": "POSTCODE", "deleted_equals": "GONE"}
    wrong = dana.send(path, page=path, **{**fields, **ends, "dated_by": "SURNAME"})
    assert wrong.status_code == 422 and "choose none, or say that it holds changes only" in words(wrong)
    assert 'href="#dated_by"' in wrong.content.decode()
    odd = dana.send(path, page=path, **{**fields, "c1-blanks": "N\0K"})
    assert odd.status_code == 422 and "no file can" in words(odd)
    shown = dana.send(path, page=path, **{**fields, "c1-blanks": "Ash", "dated_by": "", "act": "preview"})
    assert "Family name: Ash" not in words(shown), "a text that means nothing becomes nothing"
    fields |= {**ends, "dated_by": "DOB", "extract": "changes", "c1-blanks": " NK \r\n\r\n-\r\nNK"}
    fields |= {"c1-earlier": "LASTNAME\r\nNAME", "c1-class": "personal", "c3-class": "no such"}
    assert dana.send(path, page=path, **fields).status_code == 302
    table = read_contracts(site.place)["plots"].tables[0]
    assert (table.dated_by, table.deleted_when) == ("DOB", ("POSTCODE", "GONE"))
    surname = table.column("SURNAME")
    assert (surname.blanks, surname.earlier_names) == (("NK", "-"), ("LASTNAME", "NAME"))
    assert surname.classification == "personal" and table.column("POSTCODE").classification != "no such"
    again = dana.send("/extracts/contracts/plots/begin/", page="/extracts/contracts/plots/")["Location"]
    held = form(dana, again)
    assert (held["dated_by"], held["deleted_equals"], held["c1-blanks"]) == ("DOB", "GONE", "NK\n-")
    assert "Nothing yet." in words(dana.send(again, page=again, **held, act="preview"))


def test_who_is_whose_and_a_part_taken_out(site: Any, dana: Browser) -> None:
    path = drafted(dana)
    page = dana.send(path, page=path, **{**form(dana, path), "act": "add"})
    assert page.status_code == 422 and 'id="part_name-error"' in page.content.decode()
    page = dana.send(path, page=path, **{**form(dana, path), "part_name": "agent", "act": "add"})
    assert 'id="part_kind-error"' in page.content.decode() and 'value="agent"' in page.content.decode()
    fields = form(dana, path) | {"part_name": "agent", "part_kind": "person", "act": "add"}
    assert dana.send(path, page=path, **fields).status_code == 200
    page = dana.send(path, page=path, **{**form(dana, path), "act": "save"})
    text = page.content.decode()
    assert page.status_code == 422 and 'href="#part-agent-out"' in text and 'id="part-agent-out-said"' in text
    assert "agent: No column becomes anything of it" in words(page)
    fields = form(dana, path) | {"c0-to": "agent.family_name", "c0-type": "string", "article_6": BASIS}
    fields |= {"part-agent-liable_with-person": "yes", "part-agent-present_when": "PLOT", "act": "preview"}
    shown = words(dana.send(path, page=path, **fields))
    assert "agent (Resident) Family name: A Is liable together with: person" in shown, shown
    assert dana.send(path, page=path, **{**form(dana, path), "act": "save"}).status_code == 302
    agent = read_contracts(site.place)["plots"].tables[0].part("agent")
    assert (agent.present_when, agent.attributes) == ("PLOT", {"liable_with": "person"})
    newer = dana.send("/extracts/contracts/plots/begin/", page="/extracts/contracts/plots/")["Location"]
    shown = dana.send(newer, page=newer, **{**form(dana, newer), "act": "out-agent"})
    assert shown.status_code == 200 and "agent" not in shown.content.decode()
    assert "parts changed" in words(shown)


def test_one_column_that_holds_several_things(site: Any, dana: Browser) -> None:
    work = brought(dana, "REF,WHO,BORN\n" + "".join(f"{n},ASH; Jo,2{n % 9}/02/1970\n" for n in range(1, 30)))
    path = dana.send(f"{work}draft/", page=work, new_source="plots", new_owner="borough")["Location"]
    fields = form(dana, path) | {"c1-to": "=", "act": "preview", "part_name": "holder", "part_kind": "person"}
    page = dana.send(path, page=path, **fields)
    assert (
        'name="c1-piece1-to"' in page.content.decode() and 'name="c2-piece0-to"' not in page.content.decode()
    )
    fields = form(dana, path) | {"c1-to": "=", "article_6": BASIS, "c2-to": "holder.birth_date"}
    fields |= {
        "c1-piece0-to": "holder.family_name",
        "c1-piece0-before": "; ",
        "c1-piece1-to": "",
        "c1-piece1-after": "; ",
    }
    page = dana.send(path, page=path, **fields, act="save")
    assert page.status_code == 422 and 'href="#c1-piece1-to"' in page.content.decode()
    assert (
        "choose what the piece with that mark becomes"
        in page.content.decode().split('id="c1-piece1-to-said"')[1]
    )
    fields |= {"c1-piece1-to": "holder.given_names", "act": "preview"}
    page = dana.send(path, page=path, **fields)
    assert (
        "Family name: Ash Given names: Jo" in words(page) and 'name="c1-piece2-to"' in page.content.decode()
    )
    page = dana.send(path, page=path, **{**form(dana, path), "act": "save"})
    assert page.status_code == 422 and 'href="#part-row-type"' in page.content.decode(), (
        "what the draft could not tell"
    )
    dana.send(path, page=path, **{**form(dana, path), "act": "out-row"})
    saved = dana.send(path, page=path, **{**form(dana, path), "act": "save"})
    assert saved.status_code == 302, words(saved)
    targets = read_contracts(site.place)["plots"].tables[0].column("WHO").targets
    assert [(t.field, t.after, t.before) for t in targets] == [
        ("family_name", None, "; "),
        ("given_names", "; ", None),
    ]


def test_whose_is_whose(site: Any, dana: Browser) -> None:
    path, nils = drafted(dana), come_in(site, "nils")
    assert nils.get(path).status_code == 404
    assert nils.get("/extracts/contracts/tax/").status_code == 200
    assert nils.send("/extracts/contracts/tax/begin/", page="/extracts/receive/").status_code == 403
    work = brought(nils)
    answer = nils.send(f"{work}draft/", page=work, new_source="mine", new_owner="borough")
    assert answer.status_code == 422 and 'href="#new_owner"' in answer.content.decode()
    answer = dana.send(
        f"{brought(dana)}draft/", page="/extracts/receive/", new_source="tax", new_owner="borough"
    )
    assert answer.status_code == 422 and "There is a source of that name" in words(answer)
    rory_sees = "/extracts/contracts/"
    assert "plots" not in words(nils.get(rory_sees)) and "plots" in words(dana.get(rory_sees))
    assert dana.send(path, page="/extracts/receive/", act="throw").status_code == 302
    assert dana.get(path).status_code == 404


def test_rows_that_would_be_kept_out_say_why(site: Any, tmp_path: Path) -> None:
    contract = read_contracts(site.place)["tax"]
    file = tmp_path / "tax.csv"
    file.write_text(
        "KEY,NAME,BORN\n1,Ash,1980-02-01\n2,Elm,nonsense\n,Oak,1980-02-01\n4,Fir\n5,Yew,1981-01-01\n6,Box,1981-01-01\n"
    )
    folder = tmp_path / "work"
    folder.mkdir()
    found = tried(contract, contract.tables[0], file, folder, as_at=date(2026, 11, 1))
    assert [row.number for row in found.rows] == [1, 2, 3, 4, 5]
    assert [dict(row.broken) for row in found.rows] == [
        {}, {"not-a-date": "BORN"}, {"required": "KEY"}, {"row-ragged": ""}, {},
    ]  # fmt: skip
    assert found.rows[0].parts[0].values["birth_date"] == "1980-02-01"
    assert [len(row.parts) for row in found.rows] == [1, 0, 0, 0, 1]
