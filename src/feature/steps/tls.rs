//! Steps about STARTTLS and what it changes (RFC 3207; RFC 4954 4).

use cucumber::{then, when};

use super::dialogue::{connect, introduce, is_refusal, judge_reply, open_after, say, unheard};
use super::form::StepForm;
use super::parameters::{KeywordWord, RolePhrase};
use crate::feature::world::{BeganTls, CaseWorld, Heard, StepError, answered, silence};
use crate::harness::Conversation;
use crate::judge::{Authentication, Destination, Judgement, NoAnswer, OpenReason, Role};
use crate::protocol::sasl::Mechanism;
use crate::protocol::wire::{Extensions, Reply};

pub(in crate::feature) const FORMS: [StepForm; 9] = [
    StepForm::when(
        "the client begins TLS",
        "says STARTTLS, and shakes hands; where TLS does not come to stand, the case is inconclusive",
        "the client begins TLS",
    ),
    StepForm::when(
        "the client begins TLS with {string} behind STARTTLS in one write",
        "the same, with a command that is said in the clear right behind it",
        "the client begins TLS with \"MAIL FROM:<>\" behind STARTTLS in one write",
    ),
    StepForm::when(
        "the client signs in as {role}",
        "says EHLO if it was not said yet, and authenticates on this connection",
        "the client signs in as the authorized account",
    ),
    StepForm::then(
        "the reply does not list {keyword}",
        "the last reply, which was EHLO's, has no such line",
        "the reply does not list STARTTLS",
    ),
    StepForm::then(
        "no mechanism that shows the password is listed",
        "of the AUTH line of the last reply, which was EHLO's: not PLAIN or LOGIN, nor those that show a token",
        "no mechanism that shows the password is listed",
    ),
    StepForm::then(
        "it is not introduced any more",
        "MAIL was refused; where it was not, and is not before any EHLO either, nothing can be told",
        "it is not introduced any more",
    ),
    StepForm::then(
        "it is served as an anonymous client is",
        "the last command was refused; where it was not, an anonymous client tries the same under TLS",
        "it is served as an anonymous client is",
    ),
    StepForm::then(
        "nothing of it is run under TLS",
        "no reply comes that was not asked for, and RCPT finds no mail transaction",
        "nothing of it is run under TLS",
    ),
    StepForm::then(
        "a mechanism listed there is taken",
        "AUTH by it is begun, whatever becomes of the password",
        "a mechanism listed there is taken",
    ),
];

#[when(expr = "the client begins TLS")]
async fn begins_tls(world: &mut CaseWorld) -> Result<(), StepError> {
    begin(world, "").await
}

#[when(expr = "the client begins TLS with {string} behind STARTTLS in one write")]
async fn begins_tls_with(world: &mut CaseWorld, command: String) -> Result<(), StepError> {
    begin(world, &format!("{command}\r\n")).await
}

async fn begin(world: &mut CaseWorld, behind: &str) -> Result<(), StepError> {
    world.in_clear = true;
    connect(world).await?;
    let Some(conversation) = &mut world.conversation else { return unheard(world) };
    match begin_tls(conversation, behind).await {
        Ok(began) => {
            // The list of before counts no more, and neither does the introduction (RFC 3207 4.2).
            world.introduced = false;
            world.heard = None;
            let refusal = match &began {
                BeganTls::Refused(reply) if behind.is_empty() => Some(answered(reply)),
                BeganTls::Refused(_) | BeganTls::Stands => None,
            };
            world.began_tls = Some(began);
            match refusal {
                Some(said) => {
                    let reason = format!("TLS cannot be begun: to STARTTLS {said}");
                    world.leave_open(OpenReason::TlsNotOffered, reason)
                }
                None => Ok(()),
            }
        }
        Err(why) => {
            let reason = format!("TLS cannot be begun: {}", silence(&why));
            world.unanswered(&why, reason)
        }
    }
}

async fn begin_tls(conversation: &mut Conversation, behind: &str) -> Result<BeganTls, NoAnswer> {
    let (reply, established) = conversation.start_tls(behind.as_bytes()).await?;
    Ok(if established.is_some() { BeganTls::Stands } else { BeganTls::Refused(reply) })
}

