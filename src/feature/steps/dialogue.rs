//! Steps that lead a dialogue line by line. The first of them begins the connection.

use cucumber::{given, then, when};

use super::form::StepForm;
use super::parameters::{CodeWord, DestinationWord, RolePhrase};
use crate::feature::world::{CaseWorld, Heard, StepError, answered, silence};
use crate::judge::{Authentication, Declaration, Judgement, NoAnswer, NoTls, OpenReason, Role, Service, no_mechanism};
use crate::protocol::wire::{Extensions, Reply, ReplyClass};

pub(in crate::feature) const FORMS: [StepForm; 12] = [
    StepForm::given(
        "a connection of {role}",
        "connects, says EHLO and authenticates as the role does; where it cannot, the case is skipped",
        "a connection of the null session",
    ),
    StepForm::when("the client connects", "connects and reads the greeting", "the client connects"),
    StepForm::when(
        "{role} signs in",
        "connects, says EHLO and authenticates as the role does",
        "the null session signs in",
    ),
    StepForm::when(
        "the client says {string}",
        "sends a line and reads the reply",
        "the client says \"EHLO client.example\"",
    ),
    StepForm::when(
        "the client names its sender",
        "sends MAIL with the sender of the role it is",
        "the client names its sender",
    ),
    StepForm::when(
        "the client names the {destination} recipient",
        "sends RCPT",
        "the client names the local recipient",
    ),
    StepForm::when(
        "the client sends its message",
        "sends a message behind DATA, and reads the reply to its end",
        "the client sends its message",
    ),
    StepForm::when(
        "the client opens a mail transaction to the {destination} recipient",
        "sends EHLO if it was not said yet, MAIL and RCPT",
        "the client opens a mail transaction to the local recipient",
    ),
    StepForm::then("the greeting has the code {code}", "the greeting's reply code", "the greeting has the code 220"),
    StepForm::then("the reply has the code {code}", "the reply code of the last reply", "the reply has the code 250"),
    StepForm::then("the server refuses", "the last reply is 4xx or 5xx", "the server refuses"),
    StepForm::then(
        "the server closes the connection",
        "nothing more comes but the end of the connection",
        "the server closes the connection",
    ),
];

#[given(expr = "a connection of {role}")]
async fn connection_of(world: &mut CaseWorld, role: RolePhrase) -> Result<(), StepError> {
    sign_in(world, role.0).await?;
    let declaration = world.declaration()?;
    let Some((_, answer)) = &world.signed_in else { return Ok(()) };
    let cannot = || format!("{} cannot sign in here: {}", role.0.phrase(), said(answer));
    let judgement = match answer {
        Authentication::NotTried | Authentication::Accepted { .. } => return Ok(()),
        Authentication::Refused { .. } if is_meant_to_be_refused(role.0, &declaration) => {
            Judgement::not_applicable(cannot())
        }
        Authentication::NoAnswer(why) => {
            world.silent(why, format!("{} could ask nothing here: {}", role.0.phrase(), silence(why)))
        }
        Authentication::Refused { .. }
        | Authentication::Unavailable { .. }
        | Authentication::NeedsTls { .. }
        | Authentication::Deferred { .. }
        | Authentication::NoMechanism { .. }
        | Authentication::CannotSpeak { .. } => Judgement::skipped(cannot()),
    };
    world.judge(judgement)
}

/// Whether a refused login says that the role cannot be had, and not that a password may be wrong. Whom the server does not
/// let in has nothing that it could go too far with.
fn is_meant_to_be_refused(role: Role, declaration: &Declaration) -> bool {
    match role {
        Role::WrongPassword | Role::NullSession | Role::Guest => true,
        Role::Anonymous
        | Role::UnauthorizedAccount
        | Role::AuthorizedAccount
        | Role::PopImapClient
        | Role::MapiClient => declaration.passwords_are_ours || declaration.login_refused.contains(&role),
    }
}

#[when(expr = "the client connects")]
async fn client_connects(world: &mut CaseWorld) -> Result<(), StepError> {
    connect(world).await
}

