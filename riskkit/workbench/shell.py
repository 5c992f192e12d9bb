"""The words around a dashboard page: waiting, session lost, faults, sign-in. The pages bring their own."""

from __future__ import annotations

from riskkit.errors import Message, message
from riskkit.exhibits.language import LANGUAGES, language

_SENTENCES: dict[str, Message] = {
    "wait": message("Preparing the page…"),
    "javascript": message("This page needs JavaScript: allow it in the browser for this address."),
    "fault": message("This page could not be shown. Reload it; if it happens again, send the log of the dashboard."),
    "lost": message("The session has ended: filters no longer answer. Reload the page to go on where you were."),
    "signed_out": message("You are signed out. Reload the page to sign in again."),
    "unreachable": message(
        "The dashboard does not answer. Check that it is still running; the page reconnects by itself."
    ),
    "reload": message("Reload the page"),
    "home": message("Back to the dashboard"),
    "reference": message("Reference:"),
    "missing": message("This page does not exist"),
    "missing_advice": message("The address is incomplete or out of date. Start again from the first page."),
    "refused": message("Access refused"),
    "refused_advice": message("Open the dashboard with the complete address that riskkit printed when it started."),
    "broken": message("The page could not be made"),
    "broken_advice": message("Try again in a moment; if it happens again, send the log of the dashboard."),
    "login": message("Sign in to the dashboard"),
    "login_advice": message(
        "Type your password, or paste the access token: it is at the end of the address that riskkit printed."
    ),
    "login_wrong": message(
        "This password or token is not the right one. A token is copied from the address, without spaces."
    ),
    "token": message("Password or access token"),
    "name": message("Your name, for the log of visits (optional)"),
    "enter": message("Open the dashboard"),
}


def shell_texts(code: str) -> dict[str, object]:
    """What the page templates and their script read: the language asked for and every sentence in every language.

    Parameters
    ----------
    code
        Language of the page unless its address says otherwise (`?language=en`).

    """
    texts = {each: {name: language(each).say(said) for name, said in _SENTENCES.items()} for each in LANGUAGES}
    return {"language": language(code).code, "texts": texts}
