//! Which replies there are, by name, and what may stand in each.

use crate::protocol::sasl::Mechanism;

/// What a template may have filled in. In YAML `{reverse-path}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Placeholder {
    /// `{argument}`: the command's argument as sent; empty where there was none.
    Argument,
    /// `{challenge}`: what a 334 carries, in base64.
    Challenge,
    /// `{date}`: the time of the reply, `Thu, 3 Apr 2008 15:39:17 +0000`.
    Date,
    /// `{forward-mailbox}`: the forward-path without angle brackets and route.
    ForwardMailbox,
    /// `{forward-path}`: the same in angle brackets.
    ForwardPath,
    /// `{hello}`: the argument of HELO or EHLO; the client's address in brackets where there was none.
    Hello,
    /// `{host}`: the server's own name.
    Host,
    /// `{octets}`: how many octets a chunk had.
    Octets,
    /// `{peer}`: the client's address.
    Peer,
    /// `{peer-name}`: the client's name from a reverse look-up, else its address.
    PeerName,
    /// `{queue-id}`: the id the message got, without the `@host` that some products put behind it.
    QueueId,
    /// `{reverse-mailbox}`: the reverse-path without angle brackets and route, but `<>` for the null reverse-path.
    ReverseMailbox,
    /// `{reverse-path}`: the same in angle brackets; `<>` for the null reverse-path.
    ReversePath,
    /// `{size}`: the number that MAIL's SIZE gave.
    Size,
    /// `{verb}`: the command's verb, in upper case.
    Verb,
    /// `{version}`: the product's version.
    Version,
}

impl Placeholder {
    const ALL: [Self; 16] = [
        Self::Argument,
        Self::Challenge,
        Self::Date,
        Self::ForwardMailbox,
        Self::ForwardPath,
        Self::Hello,
        Self::Host,
        Self::Octets,
        Self::Peer,
        Self::PeerName,
        Self::QueueId,
        Self::ReverseMailbox,
        Self::ReversePath,
        Self::Size,
        Self::Verb,
        Self::Version,
    ];

    /// Its name, without braces.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Argument => "argument",
            Self::Challenge => "challenge",
            Self::Date => "date",
            Self::ForwardMailbox => "forward-mailbox",
            Self::ForwardPath => "forward-path",
            Self::Hello => "hello",
            Self::Host => "host",
            Self::Octets => "octets",
            Self::Peer => "peer",
            Self::PeerName => "peer-name",
            Self::QueueId => "queue-id",
            Self::ReverseMailbox => "reverse-mailbox",
            Self::ReversePath => "reverse-path",
            Self::Size => "size",
            Self::Verb => "verb",
            Self::Version => "version",
        }
    }

    /// The placeholder of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|placeholder| placeholder.name() == name)
    }

    /// Whether every template may use it: it is about the connection, not about a command.
    pub const fn is_general(self) -> bool {
        matches!(self, Self::Date | Self::Hello | Self::Host | Self::Peer | Self::PeerName | Self::Version)
    }
}

macro_rules! reply_keys {
    ($($(#[$doc:meta])* $variant:ident = $name:literal [$($placeholder:ident),*],)+) => {
        /// Which reply it is. The name in YAML is the kebab-case path: `rcpt.relay-refused`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ReplyKey {
            $($(#[$doc])* $variant,)+
            /// `authenticate.login-ok` and so on: the proof held, by mechanism.
            AuthenticateOk(Mechanism),
            /// `authenticate.login-refused` and so on: the proof did not hold.
            AuthenticateRefused(Mechanism),
            /// `authenticate.login-not-authorized` and so on: the proof held, but the identity may not use the mail
            /// service, and AUTH says so.
            AuthenticateNotAuthorized(Mechanism),
        }

        impl ReplyKey {
            const PLAIN: &[Self] = &[$(Self::$variant,)+];

            /// The name in YAML.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                    Self::AuthenticateOk(mechanism) => mechanism_name!(mechanism, "-ok"),
                    Self::AuthenticateRefused(mechanism) => mechanism_name!(mechanism, "-refused"),
                    Self::AuthenticateNotAuthorized(mechanism) => mechanism_name!(mechanism, "-not-authorized"),
                }
            }

            /// What its template may use besides the placeholders that are [general](Placeholder::is_general).
            pub const fn placeholders(self) -> &'static [Placeholder] {
                match self {
                    $(Self::$variant => &[$(Placeholder::$placeholder),*],)+
                    Self::AuthenticateOk(_) | Self::AuthenticateRefused(_) | Self::AuthenticateNotAuthorized(_) => &[],
                }
            }
        }
    };
}

macro_rules! mechanism_name {
    ($mechanism:ident, $end:literal) => {
        match $mechanism {
            Mechanism::Anonymous => concat!("authenticate.anonymous", $end),
            Mechanism::CramMd5 => concat!("authenticate.cram-md5", $end),
            Mechanism::External => concat!("authenticate.external", $end),
            Mechanism::Login => concat!("authenticate.login", $end),
            Mechanism::Ntlm => concat!("authenticate.ntlm", $end),
            Mechanism::OauthBearer => concat!("authenticate.oauthbearer", $end),
            Mechanism::Plain => concat!("authenticate.plain", $end),
            Mechanism::ScramSha256 => concat!("authenticate.scram-sha-256", $end),
            Mechanism::Xoauth2 => concat!("authenticate.xoauth2", $end),
        }
    };
}

