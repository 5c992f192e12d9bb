"""Who may see a dashboard: one secret token per server, kept in a cookie once given."""

from __future__ import annotations

import hmac
from typing import Any

import tornado.web
from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.auth.identity import IdentityProvider, User
from jupyter_server.auth.login import LoginFormHandler
from jupyter_server.utils import url_path_join


class SignIn(LoginFormHandler):
    """The sign-in form, in the language of the server."""

    @allow_unauthenticated
    def post(self) -> None:
        """Check the token of the form; wrong ones see the form again."""
        user = self.identity_provider.process_login_form(self)
        if user is None:
            self.set_status(401)
            self._render(message={"error": True})  # type: ignore[no-untyped-call]
            return
        self.current_user = user
        self.identity_provider.set_login_cookie(self, user)
        self._redirect_safe(self.get_argument("next", default=self.base_url))  # type: ignore[no-untyped-call]


class TokenIdentityProvider(IdentityProvider):
    """Asks for the token once, in the address or in the form; then a cookie bound to this server stands for it."""

    def get_handlers(self) -> list[tuple[str, object]]:
        """Sign-in only: there is no password to change and nothing to sign out of."""
        application: Any = self.parent
        return [(url_path_join(application.base_url, "login"), SignIn)]

    async def get_user_token(self, handler: tornado.web.RequestHandler) -> User | None:
        """As the parent class, comparing in constant time and never accepting an empty token."""
        if not self.token or not _same(self.get_token(handler) or "", self.token):
            return None
        known: Any = self.get_user_cookie(handler)
        return known or self.generate_anonymous_user(handler)

    def process_login_form(self, handler: tornado.web.RequestHandler) -> User | None:
        """The user when the form holds the token, else None."""
        given = handler.get_argument("password", default="").strip()
        return self.generate_anonymous_user(handler) if self.token and _same(given, self.token) else None


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())