#[when(expr = "the client signs in as {role}")]
async fn signs_in_here(world: &mut CaseWorld, role: RolePhrase) -> Result<(), StepError> {
    super::role::presence(world, role.0)?;
    connect(world).await?;
    introduce(world).await?;
    let answer = match &mut world.conversation {
        Some(conversation) => conversation.authenticate_as(role.0).await,
        None => return unheard(world),
    };
    world.signed_in = Some((role.0, answer));
    Ok(())
}

#[then(expr = "the reply does not list {keyword}")]
fn does_not_list(world: &mut CaseWorld, keyword: KeywordWord) -> Result<(), StepError> {
    judge_list(world, &format!("{} not to be listed", keyword.0), |listed| {
        if listed.has(&keyword.0) { Some(format!("{} is listed", keyword.0)) } else { None }
    })
}

#[then(expr = "no mechanism that shows the password is listed")]
fn no_plaintext_mechanism(world: &mut CaseWorld) -> Result<(), StepError> {
    judge_list(world, "no mechanism that shows the password", |listed| {
        let mechanisms = listed.authentication_mechanisms();
        let shows = |name: &&String| Mechanism::from_name(name.as_bytes()).is_some_and(Mechanism::shows_the_password);
        let shown: Vec<&str> = mechanisms.iter().filter(shows).map(String::as_str).collect();
        if shown.is_empty() { None } else { Some(format!("`AUTH {}` is listed", shown.join(" "))) }
    })
}

/// Judges what the last reply lists; `wrong` says what should not be there.
fn judge_list(
    world: &mut CaseWorld,
    expected: &str,
    wrong: impl Fn(&Extensions) -> Option<String>,
) -> Result<(), StepError> {
    let Some(Heard::Reply(reply)) = &world.heard else { return unheard(world) };
    if is_refusal(reply) {
        let (open, reason) = (open_after(reply), format!("nothing is listed: {}", answered(reply)));
        return world.leave_open(open, reason);
    }
    let wrong = wrong(&Extensions::from_reply(reply));
    world.require(wrong.is_none(), expected, wrong.as_deref().unwrap_or("it is not listed"))
}

#[then(expr = "it is not introduced any more")]
async fn is_not_introduced(world: &mut CaseWorld) -> Result<(), StepError> {
    let Some(Heard::Reply(reply)) = &world.heard else { return unheard(world) };
    let (is_refused, seen) = (is_refusal(reply), answered(reply));
    if is_refused {
        return refused_for_want_of_introduction(world, &seen).await;
    }
    match strangers_mail(world).await? {
        Ok(reply) if is_refusal(&reply) => {
            let otherwise =
                format!("MAIL without EHLO was taken, which before any EHLO it is not: {}", answered(&reply));
            world.require(false, "the introduction to be forgotten", &otherwise)
        }
        Ok(reply) => {
            let reason = format!("this server wants no introduction, so nothing can be told: {}", answered(&reply));
            world.judge(Judgement::skipped(reason))
        }
        Err(why) => world.unanswered(&why, silence(&why)),
    }
}

/// MAIL may be refused for other reasons; behind an EHLO it is not, if that was the one.
async fn refused_for_want_of_introduction(world: &mut CaseWorld, seen: &str) -> Result<(), StepError> {
    introduce(world).await?;
    let sender = match &world.conversation {
        Some(conversation) => conversation.sender_of(Role::Anonymous),
        None => return unheard(world),
    };
    say(world, &format!("MAIL FROM:<{sender}>")).await?;
    match &world.heard {
        Some(Heard::Reply(reply)) if is_refusal(reply) => {
            let reason = format!("MAIL is refused behind EHLO too, so nothing can be told: {}", answered(reply));
            world.leave_open(OpenReason::OtherRefusal, reason)
        }
        Some(Heard::Reply(_)) => world.require(true, "a refusal", &format!("before EHLO {seen}")),
        Some(Heard::Silence(_)) | None => unheard(world),
    }
}