reply_keys! {
    /// The greeting.
    Greeting = "greeting" [],
    /// HELO is taken.
    HeloOk = "helo.ok" [Argument],
    /// HELO or EHLO without an argument, where one is asked for.
    HeloArgumentMissing = "helo.argument-missing" [Verb],
    /// The first line of EHLO's reply; the keywords follow.
    EhloFirstLine = "ehlo.first-line" [Argument],
    /// A second EHLO, where it is refused.
    EhloRepeated = "ehlo.repeated" [],
    /// MAIL is taken.
    MailOk = "mail.ok" [ReversePath, ReverseMailbox],
    /// MAIL with SIZE is taken, where the product says something about the size.
    MailOkWithSize = "mail.ok-with-size" [ReversePath, ReverseMailbox, Size],
    /// MAIL before HELO or EHLO, where one of them is asked for.
    MailBeforeHelo = "mail.before-helo" [],
    /// MAIL while a mail transaction is open.
    MailNested = "mail.nested" [],
    /// MAIL whose arguments are none: no `FROM:`, no path.
    MailSyntax = "mail.syntax" [Argument],
    /// MAIL with `<` without `>`.
    MailUnbalanced = "mail.unbalanced" [Argument],
    /// MAIL with a path that cannot be one.
    MailMalformedPath = "mail.malformed-path" [Argument],
    /// MAIL with a path over the limits of paths, where there are any.
    MailPathTooLong = "mail.path-too-long" [],
    /// MAIL with a SIZE over the limit.
    MailTooLarge = "mail.too-large" [Size],
    /// MAIL of an authenticated client that may not use the mail service, where anonymous access is off.
    MailSubmissionRefused = "mail.submission-refused" [],
    /// RCPT is taken.
    RcptOk = "rcpt.ok" [ForwardPath, ForwardMailbox],
    /// RCPT is refused by the relay policy.
    RcptRelayRefused = "rcpt.relay-refused" [ForwardPath, ForwardMailbox],
    /// RCPT without MAIL.
    RcptBeforeMail = "rcpt.before-mail" [],
    /// RCPT whose arguments are none: no `TO:`, no path, the null path.
    RcptSyntax = "rcpt.syntax" [Argument],
    /// RCPT with `<` without `>`.
    RcptUnbalanced = "rcpt.unbalanced" [Argument],
    /// RCPT with a path that cannot be one.
    RcptMalformedPath = "rcpt.malformed-path" [Argument],
    /// RCPT with a path over the limits of paths, where there are any.
    RcptPathTooLong = "rcpt.path-too-long" [],
    /// RCPT with a mailbox without a domain, where that is refused.
    RcptBareRefused = "rcpt.bare-refused" [ForwardPath, ForwardMailbox],
    /// RCPT over the limit of recipients.
    RcptTooMany = "rcpt.too-many" [ForwardPath, ForwardMailbox],
    /// MAIL or RCPT with a parameter that is unknown or malformed.
    ParameterRefused = "parameter-refused" [Argument],
    /// MAIL or RCPT with a parameter that stands twice, where that is refused.
    ParameterRepeated = "parameter-repeated" [Argument],
    /// An argument where the command takes none, or a second where it takes one, where that is refused.
    ArgumentUnexpected = "argument-unexpected" [Verb],
    /// DATA is taken: start mail input.
    DataStart = "data.start" [],
    /// DATA without MAIL.
    DataWithoutMail = "data.without-mail" [],
    /// DATA without a recipient.
    DataWithoutRcpt = "data.without-rcpt" [],
    /// The message is taken, by DATA or by BDAT.
    DataAccepted = "data.accepted" [QueueId, Octets],
    /// The message was over the limit.
    DataTooLarge = "data.too-large" [],
    /// After the data: the reverse-path's mailbox is not on this server (Exchange 5.5's Connections sheet).
    DataNotHomed = "data.not-homed" [ReversePath, ReverseMailbox],
    /// After the data: the reverse-path is not the account's own (Exchange 5.5's Connections sheet).
    DataOriginatorMismatch = "data.originator-mismatch" [ReversePath, ReverseMailbox],
    /// A chunk that is not the last is taken.
    BdatChunk = "bdat.chunk" [Octets],
    /// Another command where only BDAT may come.
    BdatExpected = "bdat.expected" [],
    /// BDAT without MAIL.
    BdatWithoutMail = "bdat.without-mail" [],
    /// BDAT without a recipient.
    BdatWithoutRcpt = "bdat.without-rcpt" [],
    /// BDAT whose arguments cannot be read.
    BdatSyntax = "bdat.syntax" [Argument],
    /// RSET is taken.
    RsetOk = "rset.ok" [],
    /// VRFY is answered.
    VrfyOk = "vrfy.ok" [Argument, ForwardPath, ForwardMailbox],
    /// VRFY without an argument.
    VrfyArgumentMissing = "vrfy.argument-missing" [],
    /// EXPN is known and refused.
    ExpnRefused = "expn.refused" [Argument],
    /// SEND, SOML and SAML are known and refused.
    SomlRefused = "soml.refused" [Verb],
    /// HELP.
    Help = "help" [Argument],
    /// NOOP is taken.
    NoopOk = "noop.ok" [],
    /// QUIT is taken.
    Quit = "quit" [],
    /// ETRN is taken.
    EtrnOk = "etrn.ok" [Argument],
    /// ETRN without an argument.
    EtrnArgumentMissing = "etrn.argument-missing" [],
    /// ETRN for a domain that nothing is held for.
    EtrnRefused = "etrn.refused" [Argument],
    /// TURN of a client that did not authenticate.
    TurnNotAuthenticated = "turn.not-authenticated" [],
    /// TURN of a client that nothing is held for.
    TurnRefused = "turn.refused" [],
    /// ATRN of a client that did not authenticate.
    AtrnNotAuthenticated = "atrn.not-authenticated" [],
    /// ATRN for domains that are not the client's.
    AtrnRefused = "atrn.refused" [Argument],
    /// XEXCH50 of a client that did not authenticate.
    Xexch50NotAuthenticated = "xexch50.not-authenticated" [],
    /// XEXCH50 of a client that did: its data phase is not there.
    Xexch50Refused = "xexch50.refused" [],
    /// STARTTLS is taken.
    StarttlsOk = "starttls.ok" [],
    /// STARTTLS on a host without a certificate.
    StarttlsUnavailable = "starttls.unavailable" [],
    /// STARTTLS where TLS is in use.
    StarttlsAlready = "starttls.already" [],
    /// A command that wants TLS first.
    TlsRequired = "tls-required" [],
    /// A command of a client that did not authenticate, where anonymous access is off.
    AnonymousRefused = "anonymous-refused" [Verb],
    /// A 334 with a challenge.
    AuthenticateChallenge = "authenticate.challenge" [Challenge],
    /// The 334 for AUTH NTLM without an initial response (MS-SMTPNTLM 2.2.1.2).
    AuthenticateNtlmSupported = "authenticate.ntlm-supported" [],
    /// The client gave up with `*`.
    AuthenticateCancelled = "authenticate.cancelled" [],
    /// A response that is no base64.
    AuthenticateBadBase64 = "authenticate.bad-base64" [],
    /// A response that is not the mechanism's.
    AuthenticateMalformed = "authenticate.malformed" [],
    /// A response over the limit.
    AuthenticateLineTooLong = "authenticate.line-too-long" [],
    /// AUTH of a client that is authenticated.
    AuthenticateAlready = "authenticate.already" [],
    /// AUTH with a mechanism that is not known.
    AuthenticateMechanismUnknown = "authenticate.mechanism-unknown" [Argument],
    /// AUTH without a mechanism.
    AuthenticateArgumentMissing = "authenticate.argument-missing" [],
    /// AUTH while a mail transaction is open, where that is refused.
    AuthenticateInsideTransaction = "authenticate.inside-transaction" [],
    /// AUTH before HELO or EHLO, where that is refused.
    AuthenticateBeforeHelo = "authenticate.before-helo" [],
    /// A verb that is not understood.
    UnknownCommand = "unknown-command" [Argument, Verb],
    /// A command line over the limit.
    LineTooLong = "line-too-long" [],
    /// The client was idle for too long; the connection closes.
    Timeout = "timeout" [],
    /// The service stops; the connection closes.
    ServiceStopping = "service-stopping" [],
    /// No reply: the trace header's lines (RFC 5321 4.4), folded by the template, without CRLF.
    TraceHeader = "trace-header" [QueueId],
}

