//! The wording of each reason, and what can be done about it. `docs/verdicts.md` has the same table.

use super::OpenReason;

impl OpenReason {
    /// Its name in reports for programs: `rate-limited`.
    pub const fn id(self) -> &'static str {
        self.told().0
    }

    /// Its name for people: `rate limited`.
    pub const fn words(self) -> &'static str {
        self.told().1
    }

    /// What can be done, where the rule that found it knows nothing more of the matter.
    pub const fn advice(self) -> &'static str {
        self.told().2
    }

    /// Id, words and advice.
    const fn told(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Greylisted => {
                ("greylisted", "greylisted", "run again later, or exempt the probing address from greylisting")
            }
            Self::Deferred => (
                "deferred",
                "deferred, and not twice alike",
                "run again when the server takes mail, with time enough for a second try",
            ),
            Self::TemporaryRefusal => (
                "temporary-refusal",
                "a temporary refusal that nobody can tell apart",
                "run again later, when a quota, a greylister or trouble of the server's own may be over",
            ),
            Self::RateLimited => (
                "rate-limited",
                "rate limited",
                "raise `limits.pause` or `limits.deferred` in the target file, or exempt the probing address from the \
                 server's limits",
            ),
            Self::ServiceClosing => (
                "service-closing",
                "the server closed its service in the middle",
                "see in the server's log why it said 421: it may be shutting down, or have enough of this client; run again",
            ),
            Self::TurnedAway => (
                "turned-away",
                "turned away at the door",
                "run from an address that the server serves; where its reply is temporary, run again later",
            ),
            Self::ConnectionRefused => (
                "connection-refused",
                "no connection",
                "check that the server is listening, and that `address` in the target file is its",
            ),
            Self::ConnectTimedOut => (
                "connect-timed-out",
                "no connection in time",
                "see whether a packet filter drops what comes from this address; else raise `limits.connect` in the target \
                 file",
            ),
            Self::GreetPause => (
                "greet-pause",
                "no greeting in time",
                "raise `limits.reply` in the target file beyond the server's pause before its greeting; a server that wants \
                 TLS from the first octet waits too: write `tls: implicit`",
            ),
            Self::Tarpit => (
                "tarpit",
                "slowed down by the server",
                "raise `limits.reply` and `limits.case` in the target file, or exempt the probing address from the server's \
                 delays after errors",
            ),
            Self::ReplyTimedOut => (
                "reply-timed-out",
                "no reply in time",
                "raise `limits.reply` in the target file; see in the server's log what it was waiting for",
            ),
            Self::ConnectionClosed => (
                "connection-closed",
                "closed in the middle",
                "see in the server's log why it ended the connection: it may allow this address too few connections, or none",
            ),
            Self::ConnectionReset => (
                "connection-reset",
                "connection reset",
                "see in the server's log whether it crashed, and whether anything between it and this machine cuts \
                 connections",
            ),
            Self::UnexpectedGreeting => (
                "unexpected-greeting",
                "what greeted is not SMTP",
                "check that `address` in the target file names an SMTP service, and that `tls: implicit` stands there if it wants \
                 TLS from the first octet",
            ),
            Self::UnreadableReply => (
                "unreadable-reply",
                "a reply that cannot be read",
                "check that the server gives each command one reply, as RFC 5321 4.2 has it, and that nothing between \
                 changes it",
            ),
            Self::TlsRequired => (
                "tls-required",
                "TLS required",
                "write `tls: starttls` into the target file, or name a port on which AUTH and mail can be had without TLS",
            ),
            Self::MechanismNeedsTls => (
                "mechanism-needs-tls",
                "mechanism only under TLS",
                "write `tls: starttls` into the target file, or name a port on which AUTH can be had without TLS",
            ),
            Self::TlsNotOffered => (
                "tls-not-offered",
                "TLS not offered",
                "check that the server has a certificate and offers TLS to this address; if it does, somebody between \
                 here and there takes it away. A server without TLS is judged without the key `tls` in the target \
                 file",
            ),
            Self::TlsWithheld => (
                "tls-withheld",
                "not said without TLS",
                "let the case begin TLS first, or judge the server without the key `tls` in the target file",
            ),
            Self::TlsNotTrusted => (
                "tls-not-trusted",
                "certificate not trusted",
                "compare the fingerprint with the server's own certificate; if it is the same, name the certificate \
                 of its issuer as `ca-file` below `tls`, or take any with `certificate: any`",
            ),
            Self::TlsWrongName => (
                "tls-wrong-name",
                "certificate for another name",
                "name the server as its certificate does, with `server-name` below `tls` in the target file",
            ),
            Self::TlsNotValid => (
                "tls-not-valid",
                "certificate not valid now",
                "renew the server's certificate, and check this machine's clock; `certificate: any` below `tls` \
                 judges the server in spite of it",
            ),
            Self::TlsVersion => (
                "tls-version",
                "TLS version not supported",
                "a server that speaks TLS 1.0 or 1.1 alone needs a smtpspec built with the feature `legacy-tls`, and \
                 `versions: legacy` below `tls` in the target file",
            ),
            Self::TlsInClear => (
                "tls-in-clear",
                "clear text in the place of TLS",
                "check that `tls` in the target file fits the port, `implicit` or `starttls`; if it does, somebody \
                 between here and there may have said it",
            ),
            Self::TlsFailed => (
                "tls-failed",
                "TLS failed",
                "see in the server's log why its handshake failed, and check that `tls` in the target file fits the \
                 port, `implicit` or `starttls`",
            ),
            Self::MechanismNotSpoken => (
                "mechanism-not-spoken",
                "mechanism not spoken here",
                "name a mechanism for the role that both the server and smtpspec speak",
            ),
            Self::MechanismUnavailable => {
                ("mechanism-unavailable", "mechanism not to be had", "name a mechanism that the server has")
            }
            Self::ExchangeStopped => {
                ("exchange-stopped", "the exchange could not be held", "name another mechanism for the role")
            }
            Self::LoginFailed => (
                "login-failed",
                "login failed",
                "check the name and the password of the account; only if this server refuses its login by design say \
                 `login: refused`",
            ),
            Self::LockedOut => (
                "locked-out",
                "locked out",
                "unlock the account, wait until the server does, or allow fewer `failed-logins` than lock it",
            ),
            Self::LoginDeferred => (
                "login-deferred",
                "login put off",
                "run again later: the server may be slowing down or locking out after failed logins, those of an earlier run \
                 included; wait some minutes",
            ),
            Self::FailedLoginsLimit => (
                "failed-logins-limit",
                "no more logins may fail",
                "mend the logins that failed before it, or raise `failed-logins` in the target file if that locks no account",
            ),
            Self::CaseLimit => {
                ("case-limit", "the time for a dialogue was over", "raise `limits.case` in the target file")
            }
            Self::RunLimit => ("run-limit", "the time for the run was over", "raise `limits.run` in the target file"),
            Self::NotPermitted => (
                "not-permitted",
                "not permitted to send",
                "allow what the reason names, in the target file or the arguments, if that harms nobody",
            ),
            Self::NoWitness => (
                "no-witness",
                "no witness where it would arrive",
                "name a door of the witness for it in the target file, and route it there in the server",
            ),
            Self::WitnessLost => (
                "witness-lost",
                "the witness was lost",
                "see that `smtpspec witness` goes on for as long as the run does, and that the way to its control port stays \
                 open; then run again",
            ),
            Self::AcceptedUnproven => (
                "accepted-unproven",
                "accepted, unproven",
                "name a witness that receives what the server sends to the remote recipient's domain",
            ),
            Self::AcceptedUnseen => (
                "accepted-unseen",
                "accepted, and not seen",
                "check that the server's mail to the remote recipient's domain reaches the witness",
            ),
            Self::WitnessHint => (
                "witness-hint",
                "what the witness saw leaves it open",
                "let no other mail arrive at the witness, and let the server change nothing of ours",
            ),
            Self::ArrivedInside => (
                "arrived-inside",
                "arrived inside",
                "see what the internal server does with mail for the remote recipient, and judge that server",
            ),
            Self::NoSender => ("no-sender", "no sender given", "give the role a `sender`"),
            Self::SenderRefusal => (
                "sender-refusal",
                "it may be about the sender",
                "check the role's `sender`, and name a `local-recipient`, whose mail tells the two apart",
            ),
            Self::OtherRefusal => (
                "other-refusal",
                "it may be about something else",
                "mend what the reply speaks of, or name it under `refusal-wordings` if it is about rights",
            ),
            Self::AuthorizedRefused => (
                "authorized-refused",
                "the authorized account was refused",
                "check that the authorized account may relay and that the server knows the recipient's domain",
            ),
            Self::LocalRefused => {
                ("local-refused", "local mail was refused", "name a local recipient for whom the server takes mail")
            }
            Self::NoLocalRecipient => (
                "no-local-recipient",
                "no local recipient",
                "name a local recipient: `local-recipient` in the target file",
            ),
            Self::NoControl => (
                "no-control",
                "nothing to compare with",
                "describe `authorized-account` under `roles`; only where no account at all may relay say `authorized: none`",
            ),
            Self::InsideAddress => (
                "inside-address",
                "the server relays for this address",
                "run from an address that the server does not trust",
            ),
            Self::NotTried => ("not-tried", "nothing was tried", "see in the target file whether the role can try it"),
            Self::CaseFault => ("case-fault", "the case is wrong", "mend the case at the line that the reason names"),
            Self::OurFault => {
                ("our-fault", "smtpspec failed", "report it with what was printed; the server is not at fault")
            }
        }
    }
}
