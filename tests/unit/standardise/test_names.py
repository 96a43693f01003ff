"""Names of people: standard forms, whole names taken apart, and the keys they are compared by."""

from __future__ import annotations

import pytest

from vestry.standardise import names
from vestry.standardise.diminutives import USUAL_GIVEN


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  smith ", "SMITH"),
        ("Smith\u00a0Jones", "SMITH JONES"),
        ("O\u2019Brien", "O'BRIEN"),
        ("O' Brien", "O'BRIEN"),
        ("O BRIEN", "O'BRIEN"),
        ("O Smith", "O SMITH"),
        ("mc donald", "MCDONALD"),
        ("MAC DONALD", "MACDONALD"),
        ("St. John", "ST JOHN"),
        ("smith - jones", "SMITH-JONES"),
        ("SMITH\u2013JONES", "SMITH-JONES"),
        ("van der Berg", "VAN DER BERG"),
        ("Mr Smith", "SMITH"),
        ("Smith Jnr", "SMITH"),
        ("SMITH OBE JP", "SMITH"),
        ("Smith (nee Jones)", "SMITH"),
        ("Jose\u0301", "JOSÉ"),
        ("Żółkiewski", "ŻÓŁKIEWSKI"),
        ("Major", "MAJOR"),
        ("Lord", "LORD"),
        ("Ng", "NG"),
        ("UNKNOWN", None),
        ("Void", None),
        ("Test", None),
        ("XXX", None),
        ("N/K", None),
        ("-", None),
        ("", None),
    ],
)
def test_family_name(text: str, expected: str | None) -> None:
    assert names.family_name(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mr john", "JOHN"),
        ("Dr. Mary Ann", "MARY ANN"),
        ("J.A.", "J A"),
        ("Robert (Bob)", "ROBERT"),
        ("Anne - Marie", "ANNE-MARIE"),
        ("Major", "MAJOR"),
        ("Baby Jane", "BABY JANE"),
        ("BABY", None),
        ("Baby Girl", None),
        ("Baby of Jane", None),
        ("Miss", None),
        ("unknown", None),
    ],
)
def test_given_names(text: str, expected: str | None) -> None:
    assert names.given_names(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SMITH, John", (None, "SMITH", "JOHN")),
        ("SMITH-JONES,MR JOHN", ("MR", "SMITH-JONES", "JOHN")),
        ("Smith, J., Dr", ("DR", "SMITH", "J")),
        ("SMITH, MR & MRS J", ("MR AND MRS", "SMITH", "J")),
        ("John Smith, Jnr", (None, "SMITH", "JOHN")),
        ("Mc Donald, Ronald", (None, "MCDONALD", "RONALD")),
        ("John SMITH", (None, "SMITH", "JOHN")),
        ("SMITH John", (None, "SMITH", "JOHN")),
        ("John VAN DER BERG", (None, "VAN DER BERG", "JOHN")),
        ("Mary SMITH JONES", (None, "SMITH JONES", "MARY")),
        ("JA Smith", (None, "SMITH", "JA")),
        ("Mr J A Smith", ("MR", "SMITH", "J A")),
        ("J. A. Smith", (None, "SMITH", "J A")),
        ("SMITH J A", (None, "SMITH", "J A")),
        ("VAN DYKE J", (None, "VAN DYKE", "J")),
        ("EXORS OF J SMITH", (None, "SMITH", "J")),
        ("Executors of the late Mrs A B Jones (decd)", ("MRS", "JONES", "A B")),
        ("THE EXORS OF MR J SMITH DECD", ("MR", "SMITH", "J")),
        ("MR & MRS SMITH", ("MR AND MRS", "SMITH", None)),
        ("Mr and Mrs J Smith", ("MR AND MRS", "SMITH", "J")),
        ("Mr J & Mrs A Smith", ("MR", "SMITH", "J")),
        ("John and Mary Smith", (None, "SMITH", "JOHN")),
        ("J Smith & A Jones", (None, "SMITH", "J")),
        ("Andy Anderson", (None, "ANDERSON", "ANDY")),
        ("Maria de Souza", (None, "DE SOUZA", "MARIA")),
        ("de Souza", (None, "DE SOUZA", None)),
        ("Van Morrison", (None, "MORRISON", "VAN")),
        ("Cllr Mrs Jane St. John-Smith OBE", ("CLLR MRS", "ST JOHN-SMITH", "JANE")),
        ("Patrick O Brien", (None, "O'BRIEN", "PATRICK")),
        ("Major Tom Jones", ("MAJOR", "JONES", "TOM")),
        ("Major Jones", (None, "JONES", "MAJOR")),
        ("Mr Smith", ("MR", "SMITH", None)),
        ("Baby Smith", (None, "SMITH", None)),
        ("Jane SMITH (nee JONES)", (None, "SMITH", "JANE")),
        ("The Occupier", (None, None, None)),
        ("Mr UNKNOWN", (None, None, None)),
        ("", (None, None, None)),
    ],
)
def test_full_name(text: str, expected: tuple[str | None, ...]) -> None:
    assert names.full_name(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mr.", "MR"),
        ("Councillor", "CLLR"),
        ("Mr & Mrs", "MR AND MRS"),
        ("Prof Dr", "PROF DR"),
        ("Brigadier", "BRIGADIER"),
        ("unknown", None),
        ("", None),
    ],
)
def test_title(text: str, expected: str | None) -> None:
    assert names.title(text) == expected