#[when(expr = "{role} signs in")]
async fn signs_in(world: &mut CaseWorld, role: RolePhrase) -> Result<(), StepError> {
    sign_in(world, role.0).await
}

#[when(expr = "the client says {string}")]
async fn client_says(world: &mut CaseWorld, line: String) -> Result<(), StepError> {
    let verb = line.split_whitespace().next().unwrap_or_default();
    if verb.eq_ignore_ascii_case("EHLO") || verb.eq_ignore_ascii_case("HELO") {
        world.introduced = true;
    }
    say(world, &line).await
}

#[when(expr = "the client names its sender")]
async fn names_sender(world: &mut CaseWorld) -> Result<(), StepError> {
    connect(world).await?;
    let role = world.signed_in.as_ref().map_or(Role::Anonymous, |(role, _)| *role);
    let Some(sender) = world.conversation.as_ref().map(|conversation| conversation.sender_of(role)) else {
        return Ok(());
    };
    say(world, &format!("MAIL FROM:<{sender}>")).await?;
    let Some(Heard::Reply(reply)) = &world.heard else { return Ok(()) };
    // RFC 6409 4.3: a submission service may want authentication before anything else.
    if reply.code().get() == 530 && world.signed_in.is_none() && world.declaration()?.service == Service::Submission {
        let reason =
            format!("this submission service takes mail only from clients that authenticate: {}", answered(reply));
        return world.judge(Judgement::skipped(reason));
    }
    Ok(())
}

#[when(expr = "the client names the {destination} recipient")]
async fn names_recipient(world: &mut CaseWorld, destination: DestinationWord) -> Result<(), StepError> {
    connect(world).await?;
    let recipient = world.conversation.as_ref().map(|conversation| conversation.recipient(destination.0));
    match recipient {
        Some(recipient) => say(world, &format!("RCPT TO:<{recipient}>")).await,
        None => Ok(()),
    }
}

#[when(expr = "the client sends its message")]
async fn sends_message(world: &mut CaseWorld) -> Result<(), StepError> {
    match &mut world.conversation {
        Some(conversation) => {
            let heard = conversation.send_message().await;
            hear(world, heard)
        }
        None => Ok(()),
    }
}

#[when(expr = "the client opens a mail transaction to the {destination} recipient")]
async fn opens_transaction(world: &mut CaseWorld, destination: DestinationWord) -> Result<(), StepError> {
    connect(world).await?;
    introduce(world).await?;
    names_sender(world).await?;
    accepted_or_end(world, "MAIL")?;
    names_recipient(world, destination).await?;
    accepted_or_end(world, "RCPT")
}

/// A transaction that cannot be opened says nothing about what a case wants to do in it.
fn accepted_or_end(world: &mut CaseWorld, verb: &str) -> Result<(), StepError> {
    let nothing = "no mail transaction could be opened";
    let (open, reason) = match &world.heard {
        Some(Heard::Reply(reply)) if reply.code().is_positive() => return Ok(()),
        Some(Heard::Reply(reply)) => (open_after(reply), format!("{nothing}: to {verb} {}", answered(reply))),
        Some(Heard::Silence(why)) => (world.open_for(why), format!("{nothing}: to {verb} {}", silence(why))),
        None => (OpenReason::NotTried, nothing.to_owned()),
    };
    world.leave_open(open, reason)
}

#[then(expr = "the greeting has the code {code}")]
fn greeting_has_code(world: &mut CaseWorld, code: CodeWord) -> Result<(), StepError> {
    let CodeWord(code) = code;
    let greeting = world.conversation.as_ref().map(|conversation| conversation.greeting().clone());
    if let Some(greeting) = greeting {
        let seen = format!("it was greeted with `{} {}`", greeting.code().get(), greeting.text());
        // RFC 5321 3.1 and 3.8: a real server may turn a client away, for now or for good.
        if code == 220 && is_refusal(&greeting) && !world.is_model()? {
            return world.unanswered(&NoAnswer::TurnedAway { reply: (&greeting).into() }, seen);
        }
        return world.require(greeting.code().get() == code, &format!("a greeting with the code {code}"), &seen);
    }
    let judgement = match &world.heard {
        Some(Heard::Silence(NoAnswer::TurnedAway { reply })) => {
            let seen = format!("expected a greeting with the code {code}, and got `{} {}`", reply.code, reply.text);
            if reply.code == code { Judgement::conformant(seen) } else { Judgement::deviates(seen) }
        }
        Some(Heard::Silence(why)) => Judgement::inconclusive(world.open_for(why), silence(why)),
        _ => return Err(StepError::Misplaced("the client did not connect before this step")),
    };
    world.judge(judgement)
}

