//! Wrong parts for the model and wrong advice: each does what the right one does, but for one thing.

use std::sync::Arc;

use smtpspec::feature::Advisor;
use smtpspec::protocol::sasl::Proof;
use smtpspec::protocol::wire::Verb;
use smtpspec::reference::bulletin::{Advice, Bulletins};
use smtpspec::reference::deployment::behaviours::Behaviours;
use smtpspec::reference::deployment::facts::ReplyKey;
use smtpspec::reference::deployment::identity::{HostIdentity, ListenerIdentity};
use smtpspec::reference::model::seams::{
    BetweenChunks, BounceMaker, ChunkSequence, CommandSet, ExpansionGuard, MailRights, MapiGate, NextHop, QueueGuard,
    QueueRequest, SubmissionDecision, SubmissionRequest, SubmissionRule, TraceHeader, TurnAnswer, Wording,
};
use smtpspec::reference::model::stages::{
    Authenticate, Authorization, Authorize, RelayDecision, RelayPolicy, RelayRequest,
};
use smtpspec::reference::model::{Components, Directory, Filling, Hop, Identity, Mail, Returned, SpokenLine};

/// A change to the model's parts.
pub(super) type Change = fn(Components) -> Components;

// Stage 1: who is this?

struct Authenticates<F>(Arc<dyn Authenticate>, F);

impl<F> Authenticate for Authenticates<F>
where
    F: Fn(&Proof, Option<Identity>) -> Option<Identity> + Send + Sync,
{
    fn authenticate(&self, proof: &Proof, directory: &Directory) -> Option<Identity> {
        (self.1)(proof, self.0.authenticate(proof, directory))
    }
}

fn authenticating(mut parts: Components, change: fn(&Proof, Option<Identity>) -> Option<Identity>) -> Components {
    parts.authenticate = Arc::new(Authenticates(parts.authenticate, change));
    parts
}

pub(super) fn null_session_is_nobody(parts: Components) -> Components {
    authenticating(parts, |_, identity| identity.filter(|identity| *identity != Identity::NullSession))
}

pub(super) fn any_password_will_do(parts: Components) -> Components {
    authenticating(parts, |proof, identity| {
        identity.or_else(|| Some(Identity::Account(String::from_utf8(proof.user()?).ok()?)))
    })
}

pub(super) fn guest_is_always_enabled(parts: Components) -> Components {
    authenticating(parts, |_, identity| identity.or(Some(Identity::Guest)))
}

pub(super) fn guest_is_never_enabled(parts: Components) -> Components {
    authenticating(parts, |_, identity| identity.filter(|identity| *identity != Identity::Guest))
}

pub(super) fn nobody_authenticates(parts: Components) -> Components {
    authenticating(parts, |_, _| None)
}

// Stage 2: may this identity use the mail service?

struct Everybody(bool);

impl Authorize for Everybody {
    fn may_use_mail(&self, _: &Identity, _: &Directory) -> bool {
        self.0
    }
}

pub(super) fn nobody_is_asked(parts: Components) -> Components {
    Components { authorization: Authorization::Absent, ..parts }
}

pub(super) fn everybody_is_asked_at_once(parts: Components) -> Components {
    Components { authorization: Authorization::AtAuthentication(Arc::new(MailRights)), ..parts }
}

pub(super) fn everybody_is_asked_later(parts: Components) -> Components {
    Components { authorization: Authorization::AfterAuthentication(Arc::new(MailRights)), ..parts }
}

/// The check is there where it has to be, and says yes.
pub(super) fn check_says_yes(mut parts: Components) -> Components {
    parts.authorization = match parts.authorization {
        Authorization::Absent => Authorization::Absent,
        _ => Authorization::AfterAuthentication(Arc::new(Everybody(true))),
    };
    parts
}

/// The check is there where it has to be, and says no.
pub(super) fn check_says_no(mut parts: Components) -> Components {
    parts.authorization = match parts.authorization {
        Authorization::Absent => Authorization::Absent,
        _ => Authorization::AfterAuthentication(Arc::new(Everybody(false))),
    };
    parts
}

// Stage 3: may this connection send to this recipient?

