"""`python -m lib.engine serve`: the engine by itself, on 127.0.0.1."""

from __future__ import annotations

import argparse
import logging
import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from lib.engine import REFUSED
from lib.engine.credentials import FILE, TOKEN, WORKSPACE, credentials
from lib.engine.errors import EngineError, StorageFailed
from lib.engine.home import Home
from lib.engine.weights import base_models, packaged_weights

if TYPE_CHECKING:
    from lib.engine.credentials import Credentials

HOST = "127.0.0.1"


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop; the exit code is 0 only if that went well."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        home = Home(options.home.expanduser().resolve())
        try:
            _serve(home, options)
        except OSError as error:
            raise StorageFailed.of(error, f"See to {home.path}, then start again.") from error
        finally:
            home.leave()
    except EngineError as error:
        print(error.message, file=sys.stderr)  # noqa: T201  what a command says
        return REFUSED
    return 0


def _serve(home: Home, options: argparse.Namespace) -> None:
    who = credentials(home.path, os.environ)
    models = base_models(home.models, packaged_weights())
    with _listen(options.port) as bound:
        url = f"http://{HOST}:{bound.getsockname()[1]}/api"

        def ready() -> None:
            home.announce(url, who)
            _introduce(url, who, home, show_token=options.show_token or sys.stdout.isatty())

        from lib.engine.running import run  # noqa: PLC0415  heavy: not before the checks above

        run(home.path, models, who, bound, ready, end_with_stdin=options.end_with_stdin)


def _introduce(url: str, who: Credentials, home: Home, *, show_token: bool) -> None:
    token = who.access_token.get_secret_value()
    if not show_token:
        kept = os.environ.get(TOKEN) != token
        token = f"<hidden; kept in {home.path / FILE}>" if kept else "<hidden; as given>"
    lines = (f"GRADIENT_API_URL={url}", f"{TOKEN}={token}", f"{WORKSPACE}={who.workspace_id}")
    print(*lines, sep="\n", flush=True)  # noqa: T201  what a client needs


def _listen(port: int) -> socket.socket:
    # Named as TCP: otherwise asyncio leaves Nagle's algorithm on, and every answer waits 40 ms.
    bound = socket.socket(proto=socket.IPPROTO_TCP)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((HOST, port))
    except (OSError, OverflowError) as error:
        bound.close()
        reason = error.strerror if isinstance(error, OSError) else "there is no such port"
        raise EngineError(
            f"Port {port} cannot be used ({reason}). Choose another with --port, "
            "or let the system choose with --port 0."
        ) from error
    return bound


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lib.engine", description=__doc__)
    serve = parser.add_subparsers(required=True, metavar="serve").add_parser(
        "serve", help="serve the Gradient API until stopped"
    )
    serve.add_argument("--port", type=int, default=8000, help="0: any free port (default: 8000)")
    serve.add_argument("--home", type=Path, required=True, help="folder of all its state")
    serve.add_argument(
        "--show-token", action="store_true", help="print the access token even into a file"
    )
    serve.add_argument(
        "--end-with-stdin", action="store_true", help="stop when standard input is closed"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
