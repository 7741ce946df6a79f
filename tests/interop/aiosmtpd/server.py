"""A mail server on 127.0.0.1 for the tests: aiosmtpd, a policy of who may relay, and NTLM.

    server.py PORT WITNESS_PORT NONCE POLICY ACCOUNTS

ACCOUNTS is a file with a line NAME:PASSWORD an account. Mail for inside.example is taken and dropped; mail for any other
domain that the policy lets through goes to WITNESS_PORT. NTLM takes NTLMv2 (MS-NLMP 3.3.2) and the null session
(3.2.5.1.2): whoever asks for that has authenticated, as nobody.
"""

import asyncio
import hashlib
import hmac
import os
import smtplib
import struct
import sys

from aiosmtpd.smtp import MISSING, SMTP, AuthResult, LoginPassword

HOST = "mx.inside.example"
LOCAL = {"postmaster@inside.example", "authorized@inside.example", "unauthorized@inside.example"}
REFUSED = "550 5.7.1 Relaying denied"
REFUSED_FOR_NOW = "450 4.7.1 Relaying denied"
TAKEN = "250 2.0.0 OK"

# Whoever asked for the null session: authenticated, and nobody.
NOBODY = ""


def is_authorized(session):
    return session.auth_data == "authorized"


def is_authenticated(session):
    return session.authenticated


def nobody(_session):
    return False


def everybody(_session):
    return True


# Whose mail is relayed; what everybody else's recipient is answered; what everybody else's message is.
POLICIES = {
    "authorized-only": (is_authorized, REFUSED, None),
    "any-authenticated": (is_authenticated, REFUSED, None),
    "open": (everybody, REFUSED, None),
    "closed": (nobody, REFUSED, None),
    "drops-the-rest": (is_authorized, None, TAKEN),
    "drops-everything": (nobody, None, TAKEN),
    "refuses-late": (is_authorized, None, REFUSED),
    "refuses-for-now": (is_authorized, REFUSED_FOR_NOW, None),
}

# MS-NLMP 2.2.2.5: UNICODE, REQUEST_TARGET, NTLM, ALWAYS_SIGN, TARGET_TYPE_DOMAIN, EXTENDED_SESSIONSECURITY, TARGET_INFO.
CHALLENGE_FLAGS = 0x0089_8205
TARGET = "INSIDE".encode("utf-16-le")
# MsvAvNbDomainName, then MsvAvEOL (2.2.2.1).
TARGET_INFORMATION = struct.pack("<HH", 2, len(TARGET)) + TARGET + bytes(4)


class Handler:
    def __init__(self, policy, accounts, witness_port):
        self.relays, self.recipient_reply, self.message_reply = POLICIES[policy]
        self.accounts = accounts
        self.witness_port = witness_port
        self.deliveries = set()

    def authenticate(self, _server, _session, _envelope, mechanism, data):
        """Asked by aiosmtpd's own PLAIN and LOGIN."""
        name = data.login.decode(errors="replace")
        password = self.accounts.get(name)
        holds = isinstance(data, LoginPassword) and password is not None and data.password == password.encode()
        return AuthResult(success=holds, handled=False, auth_data=name)

    async def auth_NTLM(self, server, _args):
        """MS-SMTPNTLM; aiosmtpd hands over an initial response, which we do not look for."""
        negotiate = await server.challenge_auth("")
        if negotiate is MISSING:
            return AuthResult(success=False, handled=True)
        challenge = os.urandom(8)
        authenticate = await server.challenge_auth(challenge_message(challenge))
        if authenticate is MISSING:
            return AuthResult(success=False, handled=True)
        name = identity(authenticate, challenge, self.accounts)
        return AuthResult(success=name is not None, handled=False, auth_data=name)

    async def handle_RCPT(self, _server, session, envelope, address, _options):
        is_local = address in LOCAL
        if not is_local and address.endswith("@inside.example"):
            return "550 5.1.1 No such user"
        if not is_local and not self.relays(session) and self.recipient_reply is not None:
            return self.recipient_reply
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server, session, envelope):
        elsewhere = [address for address in envelope.rcpt_tos if address not in LOCAL]
        if not elsewhere:
            return TAKEN
        if not self.relays(session):
            return self.message_reply
        trace = f"Received: from {session.host_name} ([{session.peer[0]}]) by {HOST} with ESMTP\r\n"
        message = trace.encode() + envelope.original_content
        loop = asyncio.get_running_loop()
        delivery = loop.run_in_executor(None, self.deliver, envelope.mail_from, elsewhere, message)
        self.deliveries.add(delivery)
        delivery.add_done_callback(self.deliveries.discard)
        return TAKEN

    def deliver(self, reverse_path, forward_paths, message):
        with smtplib.SMTP("127.0.0.1", self.witness_port, local_hostname=HOST, timeout=10) as next_hop:
            next_hop.sendmail(reverse_path, forward_paths, message)


