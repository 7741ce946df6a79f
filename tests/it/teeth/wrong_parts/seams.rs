//! Wrong parts for the seams besides the three stages.

use std::sync::Arc;

use smtpspec::protocol::wire::Verb;
use smtpspec::reference::deployment::behaviours::Behaviours;
use smtpspec::reference::deployment::facts::ReplyKey;
use smtpspec::reference::model::seams::{
    BetweenChunks, BounceMaker, ChunkSequence, CommandSet, ExpansionGuard, MapiGate, NextHop, QueueGuard, QueueRequest,
    SubmissionDecision, SubmissionRequest, SubmissionRule, TraceHeader, TurnAnswer, Wording,
};
use smtpspec::reference::model::{Components, Filling, Hop, Identity, Mail, Returned, SpokenLine};

struct Wrong<T>(T);

impl CommandSet for Wrong<&'static [&'static str]> {
    fn understands(&self, verb: &str, behaviours: &Behaviours) -> bool {
        self.0.contains(&verb) || behaviours.understands(verb)
    }
}

impl QueueGuard for Wrong<()> {
    fn turn(&self, _: &QueueRequest<'_>) -> TurnAnswer {
        TurnAnswer::Granted
    }

    fn starts_queue(&self, _: &QueueRequest<'_>) -> bool {
        true
    }
}

impl ExpansionGuard for Wrong<()> {
    fn expands(&self, _: Option<&[u8]>) -> bool {
        true
    }
}

pub(in crate::teeth) fn queues_are_given_out(mut parts: Components) -> Components {
    parts.commands = Arc::new(Wrong::<&[&str]>(&["TURN", "ATRN"]));
    parts.queues = Arc::new(Wrong(()));
    parts
}

pub(in crate::teeth) fn lists_are_expanded(mut parts: Components) -> Components {
    parts.commands = Arc::new(Wrong::<&[&str]>(&["EXPN"]));
    parts.expansion = Arc::new(Wrong(()));
    parts
}

/// Asks for credentials, and refuses whatever comes: a product without AUTH takes it for a command that it does not know.
struct AsksAndRefuses;

impl Wording for AsksAndRefuses {
    fn say(&self, key: ReplyKey, lines: Vec<SpokenLine>) -> Vec<SpokenLine> {
        let asking = Said(ReplyKey::AuthenticateMechanismUnknown, "334 ").say(key, lines);
        Said(ReplyKey::UnknownCommand, "535 Authentication unsuccessful").say(key, asking)
    }
}

/// Exchange 5.0 has no AUTH; here every product has.
pub(in crate::teeth) fn everyone_has_auth(mut parts: Components) -> Components {
    parts.commands = Arc::new(Wrong::<&[&str]>(&["AUTH"]));
    parts.wording = Arc::new(AsksAndRefuses);
    parts
}

impl SubmissionRule for Wrong<SubmissionDecision> {
    fn judge(&self, _: &SubmissionRequest<'_>) -> SubmissionDecision {
        self.0
    }
}

pub(in crate::teeth) fn anybody_is_any_mailbox(parts: Components) -> Components {
    Components { submission: Arc::new(Wrong(SubmissionDecision::Accept)), ..parts }
}

/// Who is nobody in particular is never asked as whom it submits.
struct NobodyIsAnybody(Arc<dyn SubmissionRule>);

impl SubmissionRule for NobodyIsAnybody {
    fn judge(&self, request: &SubmissionRequest<'_>) -> SubmissionDecision {
        match request.authorized {
            Some(Identity::NullSession | Identity::Guest) => SubmissionDecision::Accept,
            Some(Identity::Account(_)) | None => self.0.judge(request),
        }
    }
}

pub(in crate::teeth) fn nobody_is_any_mailbox(mut parts: Components) -> Components {
    parts.submission = Arc::new(NobodyIsAnybody(parts.submission));
    parts
}

pub(in crate::teeth) fn sender_has_to_be_ones_own(parts: Components) -> Components {
    Components { submission: Arc::new(Wrong(SubmissionDecision::OriginatorMismatch)), ..parts }
}