struct Relays(Arc<dyn RelayPolicy>, fn(&RelayRequest<'_>, RelayDecision) -> RelayDecision);

impl RelayPolicy for Relays {
    fn decide(&self, request: &RelayRequest<'_>) -> RelayDecision {
        (self.1)(request, self.0.decide(request))
    }
}

fn relaying(mut parts: Components, change: fn(&RelayRequest<'_>, RelayDecision) -> RelayDecision) -> Components {
    parts.relay_policy = Arc::new(Relays(parts.relay_policy, change));
    parts
}

pub(super) fn nothing_goes_out(parts: Components) -> Components {
    relaying(parts, |_, decision| match decision {
        RelayDecision::Outside => RelayDecision::Refuse,
        other => other,
    })
}

pub(super) fn nothing_goes_out_for_strangers(parts: Components) -> Components {
    relaying(parts, |request, decision| match decision {
        RelayDecision::Outside if request.authorized.is_none() => RelayDecision::Refuse,
        other => other,
    })
}

pub(super) fn everything_goes_out(parts: Components) -> Components {
    relaying(parts, |_, decision| match decision {
        RelayDecision::Refuse => RelayDecision::Outside,
        other => other,
    })
}

pub(super) fn switch_is_without_effect(parts: Components) -> Components {
    relaying(parts, |_, decision| match decision {
        RelayDecision::AcceptAndReturn => RelayDecision::Outside,
        other => other,
    })
}

pub(super) fn gateway_is_shut(parts: Components) -> Components {
    relaying(parts, |_, decision| match decision {
        RelayDecision::Inside => RelayDecision::Refuse,
        other => other,
    })
}

pub(super) fn foreign_mail_is_passed_inside(parts: Components) -> Components {
    relaying(parts, |_, decision| match decision {
        RelayDecision::Outside | RelayDecision::AcceptAndReturn => RelayDecision::Inside,
        other => other,
    })
}

/// The fortieth of many is refused.
pub(super) fn many_are_too_many(parts: Components) -> Components {
    relaying(parts, |request, decision| {
        if request.forward_path.address().starts_with(b"somebody-40@") { RelayDecision::Refuse } else { decision }
    })
}

// The other seams.

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

pub(super) fn queues_are_given_out(mut parts: Components) -> Components {
    parts.commands = Arc::new(Wrong::<&[&str]>(&["TURN", "ATRN"]));
    parts.queues = Arc::new(Wrong(()));
    parts
}

pub(super) fn lists_are_expanded(mut parts: Components) -> Components {
    parts.commands = Arc::new(Wrong::<&[&str]>(&["EXPN"]));
    parts.expansion = Arc::new(Wrong(()));
    parts
}

/// Exchange 5.0 has no AUTH; here every product has.
pub(super) fn everyone_has_auth(mut parts: Components) -> Components {
    parts.commands = Arc::new(Wrong::<&[&str]>(&["AUTH"]));
    parts.wording = Arc::new(Said(ReplyKey::AuthenticateMechanismUnknown, "334 "));
    parts
}

impl SubmissionRule for Wrong<SubmissionDecision> {
    fn judge(&self, _: &SubmissionRequest<'_>) -> SubmissionDecision {
        self.0
    }
}

pub(super) fn anybody_is_any_mailbox(parts: Components) -> Components {
    Components { submission: Arc::new(Wrong(SubmissionDecision::Accept)), ..parts }
}

pub(super) fn sender_has_to_be_ones_own(parts: Components) -> Components {
    Components { submission: Arc::new(Wrong(SubmissionDecision::OriginatorMismatch)), ..parts }
}

struct Trace(Arc<dyn TraceHeader>, fn(Vec<u8>) -> Vec<u8>);

impl TraceHeader for Trace {
    fn header(&self, behaviours: &Behaviours, filling: &Filling) -> Vec<u8> {
        (self.1)(self.0.header(behaviours, filling))
    }
}

pub(super) fn no_trace_is_left(mut parts: Components) -> Components {
    parts.trace = Arc::new(Trace(parts.trace, |_| Vec::new()));
    parts
}

pub(super) fn trace_names_another(mut parts: Components) -> Components {
    parts.trace = Arc::new(Trace(parts.trace, |header| {
        String::from_utf8(header).unwrap().replace("mail.inside.example", "mail.elsewhere.example").into_bytes()
    }));
    parts
}

impl BounceMaker for Wrong<()> {
    fn bounce(&self, _: &Returned<'_>) -> Option<Mail> {
        None
    }
}

pub(super) fn nothing_is_returned(parts: Components) -> Components {
    Components { bounce: Arc::new(Wrong(())), ..parts }
}

impl MapiGate for Wrong<()> {
    fn takes(&self, _: &[u8]) -> bool {
        false
    }
}

pub(super) fn mapi_is_shut_too(parts: Components) -> Components {
    Components { mapi: Arc::new(Wrong(())), ..parts }
}

impl NextHop for Wrong<Hop> {
    fn hop(&self, _: &smtpspec::protocol::wire::Path, _: &str, _: std::net::IpAddr) -> Hop {
        self.0
    }
}

pub(super) fn mapi_mail_stays_inside(parts: Components) -> Components {
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

pub(super) fn chunks_are_never_checked(parts: Components) -> Components {
    Components { chunks: Arc::new(Wrong(BetweenChunks::RunAndFail)), ..parts }
}

pub(super) fn chunks_are_always_checked(parts: Components) -> Components {
    Components { chunks: Arc::new(Wrong(BetweenChunks::Expected)), ..parts }
}

pub(super) fn service_survives(parts: Components) -> Components {
    Components { chunks: Arc::new(Wrong(BetweenChunks::Run)), ..parts }
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

pub(super) fn greeting_turns_away(parts: Components) -> Components {
    Components { wording: Arc::new(Said(ReplyKey::Greeting, "554 No SMTP service here")), ..parts }
}

pub(super) fn data_is_not_begun(parts: Components) -> Components {
    Components { wording: Arc::new(Said(ReplyKey::DataStart, "250 Go ahead")), ..parts }
}

pub(super) fn quit_is_not_known(parts: Components) -> Components {
    Components { wording: Arc::new(Said(ReplyKey::Quit, "500 Unrecognized command")), ..parts }
}

// Advice.

/// Wrong advice: the host, its listeners, the day; and the right advice.
pub(super) type WrongAdvice =
    fn(&dyn Advisor, &HostIdentity, &[(String, &ListenerIdentity)], Option<&str>) -> Vec<Advice>;

pub(super) struct Misled {
    pub(super) by: WrongAdvice,
    pub(super) right: Bulletins,
}

impl Advisor for Misled {
    fn advise(&self, host: &HostIdentity, listeners: &[(String, &ListenerIdentity)], on: Option<&str>) -> Vec<Advice> {
        (self.by)(&self.right, host, listeners, on)
    }
}