def challenge_message(challenge):
    """Message 2 (MS-NLMP 2.2.1.2), without a Version."""
    payload = 48
    target = struct.pack("<HHI", len(TARGET), len(TARGET), payload)
    information = struct.pack("<HHI", len(TARGET_INFORMATION), len(TARGET_INFORMATION), payload + len(TARGET))
    head = b"NTLMSSP\0" + struct.pack("<I", 2) + target + struct.pack("<I", CHALLENGE_FLAGS)
    return head + challenge + bytes(8) + information + TARGET + TARGET_INFORMATION


def identity(message, challenge, accounts):
    """Who a message 3 (MS-NLMP 2.2.1.3) proves to be: a name, NOBODY, or None."""
    if message[:12] != b"NTLMSSP\0" + struct.pack("<I", 3) or len(message) < 64:
        return None
    lm_response, nt_response, domain, user = (field(message, at) for at in (12, 20, 28, 36))
    if not user and not nt_response and lm_response in (b"", b"\0"):
        return NOBODY
    name = user.decode("utf-16-le", errors="replace")
    password = accounts.get(name)
    if password is None or len(nt_response) < 24:
        return None
    # NTOWFv2 and NTProofStr, 3.3.2.
    key = hmac_md5(md4(password.encode("utf-16-le")), name.upper().encode("utf-16-le") + domain)
    proof, rest = nt_response[:16], nt_response[16:]
    return name if hmac.compare_digest(proof, hmac_md5(key, challenge + rest)) else None


def field(message, at):
    length, _, offset = struct.unpack_from("<HHI", message, at)
    return message[offset : offset + length]


def hmac_md5(key, data):
    return hmac.new(key, data, hashlib.md5).digest()


def md4(data):
    """RFC 1320; hashlib has it no more."""
    mask = 0xFFFF_FFFF
    data += b"\x80" + bytes((55 - len(data)) % 64) + struct.pack("<Q", len(data) * 8)
    state = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476]
    rounds = (
        (lambda x, y, z: x & y | ~x & z, 0, (3, 7, 11, 19), range(16)),
        (lambda x, y, z: x & y | x & z | y & z, 0x5A82_7999, (3, 5, 9, 13), [4 * i % 16 + i // 4 for i in range(16)]),
        (lambda x, y, z: x ^ y ^ z, 0x6ED9_EBA1, (3, 9, 11, 15), (0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15)),
    )
    for start in range(0, len(data), 64):
        words = struct.unpack_from("<16I", data, start)
        a, b, c, d = state
        for function, constant, shifts, order in rounds:
            for step, index in enumerate(order):
                total = (a + (function(b, c, d) & mask) + words[index] + constant) & mask
                shift = shifts[step % 4]
                a, b, c, d = d, (total << shift | total >> (32 - shift)) & mask, b, c
        state = [(one + other) & mask for one, other in zip(state, (a, b, c, d))]
    return struct.pack("<4I", *state)


async def main(port, witness_port, nonce, policy, accounts):
    with open(accounts, encoding="ascii") as lines:
        known = dict(line.rstrip("\n").split(":", 1) for line in lines)
    handler = Handler(policy, known, int(witness_port))

    def session():
        return SMTP(
            handler, hostname=HOST, ident=f"aiosmtpd ({nonce})", authenticator=handler.authenticate, auth_require_tls=False
        )

    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", int(port))
    await server.serve_forever()


# RFC 1320, appendix A.5.
assert md4(b"abc").hex() == "a448017aaf21d8525fc10ae87aa6729d"
asyncio.run(main(*sys.argv[1:]))