def test_keys_of_given_names() -> None:
    assert names.first_given("Anne-Marie Jane") == "ANNE-MARIE"
    assert names.usual_given("Bob") == "ROBERT"
    assert names.usual_given("Liz Jane") == "ELIZABETH"
    assert names.usual_given("Mohd. Ali") == "MOHAMMED"
    assert names.usual_given("Zoë") == "ZOE"
    assert names.usual_given("Alex") == "ALEX"
    assert names.usual_given("") is None
    # Folding must not bring back what stands for no name.
    assert names.usual_given("X\u030c") is None
    assert names.family_key("X\u030c") is None
    assert names.family_key("Mr O'Brien") == "OBRIEN"


def test_folded_keeps_letters_only() -> None:
    assert names.folded("O'Brien-Łuczak") == "OBRIENLUCZAK"
    assert names.folded("Jürgen Groß") == "JURGENGROSS"
    assert names.folded("Øster Æbel") == "OSTERAEBEL"
    assert names.folded("12 - '") is None


def test_no_usual_form_is_a_short_form() -> None:
    assert len(USUAL_GIVEN) > 150
    assert not set(USUAL_GIVEN) & set(USUAL_GIVEN.values())


@pytest.mark.parametrize(
    "alike",
    [
        "MOHAMMED MUHAMMAD MOHAMED MOHAMAD",
        "HUSSAIN HUSSEIN HOSSAIN HUSAIN",
        "CHOUDHURY CHOWDHURY CHAUDHRY CHAUDHARY",
        "SHEIKH SHAIKH SHEIK",
        "AKHTAR AKTAR AKHTER",
        "QURESHI KURESHI QURAISHI",
        "IQBAL IKBAL",
        "RAHMAN REHMAN",
        "SINGH SING",
        "KOWALSKI KOVALSKI",
        "NOWAK NOVAK",
        "WIŚNIEWSKI WISNIEVSKI",
        "GRZEGORZ GREGOR",
        "SMITH SMYTH SMYTHE",
        "STEPHENS STEVENS",
        "THOMPSON THOMSON",
        "PHILLIPS PHILIPS",
        "WRIGHT RIGHT",
        "MACKENZIE MCKENZIE",
        "MACDONALD MCDONALD",
        "CLARK CLARKE",
        "LEE LEIGH",
        "NUÑEZ NUNEZ",
    ],
)
def test_names_that_sound_alike_share_a_key(alike: str) -> None:
    assert len({names.sound(name) for name in alike.split()}) == 1


def test_names_that_do_not_sound_alike_keep_apart() -> None:
    different = [
        "SMITH",
        "JONES",
        "PATEL",
        "KHAN",
        "TAYLOR",
        "BROWN",
        "WILLIAMS",
        "WILSON",
        "DAVIES",
        "BEGUM",
        "SINGH",
        "KAUR",
        "ALI",
        "NOVAK",
        "HUGHES",
    ]
    assert len({names.sound(name) for name in different}) == len(different)
    assert names.sound("李") is None
