"""Who may see a dashboard, and who may record: a token or a password for each role, then a cookie of this server."""

from __future__ import annotations

import asyncio
import hmac
import secrets
from pathlib import Path
from typing import Any

import tornado.web
from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.auth.identity import IdentityProvider, User
from jupyter_server.auth.login import LoginFormHandler
from jupyter_server.utils import url_path_join
from traitlets import Dict, Unicode

from riskkit.workbench import session_log
from riskkit.workbench.passwords import ROLES, role_of_password

PAUSE_SECONDS = 1.0  # after a wrong secret
LONGEST_NAME = 60


class SignIn(LoginFormHandler):
    """The sign-in form, in the language of the server."""

    @allow_unauthenticated
    async def post(self) -> None:
        """Check the token or password of the form; after a wrong one the form is shown again, a little later."""
        provider: Any = self.identity_provider
        given = self.get_argument("password", default="").strip()
        role = await asyncio.to_thread(provider.role_of, given)
        if role is None:
            provider.note("refused", self)
            await asyncio.sleep(PAUSE_SECONDS)
            self.set_status(401)
            self._render(message={"error": True})  # type: ignore[no-untyped-call]
            return
        user = make_user(role, self.get_argument("name", default=""))
        self.current_user = user
        provider.set_login_cookie(self, user)
        provider.note("signed_in", self, user)
        self._redirect_safe(self.get_argument("next", default=self.base_url))  # type: ignore[no-untyped-call]


class RoleIdentityProvider(IdentityProvider):
    """Asks once for a token (in the address or the form) or a password; then a cookie of this server stands for it.

    `token` is that of contributors. The cookie is signed: nobody makes himself a role.
    """

    reader_token = Unicode("", config=True)
    passwords = Dict(config=True)
    sessions = Unicode("", config=True, help="folder of the session log")

    @property
    def auth_enabled(self) -> bool:
        """Always: without a secret nobody enters."""
        return True

    @property
    def login_available(self) -> bool:
        """The form is there."""
        return True

    def get_handlers(self) -> list[tuple[str, object]]:
        """Sign-in only: passwords are changed where the server is started."""
        application: Any = self.parent
        return [(url_path_join(application.base_url, "login"), SignIn)]

    async def get_user_token(self, handler: tornado.web.RequestHandler) -> User | None:
        """The user of a token in the address or the headers; the cookie's own where it is of the same role."""
        role = self._role_of_token(self.get_token(handler) or "")
        if role is None:
            return None
        known: Any = self.get_user_cookie(handler)
        return known if known is not None and role_of_user(known) == role else make_user(role)

    def role_of(self, given: str) -> str | None:
        """The role that a token or password opens; None for a wrong one."""
        return self._role_of_token(given) or role_of_password(given, self.passwords)

    def note(self, event: str, handler: tornado.web.RequestHandler, user: User | None = None, **said: str) -> None:
        """Add to the session log; a log that cannot be written is said in the server's own."""
        who = {} if user is None else {"role": role_of_user(user), "name": name_of_user(user), "session": user.username}
        try:
            session_log.note(Path(self.sessions), event, **who, address=handler.request.remote_ip or "", **said)
        except OSError as fault:
            self.log.warning("the session log cannot be written: %s", fault)

    def _role_of_token(self, given: str) -> str | None:
        """In constant time; an empty token never opens."""
        tokens = zip(ROLES, (self.token, self.reader_token), strict=True)
        return next(
            (role for role, token in tokens if token and hmac.compare_digest(given.encode(), token.encode())), None
        )


def make_user(role: str, name: str = "") -> User:
    """A visitor of that role: a session of its own, and the name given, which nobody has checked."""
    tidy = "".join(c for c in name if c.isprintable()).strip()[:LONGEST_NAME]
    return User(username=f"{role}-{secrets.token_hex(6)}", name=tidy or "–")


def role_of_user(user: User) -> str:
    """What the user may do; who bears none of our roles reads."""
    role = user.username.partition("-")[0]
    return role if role in ROLES else "reader"


def name_of_user(user: User) -> str:
    """The name given at sign-in; empty for one who came with a token."""
    return "" if user.name == "–" else user.name
