"""A provider of sign-ins for tests: OpenID Connect on this machine, with one person to choose."""

from __future__ import annotations

import base64
import secrets
import socket
import threading
import time
from html import escape
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route

if TYPE_CHECKING:
    from starlette.requests import Request

CLIENT, SECRET = "errata", "secret-of-the-test"
PERSON = {"sub": "1", "name": "Ada Lovelace", "email": "ada@example.org"}


class Provider:
    """Start it with `with`. Every code is good once, for the client that it was given to."""

    def __enter__(self) -> Self:
        listener = socket.socket(proto=socket.IPPROTO_TCP)
        listener.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self._key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256", "kid": "test"})
        self._nonces: dict[str, str] = {}
        routes = [
            Route("/.well-known/openid-configuration", self._discovery),
            Route("/authorize", self._authorize),
            Route("/token", self._token, methods=["POST"]),
            Route("/jwks", self._keys),
        ]
        config = uvicorn.Config(Starlette(routes=routes), log_level="error", lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([listener],), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(10)

    def secrets(self, app_url: str) -> str:
        """The app's `secrets.toml`."""
        return f"""
[auth]
redirect_uri = "{app_url}/oauth2callback"
cookie_secret = "{secrets.token_hex(16)}"
client_id = "{CLIENT}"
client_secret = "{SECRET}"
server_metadata_url = "{self.url}/.well-known/openid-configuration"
"""

    async def _discovery(self, _: Request) -> JSONResponse:
        return JSONResponse(
            {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/jwks",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
            }
        )

    async def _authorize(self, request: Request) -> HTMLResponse:
        asked = request.query_params
        code = secrets.token_urlsafe()
        self._nonces[code] = asked.get("nonce", "")
        back = f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"
        return HTMLResponse(f'<a href="{escape(back)}">Go on as {PERSON["name"]}</a>')

    async def _token(self, request: Request) -> JSONResponse:
        given = request.headers.get("authorization", "").removeprefix("Basic ")
        body = await request.form()
        nonce = self._nonces.pop(str(body["code"]), None)
        if base64.b64decode(given).decode() != f"{CLIENT}:{SECRET}" or nonce is None:
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        claims: dict[str, Any] = {
            **PERSON,
            "iss": self.url,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 600,
            "nonce": nonce,
        }
        return JSONResponse(
            {
                "access_token": secrets.token_urlsafe(),
                "token_type": "Bearer",
                "id_token": jwt.encode({"alg": "RS256", "kid": "test"}, claims, self._key),
            }
        )

    async def _keys(self, _: Request) -> JSONResponse:
        return JSONResponse({"keys": [self._key.as_dict(private=False)]})
