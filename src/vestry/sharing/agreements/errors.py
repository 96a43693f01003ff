"""What is wrong with agreements, and with the users of a place, as their files have them."""

from __future__ import annotations

from vestry.errors import VestryError


class AgreementInvalid(VestryError):
    """A data sharing agreement has problems. All of them are listed, each with its place in the file."""

    code = "agreement-invalid"
    exit_code = 3
    http_status = 422


class AgreementUnknown(VestryError):
    """No sound agreement of the place has that name. The nearest is suggested; `vestry agreement check` names what is wrong."""

    code = "agreement-unknown"
    exit_code = 2
    http_status = 404


class PeopleInvalid(VestryError):
    """`people.yaml`, which says who the users of a place are, has problems. All of them are listed, each with its line."""

    code = "people-invalid"
    exit_code = 3
    http_status = 422


class UserUnknown(VestryError):
    """`people.yaml` has no user of that id, or the user may not ask for that purpose. The nearest are suggested."""

    code = "user-unknown"
    exit_code = 2
    http_status = 404
