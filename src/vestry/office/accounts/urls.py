"""Every address of accounts, and the view behind it."""

from __future__ import annotations

from typing import Final

from django.urls import path

from vestry.office.accounts import pages, passkey_pages, token_pages

urlpatterns: Final = [
    path("sign-in/", pages.door),
    path("sign-in/openid/", pages.to_provider),
    path("sign-in/openid/back/", pages.from_provider),
    path("sign-in/demo/", pages.demo),
    path("sign-in/passkey/options/", passkey_pages.come_in_options),
    path("sign-in/passkey/", passkey_pages.come_in),
    path("sign-out/", pages.leave),
    path("organisation/", pages.organisation),
    path("enrol/<str:word>/", passkey_pages.invited),
    path("enrol/<str:word>/options/", passkey_pages.invited_options),
    path("enrol/<str:word>/passkey/", passkey_pages.invited_enrols),
    path("passkeys/", passkey_pages.mine),
    path("passkeys/options/", passkey_pages.another_options),
    path("passkeys/passkey/", passkey_pages.another),
    path("passkeys/<int:number>/remove/", passkey_pages.remove),
    path("passkey/again/", passkey_pages.again),
    path("passkey/again/options/", passkey_pages.again_options),
    path("passkey/again/passkey/", passkey_pages.shown_again),
    path("oauth/token", token_pages.token),
    path("oauth/revoke", token_pages.revoke),
    path("who-am-i", token_pages.who_am_i),
]