/// What MAIL gets before any EHLO, on a connection of its own.
async fn strangers_mail(world: &mut CaseWorld) -> Result<Result<Reply, NoAnswer>, StepError> {
    let (bench, target) = (world.context()?.bench.clone(), world.target()?);
    let mut stranger = match bench.converse_in_clear(&target).await {
        Ok(stranger) => stranger,
        Err(why) => return Ok(Err(why)),
    };
    let sender = stranger.sender_of(Role::Anonymous);
    let heard = stranger.say(&format!("MAIL FROM:<{sender}>")).await;
    world.past.push(stranger.transcript().clone());
    Ok(heard)
}

#[then(expr = "it is served as an anonymous client is")]
async fn is_served_as_anonymous(world: &mut CaseWorld) -> Result<(), StepError> {
    let Some(Heard::Reply(reply)) = &world.heard else { return unheard(world) };
    if is_refusal(reply) {
        return judge_reply(world, "a refusal", is_refusal);
    }
    let seen = answered(reply);
    let role = world.signed_in.as_ref().map_or(Role::Anonymous, |(role, _)| *role);
    match anonymous_under_tls(world, role).await? {
        Ok(reply) if is_refusal(&reply) => {
            let otherwise = format!("{seen}, and to an anonymous client {}", answered(&reply));
            world.require(false, "the same as for an anonymous client", &otherwise)
        }
        Ok(reply) => {
            let reason = format!("an anonymous client gets the same, so nothing can be told: {}", answered(&reply));
            world.leave_open(OpenReason::InsideAddress, reason)
        }
        Err(why) => world.unanswered(&why, silence(&why)),
    }
}

/// What becomes of the first refused of MAIL from a role's sender and RCPT for the remote recipient, or of RCPT, where an
/// anonymous client says them under TLS.
async fn anonymous_under_tls(world: &mut CaseWorld, role: Role) -> Result<Result<Reply, NoAnswer>, StepError> {
    let (bench, target) = (world.context()?.bench.clone(), world.target()?);
    let mut anonymous = match bench.converse_in_clear(&target).await {
        Ok(anonymous) => anonymous,
        Err(why) => return Ok(Err(why)),
    };
    let heard = tries_remote_mail(&mut anonymous, role).await;
    world.past.push(anonymous.transcript().clone());
    Ok(heard)
}

async fn tries_remote_mail(anonymous: &mut Conversation, role: Role) -> Result<Reply, NoAnswer> {
    anonymous.ehlo().await?;
    if let BeganTls::Refused(reply) = begin_tls(anonymous, "").await? {
        return Err(NoAnswer::TurnedAway { reply: (&reply).into() });
    }
    anonymous.ehlo().await?;
    let reply = anonymous.say(&format!("MAIL FROM:<{}>", anonymous.sender_of(role))).await?;
    if is_refusal(&reply) {
        return Ok(reply);
    }
    anonymous.say(&format!("RCPT TO:<{}>", anonymous.recipient(Destination::Remote))).await
}

const NONE_LISTED: &str = "no mechanism that smtpspec would use is listed under TLS";

/// What came of asking, behind an injected command, for two replies and the end.
enum Answers {
    /// Those two, that to RCPT first.
    AsAsked(Reply),
    /// One more.
    OneMore(String),
}

#[then(expr = "nothing of it is run under TLS")]
async fn nothing_is_run(world: &mut CaseWorld) -> Result<(), StepError> {
    match &world.began_tls {
        Some(BeganTls::Stands) => {}
        Some(BeganTls::Refused(reply)) => {
            let seen = format!("TLS is not begun with something behind STARTTLS: {}", answered(reply));
            return refused_for_what_is_behind(world, &seen).await;
        }
        None => return unheard(world),
    }
    let Some(conversation) = &mut world.conversation else { return unheard(world) };
    match answers(conversation).await {
        Ok(Answers::AsAsked(reply)) if is_refusal(&reply) => {
            world.require(true, "a refusal", &format!("RCPT found no mail transaction: {}", answered(&reply)))
        }
        Ok(Answers::AsAsked(reply)) => {
            let seen = format!("RCPT found a mail transaction that nobody began under TLS: {}", answered(&reply));
            world.require(false, "nothing of it to be run", &seen)
        }
        Ok(Answers::OneMore(what)) => {
            world.require(false, "nothing of it to be run", &format!("a reply came that nobody asked for: {what}"))
        }
        Err(why) => world.unanswered(&why, silence(&why)),
    }
}