/// One mailbox of the host's own may not submit.
struct Refuses(&'static [u8]);

impl SubmissionRule for Refuses {
    fn judge(&self, request: &SubmissionRequest<'_>) -> SubmissionDecision {
        if request.reverse_path.address() == self.0 {
            SubmissionDecision::OriginatorMismatch
        } else {
            SubmissionDecision::Accept
        }
    }
}

pub(in crate::teeth) fn one_mailbox_is_refused(parts: Components) -> Components {
    Components { submission: Arc::new(Refuses(b"unauthorized@inside.example")), ..parts }
}

struct Trace(Arc<dyn TraceHeader>, fn(Vec<u8>) -> Vec<u8>);

impl TraceHeader for Trace {
    fn header(&self, behaviours: &Behaviours, filling: &Filling) -> Vec<u8> {
        (self.1)(self.0.header(behaviours, filling))
    }
}

pub(in crate::teeth) fn no_trace_is_left(mut parts: Components) -> Components {
    parts.trace = Arc::new(Trace(parts.trace, |_| Vec::new()));
    parts
}

pub(in crate::teeth) fn trace_names_another(mut parts: Components) -> Components {
    parts.trace = Arc::new(Trace(parts.trace, |header| {
        String::from_utf8(header).unwrap().replace("mail.inside.example", "mail.elsewhere.example").into_bytes()
    }));
    parts
}

/// The server's own trace header, and on top of it one that names another.
pub(in crate::teeth) fn another_trace_is_on_top(mut parts: Components) -> Components {
    parts.trace = Arc::new(Trace(parts.trace, |header| {
        let other =
            b"Received: from client.example by mail.elsewhere.example;\r\n\tWed, 27 Feb 2002 12:00:00 +0000\r\n";
        [other.as_slice(), &header].concat()
    }));
    parts
}

/// A line behind the trace header that is no header field.
pub(in crate::teeth) fn trace_has_a_line_too_many(mut parts: Components) -> Components {
    parts.trace = Arc::new(Trace(parts.trace, |header| [header.as_slice(), b"no field at all\r\n"].concat()));
    parts
}

impl BounceMaker for Wrong<()> {
    fn bounce(&self, _: &Returned<'_>) -> Option<Mail> {
        None
    }
}

pub(in crate::teeth) fn nothing_is_returned(parts: Components) -> Components {
    Components { bounce: Arc::new(Wrong(())), ..parts }
}

impl MapiGate for Wrong<()> {
    fn takes(&self, _: &[u8]) -> bool {
        false
    }
}

pub(in crate::teeth) fn mapi_is_shut_too(parts: Components) -> Components {
    Components { mapi: Arc::new(Wrong(())), ..parts }
}

impl NextHop for Wrong<Hop> {
    fn hop(&self, _: &smtpspec::protocol::wire::Path, _: &str, _: std::net::IpAddr) -> Hop {
        self.0
    }
}

pub(in crate::teeth) fn mapi_mail_stays_inside(parts: Components) -> Components {
    Components { next_hop: Arc::new(Wrong(Hop::Inside)), ..parts }
}

impl ChunkSequence for Wrong<BetweenChunks> {
    fn judge(&self, verb: &Verb) -> BetweenChunks {
        match verb {
            Verb::Bdat | Verb::Rset | Verb::Noop | Verb::Quit => BetweenChunks::Run,
            _ => self.0,
        }
    }
}

pub(in crate::teeth) fn chunks_are_never_checked(parts: Components) -> Components {
    Components { chunks: Arc::new(Wrong(BetweenChunks::RunAndFail)), ..parts }
}

pub(in crate::teeth) fn chunks_are_always_checked(parts: Components) -> Components {
    Components { chunks: Arc::new(Wrong(BetweenChunks::Expected)), ..parts }
}

pub(in crate::teeth) fn service_survives(parts: Components) -> Components {
    Components { chunks: Arc::new(Wrong(BetweenChunks::Run)), ..parts }
}

/// It looks like the end of the service, and is that of one connection.
pub(in crate::teeth) fn one_connection_is_closed(parts: Components) -> Components {
    Components { chunks: Arc::new(Wrong(BetweenChunks::RunAndClose)), ..parts }
}

/// The check is there, and the service fails with it.
pub(in crate::teeth) fn chunks_are_checked_in_vain(parts: Components) -> Components {
    Components { chunks: Arc::new(Wrong(BetweenChunks::ExpectedAndFail)), ..parts }
}

/// The check knows of AUTH and of nothing else.
struct OnlyAuthIsChecked;

impl ChunkSequence for OnlyAuthIsChecked {
    fn judge(&self, verb: &Verb) -> BetweenChunks {
        match verb {
            Verb::Auth => BetweenChunks::Expected,
            other => Wrong(BetweenChunks::RunAndFail).judge(other),
        }
    }
}

pub(in crate::teeth) fn only_auth_is_checked(parts: Components) -> Components {
    Components { chunks: Arc::new(OnlyAuthIsChecked), ..parts }
}

/// One reply, worded otherwise.
struct Said(ReplyKey, &'static str);

impl Wording for Said {
    fn say(&self, key: ReplyKey, mut lines: Vec<SpokenLine>) -> Vec<SpokenLine> {
        if key == self.0
            && let Some(line) = lines.first_mut()
        {
            line.text = self.1.as_bytes().to_vec();
            lines.truncate(1);
        }
        lines
    }
}

fn saying(parts: Components, key: ReplyKey, line: &'static str) -> Components {
    Components { wording: Arc::new(Said(key, line)), ..parts }
}

pub(in crate::teeth) fn greeting_turns_away(parts: Components) -> Components {
    saying(parts, ReplyKey::Greeting, "554 No SMTP service here")
}

pub(in crate::teeth) fn data_is_not_begun(parts: Components) -> Components {
    saying(parts, ReplyKey::DataStart, "250 Go ahead")
}

pub(in crate::teeth) fn quit_is_not_known(parts: Components) -> Components {
    saying(parts, ReplyKey::Quit, "500 Unrecognized command")
}

/// AUTH of a server without it is a command that it might have had.
pub(in crate::teeth) fn unknown_is_not_implemented(parts: Components) -> Components {
    saying(parts, ReplyKey::UnknownCommand, "502 Command not implemented")
}

/// Another's mailbox is refused for now.
pub(in crate::teeth) fn mismatch_is_temporary(parts: Components) -> Components {
    saying(parts, ReplyKey::DataOriginatorMismatch, "451 Try again later")
}

pub(in crate::teeth) fn ehlo_is_not_known(parts: Components) -> Components {
    saying(parts, ReplyKey::EhloFirstLine, "500 Unrecognized command")
}

pub(in crate::teeth) fn helo_is_not_known(parts: Components) -> Components {
    saying(parts, ReplyKey::HeloOk, "500 Unrecognized command")
}

pub(in crate::teeth) fn rcpt_needs_no_mail(parts: Components) -> Components {
    saying(parts, ReplyKey::RcptBeforeMail, "250 Recipient ok")
}

pub(in crate::teeth) fn data_needs_no_rcpt(parts: Components) -> Components {
    saying(parts, ReplyKey::DataWithoutRcpt, "354 Go ahead")
}

/// RSET is answered, and the transaction it should have ended goes on.
pub(in crate::teeth) fn rset_ends_nothing(parts: Components) -> Components {
    saying(parts, ReplyKey::DataWithoutMail, "354 Go ahead")
}

pub(in crate::teeth) fn rset_is_not_known(parts: Components) -> Components {
    saying(parts, ReplyKey::RsetOk, "500 Unrecognized command")
}

pub(in crate::teeth) fn noop_is_not_known(parts: Components) -> Components {
    saying(parts, ReplyKey::NoopOk, "500 Unrecognized command")
}

pub(in crate::teeth) fn anything_is_a_command(parts: Components) -> Components {
    saying(parts, ReplyKey::UnknownCommand, "250 As you like")
}

/// QUIT is answered, and the connection stays.
pub(in crate::teeth) fn quit_ends_nothing(parts: Components) -> Components {
    let parts = Components { commands: Arc::new(Without(parts.commands, "QUIT")), ..parts };
    saying(parts, ReplyKey::UnknownCommand, "221 Bye")
}

struct Without(Arc<dyn CommandSet>, &'static str);

impl CommandSet for Without {
    fn understands(&self, verb: &str, behaviours: &Behaviours) -> bool {
        verb != self.1 && self.0.understands(verb, behaviours)
    }
}
