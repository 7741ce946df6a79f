//! Steps about BDAT and what comes between two chunks (RFC 3030; MS02-012).

use cucumber::{then, when};

use super::dialogue::{connect, expect_the_end, hear, is_refusal, judge_reply, read_reply, say, the_end, unheard};
use super::form::StepForm;
use crate::feature::world::{CaseWorld, Heard, StepError, answered, silence};
use crate::harness::Conversation;
use crate::judge::{NoAnswer, OpenReason};

pub(in crate::feature) const FORMS: [StepForm; 6] = [
    StepForm::when(
        "the client sends the chunk {string} and {string} behind it in one write",
        "opens a second connection first, which only waits; then sends the BDAT command, as many octets as it announces, \
         and the other command, without waiting between",
        "the client sends the chunk \"BDAT 4\" and \"AUTH LOGIN\" behind it in one write",
    ),
    StepForm::then("the chunk is accepted", "the reply to the chunk is 2xx", "the chunk is accepted"),
    StepForm::then(
        "the command behind it is run",
        "the reply to the command behind the chunk is 2xx or 3xx",
        "the command behind it is run",
    ),
    StepForm::then(
        "the command behind it is refused",
        "the reply to the command behind the chunk is 4xx or 5xx",
        "the command behind it is refused",
    ),
    StepForm::then(
        "the service fails",
        "the connection ends without a word, and the one that only waits with it",
        "the service fails",
    ),
    StepForm::then(
        "the server still answers",
        "NOOP is answered on this connection, or on the one that only waits",
        "the server still answers",
    ),
];

/// What a case may send in one chunk.
const MOST_OCTETS: usize = 4096;

#[when(expr = "the client sends the chunk {string} and {string} behind it in one write")]
async fn sends_chunk(world: &mut CaseWorld, chunk: String, command: String) -> Result<(), StepError> {
    let size = chunk.split_whitespace().nth(1).and_then(|size| size.parse::<usize>().ok());
    let size = size.filter(|size| *size <= MOST_OCTETS);
    let size = size.ok_or(StepError::Misplaced("a chunk is written as `BDAT 4`, with at most 4096 octets"))?;
    let (bench, target) = (world.context()?.bench.clone(), world.target()?);
    let Some(conversation) = &mut world.conversation else { return Ok(()) };
    // A service that fails takes every connection with it (KB:Q313450); a server that closes one does not.
    world.bystander = Some(bench.converse(&target).await.and_then(welcome));
    let write = format!("{chunk}\r\n{}{command}\r\n", "x".repeat(size));
    let first = match conversation.send(write.as_bytes()).await {
        Ok(()) => conversation.reply().await,
        Err(why) => Err(why),
    };
    let second = match &first {
        Ok(_) => conversation.reply().await,
        Err(why) => Err(why.clone()),
    };
    let heard = hear(world, second);
    world.chunk = Some(first.into());
    heard
}

/// A server may want no more connections than there are; then nobody stands by.
fn welcome(conversation: Conversation) -> Result<Conversation, NoAnswer> {
    let greeting = conversation.greeting();
    if greeting.code().is_positive() { Ok(conversation) } else { Err(NoAnswer::TurnedAway { reply: greeting.into() }) }
}

#[then(expr = "the chunk is accepted")]
fn chunk_is_accepted(world: &mut CaseWorld) -> Result<(), StepError> {
    let judgement = match &world.chunk {
        Some(heard) => read_reply(world, heard, "the chunk to be accepted", |reply| reply.code().is_positive()),
        None => return no_chunk(world),
    };
    world.judge(judgement)
}

/// A chunk goes unsent where nobody answers, or where the case sends none.
fn no_chunk(world: &mut CaseWorld) -> Result<(), StepError> {
    match &world.heard {
        Some(Heard::Silence(_)) => unheard(world),
        Some(Heard::Reply(_)) | None => {
            Err(StepError::Misplaced("the last thing sent before this step was no chunk with a command behind it"))
        }
    }
}

#[then(expr = "the command behind it is run")]
fn command_is_run(world: &mut CaseWorld) -> Result<(), StepError> {
    if world.chunk.is_none() {
        return no_chunk(world);
    }
    judge_reply(world, "the command to be run", |reply| !is_refusal(reply))
}

#[then(expr = "the command behind it is refused")]
fn command_is_refused(world: &mut CaseWorld) -> Result<(), StepError> {
    if world.chunk.is_none() {
        return no_chunk(world);
    }
    judge_reply(world, "the command to be refused", is_refusal)
}

#[then(expr = "the service fails")]
async fn service_fails(world: &mut CaseWorld) -> Result<(), StepError> {
    if world.chunk.is_none() {
        return no_chunk(world);
    }
    expect_the_end(world, "the service to fail and drop the connection").await?;
    let bystander = match &mut world.bystander {
        Some(Ok(bystander)) => bystander,
        Some(Err(why)) => {
            let reason = format!("no second connection could be opened to see it dropped too: {}", silence(why));
            let why = why.clone();
            return world.unanswered(&why, reason);
        }
        None => return no_chunk(world),
    };
    let heard = bystander.say("NOOP").await;
    world.judge(the_end(heard, "a second connection to be dropped too"))
}

#[then(expr = "the server still answers")]
async fn still_answers(world: &mut CaseWorld) -> Result<(), StepError> {
    say(world, "NOOP").await?;
    if let Some(Heard::Reply(reply)) = &world.heard {
        let seen = answered(reply);
        return world.require(true, "an answer", &seen);
    }
    // Closing after a breach of the sequence is its right, as long as others are served.
    if let Some(Ok(bystander)) = &mut world.bystander {
        let (holds, seen) = match bystander.say("NOOP").await {
            Ok(reply) => (true, format!("on a second connection {}", answered(&reply))),
            Err(why @ NoAnswer::LimitReached { .. }) => {
                return world.unanswered(&why, silence(&why));
            }
            Err(why) => (false, format!("on a second connection {}", silence(&why))),
        };
        return world.require(holds, "the server to go on answering", &seen);
    }
    world.end_conversation();
    connect(world).await?;
    let Some(conversation) = &world.conversation else {
        let seen = match &world.heard {
            Some(Heard::Silence(why)) => silence(why),
            Some(Heard::Reply(_)) | None => "no new connection could be opened".to_owned(),
        };
        return world.require(false, "the server to go on answering", &seen);
    };
    let greeting = conversation.greeting();
    let (is_welcome, seen) = (greeting.code().is_positive(), format!("on a new connection {}", answered(greeting)));
    if is_welcome { world.require(true, "an answer", &seen) } else { world.leave_open(OpenReason::TurnedAway, seen) }
}
