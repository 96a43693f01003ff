"""Why someone may want to know: the published list of purposes, each with the law that it stands on.

A look at people without one is refused. What the law says of each is for the data protection officer of a place to
confirm; an agreement repeats it in its own words and may be narrower, never wider.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """The law under which something may be known.

    `article_6` and `article_9` of the UK GDPR; `schedule_1` the condition in the Data Protection Act 2018 that Article 9
    needs; `gateway` the statute that lets it be passed on. `part_3`: law-enforcement processing (DPA 2018, Part 3), to
    which the UK GDPR does not apply.
    """

    article_6: str = ""
    article_9: str = ""
    schedule_1: str = ""
    gateway: str = ""
    part_3: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """One reason to look. `code` is what is typed and kept in the audit log; `means` is for people.

    `objections`: a person's objection (UK GDPR, Article 21) is heeded: only where the basis is public task, and nothing
    stands above it. `opt_out`: the National Data Opt-Out is heeded: it covers confidential patient information used
    beyond the care of the person, where no law requires that use.
    """

    code: str
    means: str
    basis: Basis
    objections: bool = True
    opt_out: bool = True

    @property
    def enforces_law(self) -> bool:
        """Whether it is law-enforcement processing, which is kept apart from all other."""
        return bool(self.basis.part_3)


_TASK: Final = "6(1)(e) public task"
_DUTY: Final = "6(1)(c) legal obligation"
_CARE: Final = "9(2)(h) health or social care"
_INTEREST: Final = "9(2)(g) substantial public interest"
_CARE_CONDITION: Final = "Schedule 1, paragraph 2"
_STATUTORY: Final = "Schedule 1, paragraph 6"

PURPOSES: Final = (
    Purpose(
        code="adult-social-care",
        means="assess or arrange care and support for an adult",
        basis=Basis(
            article_6=_TASK,
            article_9=_CARE,
            schedule_1=_CARE_CONDITION,
            gateway="Care Act 2014, sections 6 and 45",
        ),
        opt_out=False,
    ),
    Purpose(
        code="audit",
        means="check that the twin, or the use made of it, is as it should be",
        basis=Basis(
            article_6=_DUTY, article_9=_INTEREST, schedule_1=_STATUTORY, gateway="UK GDPR, Article 5(2)"
        ),
        objections=False,
        opt_out=False,
    ),
    Purpose(
        code="benefits",
        means="decide or review an award, a discount or a reduction",
        basis=Basis(
            article_6=_TASK,
            article_9="9(2)(b) social security and social protection law",
            schedule_1="Schedule 1, paragraph 1",
            gateway="Welfare Reform Act 2012, section 131",
        ),
    ),
    Purpose(
        code="business-rates",
        means="bill and collect business rates",
        basis=Basis(article_6=_TASK, gateway="Local Government Finance Act 1988, schedule 9"),
    ),
    Purpose(
        code="childrens-social-care",
        means="safeguard or promote the welfare of a child",
        basis=Basis(
            article_6=_TASK,
            article_9=_CARE,
            schedule_1=_CARE_CONDITION,
            gateway="Children Act 1989, section 47; Children Act 2004, sections 10 and 11",
        ),
        objections=False,
        opt_out=False,
    ),
    Purpose(
        code="complaint",
        means="look into a complaint or a request for review",
        basis=Basis(
            article_6=_TASK,
            article_9=_INTEREST,
            schedule_1=_STATUTORY,
            gateway="Local Government Act 1974, part 3",
        ),
    ),
    Purpose(
        code="council-tax",
        means="bill and collect council tax",
        basis=Basis(article_6=_TASK, gateway="Local Government Finance Act 1992, schedule 2"),
    ),
    Purpose(
        code="data-quality",
        means="find and mend what is wrong in the records",
        basis=Basis(
            article_6=_DUTY, article_9=_INTEREST, schedule_1=_STATUTORY, gateway="UK GDPR, Article 5(1)(d)"
        ),
        objections=False,
    ),
    Purpose(
        code="direct-care",
        means="care for the person, with those who care for them",
        basis=Basis(
            article_6=_TASK,
            article_9=_CARE,
            schedule_1=_CARE_CONDITION,
            gateway="Health and Social Care Act 2012, section 251B",
        ),
        opt_out=False,
    ),
    Purpose(
        code="education",
        means="school places, attendance and special educational needs",
        basis=Basis(
            article_6=_TASK,
            article_9=_INTEREST,
            schedule_1=_STATUTORY,
            gateway="Education Act 1996, sections 13 and 436A; Children and Families Act 2014, part 3",
        ),
    ),
    Purpose(
        code="electoral-registration",
        means="keep the register of electors, as its law allows",
        basis=Basis(article_6=_TASK, gateway="Representation of the People Act 1983, section 9A"),
    ),
    Purpose(
        code="emergency",
        means="protect life in an emergency",
        basis=Basis(
            article_6="6(1)(d) vital interests",
            article_9="9(2)(c) vital interests",
            gateway="Civil Contingencies Act 2004, section 2",
        ),
        objections=False,
        opt_out=False,
    ),
    Purpose(
        code="fraud",
        means="prevent or detect fraud or error",
        basis=Basis(
            article_6=_TASK,
            article_9=_INTEREST,
            schedule_1="Schedule 1, paragraphs 10 and 14",
            gateway="Digital Economy Act 2017, section 56; Local Audit and Accountability Act 2014, schedule 9",
        ),
        objections=False,
    ),
    Purpose(
        code="housing",
        means="allocate, manage or repair homes, or prevent homelessness",
        basis=Basis(
            article_6=_TASK,
            article_9=_INTEREST,
            schedule_1=_STATUTORY,
            gateway="Housing Act 1996, sections 179, 213 and 213B",
        ),
    ),
    Purpose(
        code="law-enforcement",
        means="prevent, investigate or prosecute crime, by those whom the law names for it",
        basis=Basis(
            part_3="Data Protection Act 2018, section 35 and schedule 8",
            gateway="Crime and Disorder Act 1998, section 115",
        ),
        objections=False,
    ),
    Purpose(
        code="licensing",
        means="licences, food hygiene and trading standards",
        basis=Basis(article_6=_TASK, gateway="Licensing Act 2003; Food Safety Act 1990"),
    ),
    Purpose(
        code="life-event",
        means="pass on a birth, a move or a death that was reported once",
        basis=Basis(article_6=_TASK, gateway="Localism Act 2011, section 1"),
    ),
    Purpose(
        code="matching-review",
        means="decide whether records describe one and the same",
        basis=Basis(
            article_6=_DUTY, article_9=_INTEREST, schedule_1=_STATUTORY, gateway="UK GDPR, Article 5(1)(d)"
        ),
        objections=False,
    ),
    Purpose(
        code="planning",
        means="plan services from counts of people, not about any one of them",
        basis=Basis(
            article_6=_TASK,
            article_9="9(2)(j) research and statistics",
            schedule_1="Schedule 1, paragraph 4",
            gateway="Local Government Act 1999, section 3",
        ),
    ),
    Purpose(
        code="public-health",
        means="protect or improve the health of the population",
        basis=Basis(
            article_6=_TASK,
            article_9="9(2)(i) public health",
            schedule_1="Schedule 1, paragraph 3",
            gateway="National Health Service Act 2006, section 2B",
        ),
    ),
    Purpose(
        code="reorganisation",
        means="divide or join records between old councils and new",
        basis=Basis(
            article_6=_TASK,
            article_9=_INTEREST,
            schedule_1=_STATUTORY,
            gateway="Local Government and Public Involvement in Health Act 2007, part 1",
        ),
        objections=False,
    ),
    Purpose(
        code="safeguarding",
        means="protect someone at risk of harm",
        basis=Basis(
            article_6=_TASK,
            article_9=_INTEREST,
            schedule_1="Schedule 1, paragraph 18",
            gateway="Children Act 2004, sections 10 and 11; Care Act 2014, sections 42 and 45",
        ),
        objections=False,
        opt_out=False,
    ),
    Purpose(
        code="service-delivery",
        means="give a service that the person asked for or is due",
        basis=Basis(article_6=_TASK, gateway="Digital Economy Act 2017, section 35"),
    ),
    Purpose(
        code="subject-access",
        means="answer a person who asks what is held about them",
        basis=Basis(
            article_6=_DUTY, article_9=_INTEREST, schedule_1=_STATUTORY, gateway="UK GDPR, Article 15"
        ),
        objections=False,
        opt_out=False,
    ),
    Purpose(
        code="training",
        means="practise on a fictional place",
        basis=Basis(gateway="none is needed: nobody in a fictional place lives"),
    ),
)
"""In order of code. Add to it with the data protection officer; never change what a code means."""

_BY_CODE: Final = {purpose.code: purpose for purpose in PURPOSES}


def purpose_of(code: str | None) -> Purpose | None:
    """The purpose with that code; None when there is none, or none was given."""
    return _BY_CODE.get(code) if code is not None else None


def nearest_purpose(code: str) -> str | None:
    """The code most like a mistyped one, if any is at all like it."""
    return next(iter(get_close_matches(code.strip().lower(), _BY_CODE, n=1)), None)