/// A server that begins TLS only where nothing is behind STARTTLS runs nothing of it. One that does not begin it then either
/// shows nothing.
async fn refused_for_what_is_behind(world: &mut CaseWorld, seen: &str) -> Result<(), StepError> {
    let (bench, target) = (world.context()?.bench.clone(), world.target()?);
    let mut other = match bench.converse_in_clear(&target).await {
        Ok(other) => other,
        Err(why) => return world.unanswered(&why, silence(&why)),
    };
    let began = match other.ehlo().await {
        Ok(_) => begin_tls(&mut other, "").await,
        Err(why) => Err(why),
    };
    world.past.push(other.transcript().clone());
    match began {
        Ok(BeganTls::Stands) => world.require(true, "a refusal", seen),
        Ok(BeganTls::Refused(reply)) => {
            let reason = format!("TLS cannot be begun: to STARTTLS {}", answered(&reply));
            world.leave_open(OpenReason::TlsNotOffered, reason)
        }
        Err(why) => world.unanswered(&why, format!("TLS cannot be begun: {}", silence(&why))),
    }
}

/// Says RCPT and QUIT, each once the one before is answered, and reads to the end. If the injected command was answered
/// too, there is a reply too many, whenever it came.
async fn answers(conversation: &mut Conversation) -> Result<Answers, NoAnswer> {
    let recipient = conversation.recipient(Destination::Local);
    let mut first = None;
    for line in [format!("RCPT TO:<{recipient}>"), "QUIT".to_owned()] {
        match conversation.say(&line).await {
            Ok(reply) => first = first.or(Some(reply)),
            Err(why) => return unasked(why).map(Answers::OneMore),
        }
    }
    match conversation.reply().await {
        Ok(reply) => Ok(Answers::OneMore(format!("{} {}", reply.code(), reply.text()))),
        // Some servers leave it to the client to close the connection.
        Err(why @ (NoAnswer::Closed | NoAnswer::Reset { .. } | NoAnswer::TimedOut { .. })) => {
            first.map(Answers::AsAsked).ok_or(why)
        }
        Err(why) => unasked(why).map(Answers::OneMore),
    }
}

/// The reply that came before anything was said to which it could be an answer.
fn unasked(why: NoAnswer) -> Result<String, NoAnswer> {
    match why.unasked() {
        Some(what) => Ok(what.to_owned()),
        None => Err(why),
    }
}

#[then(expr = "a mechanism listed there is taken")]
fn listed_mechanism_is_taken(world: &mut CaseWorld) -> Result<(), StepError> {
    let Some((role, answer)) = &world.signed_in else {
        return Err(StepError::Misplaced("nobody authenticated before this step"));
    };
    let listed = world.conversation.as_ref().and_then(Conversation::tried_mechanism);
    let expected = "a mechanism listed under TLS to be taken there";
    let judgement = match answer {
        Authentication::Accepted { reply } => Judgement::conformant(format!("AUTH was answered `{}`", reply.code)),
        Authentication::Refused { reply } => {
            Judgement::conformant(format!("AUTH was begun, and ended with `{} {}`", reply.code, reply.text))
        }
        Authentication::Unavailable { reply } | Authentication::NeedsTls { reply } => match listed {
            Some(tried) => Judgement::deviates(format!(
                "expected {expected}, but to AUTH {tried} it answered `{} {}`",
                reply.code, reply.text
            )),
            None => Judgement::skipped(NONE_LISTED),
        },
        Authentication::NotTried => {
            Judgement::skipped(format!("the target file does not say how {} signs in", role.phrase()))
        }
        Authentication::Deferred { reply } => {
            let reason = format!("AUTH was put off: `{} {}`", reply.code, reply.text);
            Judgement::inconclusive(OpenReason::LoginDeferred, reason)
        }
        Authentication::NoMechanism { .. } => Judgement::skipped(NONE_LISTED),
        Authentication::CannotSpeak { reason } => Judgement::inconclusive(OpenReason::ExchangeStopped, reason.clone()),
        Authentication::NoAnswer(why) => world.silent(why, silence(why)),
    };
    world.judge(judgement)
}