#[then(expr = "the reply has the code {code}")]
fn reply_has_code(world: &mut CaseWorld, code: CodeWord) -> Result<(), StepError> {
    let CodeWord(code) = code;
    judge_reply(world, &format!("a reply with the code {code}"), |reply| reply.code().get() == code)
}

#[then(expr = "the server refuses")]
fn refuses(world: &mut CaseWorld) -> Result<(), StepError> {
    judge_reply(world, "a refusal", is_refusal)
}

#[then(expr = "the server closes the connection")]
async fn closes(world: &mut CaseWorld) -> Result<(), StepError> {
    expect_the_end(world, "the connection to be closed").await
}

/// Reads on until the connection ends: a reply means that it did not.
pub(super) async fn expect_the_end(world: &mut CaseWorld, expected: &str) -> Result<(), StepError> {
    let Some(conversation) = &mut world.conversation else { return unheard(world) };
    let judgement = the_end(conversation.reply().await, expected);
    world.judge(judgement)
}

/// Whether what was heard is the end of a connection.
pub(super) fn the_end(heard: Result<Reply, NoAnswer>, expected: &str) -> Judgement {
    match heard {
        Err(why @ (NoAnswer::Closed | NoAnswer::Reset { .. })) => Judgement::conformant(silence(&why)),
        Err(why @ NoAnswer::LimitReached { .. }) => {
            Judgement::inconclusive(OpenReason::of_silence(&why, None), silence(&why))
        }
        Err(why) => Judgement::deviates(format!("expected {expected}, but {}", silence(&why))),
        Ok(reply) => Judgement::deviates(format!("expected {expected}, but {}", answered(&reply))),
    }
}

impl From<Result<Reply, NoAnswer>> for Heard {
    fn from(heard: Result<Reply, NoAnswer>) -> Self {
        match heard {
            Ok(reply) => Self::Reply(reply),
            Err(why) => Self::Silence(why),
        }
    }
}

/// Begins the conversation where there is none. That nobody answers is something heard.
pub(super) async fn connect(world: &mut CaseWorld) -> Result<(), StepError> {
    if world.conversation.is_some() || matches!(world.heard, Some(Heard::Silence(_))) {
        return Ok(());
    }
    let (bench, target) = (world.context()?.bench.clone(), world.target()?);
    let conversation = match world.in_clear {
        true => bench.converse_in_clear(&target).await,
        false => bench.converse(&target).await,
    };
    match conversation {
        Ok(conversation) => world.conversation = Some(conversation),
        Err(why) => world.heard = Some(Heard::Silence(why)),
    }
    Ok(())
}

/// Says EHLO where it was not said yet, and HELO where EHLO is refused; gives what EHLO lists.
pub(super) async fn introduce(world: &mut CaseWorld) -> Result<Option<Extensions>, StepError> {
    let Some(conversation) = &mut world.conversation else { return Ok(None) };
    if world.introduced {
        return Ok(None);
    }
    world.introduced = true;
    match conversation.ehlo().await {
        Ok((reply, extensions)) => {
            let extensions = (!is_refusal(&reply)).then_some(extensions);
            world.heard = Some(Heard::Reply(reply));
            Ok(extensions)
        }
        Err(why) => {
            world.heard = Some(Heard::Silence(why));
            Ok(None)
        }
    }
}

