"""The mail server of `scripts/smtp.sh`: aiosmtpd with a handler that keeps mails as files."""

import asyncio
import functools
import pathlib
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

USER, PASSWORD = b"ops", b"s3cret word"


class Keeper:
    """Writes each mail into a file, its envelope first."""

    def __init__(self, folder):
        self.folder = folder
        self.count = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused"):
            return "550 5.1.1 no such user here"
        if address.startswith("later"):
            return "451 4.7.1 greylisted, come back later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        encrypted = server.transport.get_extra_info("sslcontext") is not None
        user = session.auth_data.login.decode() if session.auth_data else ""
        lines = [
            f"X-From: {envelope.mail_from}",
            f"X-To: {' '.join(envelope.rcpt_tos)}",
            f"X-User: {user}",
            f"X-Tls: {encrypted}",
        ]
        head = "".join(f"{line}\r\n" for line in lines).encode()
        part = self.folder / "part"
        part.write_bytes(head + envelope.content)
        part.rename(self.folder / f"{self.count}.eml")
        return f"250 2.0.0 kept as {self.count}"


def check(server, session, envelope, mechanism, auth_data):
    right = (
        isinstance(auth_data, LoginPassword)
        and auth_data.login == USER
        and auth_data.password == PASSWORD
    )
    return AuthResult(success=right, handled=right, auth_data=auth_data)


async def serve(folder, mode):
    context = None
    if mode != "none":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(folder / "server.pem", folder / "server.key")
    keeper = Keeper(folder)
    starttls = context if mode == "starttls" else None
    make = functools.partial(
        SMTP,
        keeper,
        hostname="localhost",
        authenticator=check,
        auth_require_tls=starttls is not None,
        require_starttls=starttls is not None,
        tls_context=starttls,
    )
    loop = asyncio.get_running_loop()
    implicit = context if mode == "tls" else None
    server = await loop.create_server(make, "127.0.0.1", 0, ssl=implicit)
    print(server.sockets[0].getsockname()[1], flush=True)
    # Ends with the test that holds the other end.
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


asyncio.run(serve(pathlib.Path(sys.argv[1]), sys.argv[2]))