impl ReplyKey {
    /// All keys.
    pub fn all() -> impl Iterator<Item = Self> {
        let by_mechanism = Mechanism::ALL.into_iter().flat_map(|mechanism| {
            [
                Self::AuthenticateOk(mechanism),
                Self::AuthenticateRefused(mechanism),
                Self::AuthenticateNotAuthorized(mechanism),
            ]
        });
        Self::PLAIN.iter().copied().chain(by_mechanism)
    }

    /// The key of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|key| key.name() == name)
    }

    /// Whether its lines begin with a reply code. All but the trace header's do.
    pub const fn is_reply(self) -> bool {
        !matches!(self, Self::TraceHeader)
    }
}

impl std::fmt::Display for ReplyKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_lead_back() {
        let names: BTreeSet<_> = ReplyKey::all().map(ReplyKey::name).collect();
        assert_eq!(names.len(), ReplyKey::all().count());
        for key in ReplyKey::all() {
            assert_eq!(ReplyKey::from_name(key.name()), Some(key));
        }
        assert_eq!(ReplyKey::from_name("rcpt.relays"), None);
    }

    #[test]
    fn every_placeholder_has_a_name_that_leads_back() {
        for placeholder in Placeholder::ALL {
            assert_eq!(Placeholder::from_name(placeholder.name()), Some(placeholder));
        }
    }
}