async fn sign_in(world: &mut CaseWorld, role: Role) -> Result<(), StepError> {
    super::role::presence(world, role)?;
    world.end_conversation();
    world.context()?.bench.before_sign_in(&world.target()?, role).await;
    connect(world).await?;
    introduce(world).await?;
    let answer = match (&mut world.conversation, &world.heard) {
        (Some(conversation), _) => conversation.authenticate_as(role).await,
        (None, Some(Heard::Silence(why))) => Authentication::NoAnswer(why.clone()),
        (None, _) => Authentication::NoAnswer(NoAnswer::Closed),
    };
    world.signed_in = Some((role, answer));
    Ok(())
}

pub(super) async fn say(world: &mut CaseWorld, line: &str) -> Result<(), StepError> {
    connect(world).await?;
    match &mut world.conversation {
        Some(conversation) => {
            let heard = conversation.say(line).await;
            hear(world, heard)
        }
        None => Ok(()),
    }
}

/// Puts down what was heard. What we keep back ourselves ends the case: the next step would be judged by what was not said.
pub(super) fn hear(world: &mut CaseWorld, heard: Result<Reply, NoAnswer>) -> Result<(), StepError> {
    let kept_back = match &heard {
        Err(why @ (NoAnswer::LimitReached { .. } | NoAnswer::NoTls { cause: NoTls::Withheld { .. } })) => {
            Some(why.clone())
        }
        Ok(_) | Err(_) => None,
    };
    world.heard = Some(heard.into());
    // What comes back now is no answer to a chunk any more.
    world.chunk = None;
    match kept_back {
        Some(why) => world.unanswered(&why, silence(&why)),
        None => Ok(()),
    }
}

pub(super) fn judge_reply(
    world: &mut CaseWorld,
    expected: &str,
    holds: impl Fn(&Reply) -> bool,
) -> Result<(), StepError> {
    let judgement = match &world.heard {
        Some(heard) => read_reply(world, heard, expected, holds),
        None => return unheard(world),
    };
    world.judge(judgement)
}

/// What a reply is to what was expected. A 421 answers nothing: a server may say it to whatever comes when it ends its
/// service (RFC 5321 3.8).
pub(super) fn read_reply(
    world: &CaseWorld,
    heard: &Heard,
    expected: &str,
    holds: impl Fn(&Reply) -> bool,
) -> Judgement {
    let unmet = |reply: &Reply| format!("expected {expected}, but {}", answered(reply));
    match heard {
        Heard::Reply(reply) if holds(reply) => Judgement::conformant(answered(reply)),
        Heard::Reply(reply) if reply.code().get() == 421 => Judgement::inconclusive(open_after(reply), unmet(reply)),
        Heard::Reply(reply) => Judgement::deviates(unmet(reply)),
        Heard::Silence(why) => Judgement::inconclusive(world.open_for(why), silence(why)),
    }
}

/// What a reply that is no success leaves open.
pub(super) fn open_after(reply: &Reply) -> OpenReason {
    match reply.code().class() {
        ReplyClass::TransientNegative => OpenReason::of_deferral(&reply.into(), false),
        ReplyClass::PermanentNegative | ReplyClass::PositiveCompletion | ReplyClass::PositiveIntermediate => {
            OpenReason::OtherRefusal
        }
    }
}

pub(super) fn unheard(world: &mut CaseWorld) -> Result<(), StepError> {
    match &world.heard {
        Some(Heard::Silence(why)) => {
            let why = why.clone();
            world.unanswered(&why, silence(&why))
        }
        _ => Err(StepError::Misplaced("the client said nothing before this step")),
    }
}

pub(super) fn is_refusal(reply: &Reply) -> bool {
    (400..600).contains(&reply.code().get())
}

/// What AUTH said, for a sentence.
fn said(answer: &Authentication) -> String {
    match answer {
        Authentication::NotTried => "it does not authenticate".to_owned(),
        Authentication::Accepted { reply }
        | Authentication::Refused { reply }
        | Authentication::Unavailable { reply }
        | Authentication::NeedsTls { reply }
        | Authentication::Deferred { reply } => format!("AUTH was answered `{} {}`", reply.code, reply.text),
        Authentication::NoMechanism { listed, .. } => no_mechanism(listed),
        Authentication::CannotSpeak { reason } => reason.clone(),
        Authentication::NoAnswer(why) => silence(why),
    }
}
