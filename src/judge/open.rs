//! Why something could not be told: each inconclusive verdict has one of these, with its wording and what can be done.

mod reading;
mod words;

pub(super) use reading::{is_greylisting, is_rate_limit};

/// Why a verdict is inconclusive. `docs/verdicts.md` has the same list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OpenReason {
    /// A 4xx as a greylister gives it: to every sender that it has not seen before.
    Greylisted,
    /// A 4xx that was not tried twice, or did not stay.
    Deferred,
    /// A 4xx that stayed, and nothing tells whether it is about rights.
    TemporaryRefusal,
    /// The server takes less from this address than the run asks of it: 421, 450, 451 or 454 with such words or X.7.0.
    RateLimited,
    /// 421: the server ended its service in the middle (RFC 5321 3.8).
    ServiceClosing,
    /// Turned away in the greeting or by EHLO (RFC 5321 3.1).
    TurnedAway,
    /// Nobody listens, or the system knows no way there.
    ConnectionRefused,
    /// No connection stood within `limits.connect`.
    ConnectTimedOut,
    /// No greeting came within `limits.reply`.
    GreetPause,
    /// Replies came slower and slower, or stopped behind errors.
    Tarpit,
    /// No reply within `limits.reply`.
    ReplyTimedOut,
    /// The server closed the connection where it owed a reply.
    ConnectionClosed,
    /// The connection was reset.
    ConnectionReset,
    /// What came for a greeting is not SMTP.
    UnexpectedGreeting,
    /// What came is no reply, contradicts itself, or answers nothing that was said.
    UnreadableReply,
    /// The server wants TLS before AUTH or mail (530, X.7.10, X.7.11).
    TlsRequired,
    /// The mechanism is not to be had without TLS (538, or refused while STARTTLS is offered and not used).
    MechanismNeedsTls,
    /// STARTTLS is not listed, or was refused, and the target file wants TLS (RFC 3207 2, 4).
    TlsNotOffered,
    /// What the case would have said may be said under TLS only, and there was none.
    TlsWithheld,
    /// No authority that is trusted here has issued the server's certificate.
    TlsNotTrusted,
    /// The certificate is for another name.
    TlsWrongName,
    /// The certificate is not valid any more, or not yet.
    TlsNotValid,
    /// The server speaks no version of TLS that is spoken here.
    TlsVersion,
    /// Octets in clear came where only TLS may: the wrong port, or somebody between.
    TlsInClear,
    /// The handshake failed, or what stood broke.
    TlsFailed,
    /// Of the mechanisms that the server lists none is spoken here, or none is used unasked.
    MechanismNotSpoken,
    /// The server does not have the mechanism, and what was to be compared with its mail cannot be.
    MechanismUnavailable,
    /// The exchange could not be held to its end: a challenge or an answer that the mechanism does not have.
    ExchangeStopped,
    /// An account's login was refused; a password may be mistyped.
    LoginFailed,
    /// A login that worked before in this run was refused.
    LockedOut,
    /// AUTH was put off with a 4xx.
    LoginDeferred,
    /// `failed-logins` was reached.
    FailedLoginsLimit,
    /// `limits.case` was reached.
    CaseLimit,
    /// `limits.run` was reached.
    RunLimit,
    /// The target file or the arguments do not allow what would have to be sent.
    NotPermitted,
    /// Nobody sees the mail where it would have to arrive.
    NoWitness,
    /// The witness was lost while mail may have been on its way to it.
    WitnessLost,
    /// Accepted, and no witness to see more.
    AcceptedUnproven,
    /// Accepted, and the witness saw nothing that shows the way to it to be open.
    AcceptedUnseen,
    /// Something came in at the witness that leaves it open.
    WitnessHint,
    /// It arrived at the internal server, and whether it leaves from there was not seen.
    ArrivedInside,
    /// The file gives the role no sender.
    NoSender,
    /// The refusal may be about the sender.
    SenderRefusal,
    /// The refusal is or may be about something else than rights.
    OtherRefusal,
    /// The authorized account's mail was refused.
    AuthorizedRefused,
    /// Mail for the local recipient was refused.
    LocalRefused,
    /// No local recipient is named.
    NoLocalRecipient,
    /// Something that would have to be known to compare with was not tried.
    NoControl,
    /// The server relays for the probing address, whoever asks.
    InsideAddress,
    /// Nothing was tried.
    NotTried,
    /// The case asks for something in the wrong place.
    CaseFault,
    /// This program failed.
    OurFault,
}

impl OpenReason {
    /// All of them, in the order of the documentation.
    pub const ALL: [Self; 52] = [
        Self::Greylisted,
        Self::Deferred,
        Self::TemporaryRefusal,
        Self::RateLimited,
        Self::ServiceClosing,
        Self::TurnedAway,
        Self::ConnectionRefused,
        Self::ConnectTimedOut,
        Self::GreetPause,
        Self::Tarpit,
        Self::ReplyTimedOut,
        Self::ConnectionClosed,
        Self::ConnectionReset,
        Self::UnexpectedGreeting,
        Self::UnreadableReply,
        Self::TlsRequired,
        Self::MechanismNeedsTls,
        Self::TlsNotOffered,
        Self::TlsWithheld,
        Self::TlsNotTrusted,
        Self::TlsWrongName,
        Self::TlsNotValid,
        Self::TlsVersion,
        Self::TlsInClear,
        Self::TlsFailed,
        Self::MechanismNotSpoken,
        Self::MechanismUnavailable,
        Self::ExchangeStopped,
        Self::LoginFailed,
        Self::LockedOut,
        Self::LoginDeferred,
        Self::FailedLoginsLimit,
        Self::CaseLimit,
        Self::RunLimit,
        Self::NotPermitted,
        Self::NoWitness,
        Self::WitnessLost,
        Self::AcceptedUnproven,
        Self::AcceptedUnseen,
        Self::WitnessHint,
        Self::ArrivedInside,
        Self::NoSender,
        Self::SenderRefusal,
        Self::OtherRefusal,
        Self::AuthorizedRefused,
        Self::LocalRefused,
        Self::NoLocalRecipient,
        Self::NoControl,
        Self::InsideAddress,
        Self::NotTried,
        Self::CaseFault,
        Self::OurFault,
    ];
}

impl std::fmt::Display for OpenReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.words())
    }
}

#[cfg(test)]
mod tests;
