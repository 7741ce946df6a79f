//! An ordinary message for a local recipient, from a client that does not authenticate: written and sent by lettre, taken
//! by every built-in deployment that lets anonymous clients in (claim c24: RFC 2821, and RFC 2822's messages).

use std::sync::Arc;

use futures::future::join_all;
use lettre::Message;
use lettre::message::header::{ContentTransferEncoding, ContentType};
use lettre::message::{Body, Mailbox};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{MailBodyParameter, MailParameter};
use smtpspec::harness::server::NextHop;
use smtpspec::reference::deployment::behaviours::{Behaviours, KeywordCondition};
use smtpspec::reference::model::Components;

use super::keeper::{Keeper, Kept};
use super::lettre_sends::{connect, failed};
use super::served::{HOST, catalogue, model, serve};
use super::wrong_parts::NoTrace;
use super::{CLIENT, Failure, LOCAL_RECIPIENT, SENDER};

/// Where no mail of an anonymous client is to be expected: nothing answers, or by the files' own words.
const WITHOUT_ANONYMOUS_CLIENTS: [&str; 6] = [
    "nt4-without-option-pack",
    "nt4-option-pack-service-stopped",
    "windows-2000-anonymous-access-off",
    "windows-2000-service-stopped",
    "windows-2000-service-not-installed",
    REFUSES_OWN_USERS,
];

/// Refuses strangers even for its own users (KB:Q243045, KB:Q206968).
const REFUSES_OWN_USERS: &str = "exchange-5.5-on-nt4-not-rerouting-flags-left";

/// Lines that a careless server would end the message at, or shorten.
const DOTS: &str = "Hello,\r\n.\r\n..\r\n...\r\n.signature\r\nthe end.\r\n\r\n";

/// RFC 5321 4.5.3.1.6: 1000 octets with CRLF, the period for transparency not counted.
const LONGEST_LINE: usize = 998;

/// Octets that are no UTF-8, and all that have the eighth bit set (RFC 6152).
fn eight_bit() -> Vec<u8> {
    [b"Gr\xfc\xdfe\r\n".as_slice(), &(0x80..=0xff).collect::<Vec<u8>>(), b"\r\n"].concat()
}

fn message(is_eight_bit: bool) -> Result<Message, Failure> {
    let mailbox = |address: &str| address.parse::<Mailbox>().map_err(|error| format!("{address}: {error}"));
    let long = format!(".{}\r\n", "x".repeat(LONGEST_LINE - 1));
    let more = if is_eight_bit { eight_bit() } else { Vec::new() };
    // lettre puts CRLF behind every message, whatever it ends with.
    let body = [DOTS.as_bytes(), long.as_bytes(), &more, b"Bye"].concat();
    let encoding = if is_eight_bit { ContentTransferEncoding::EightBit } else { ContentTransferEncoding::SevenBit };
    Message::builder()
        .from(mailbox(&format!("Somebody <{SENDER}>"))?)
        .to(mailbox(&format!("Somebody else <{LOCAL_RECIPIENT}>"))?)
        .subject("An ordinary message")
        .header(ContentType::TEXT_PLAIN)
        .body(Body::dangerous_pre_encoded(body, encoding))
        .map_err(|error| format!("lettre does not make this message: {error}"))
}

/// lettre looks for 8BITMIME in upper case alone (RFC 5321 2.4: in any case), so the choice is made here. A message that
/// has to be changed for a server without it is not sent to one.
fn takes_eight_bit(behaviours: &Behaviours) -> bool {
    let mut listed = behaviours.keywords.iter().filter(|keyword| keyword.when == KeywordCondition::Always);
    listed.any(|keyword| keyword.text.eq_ignore_ascii_case("8BITMIME"))
}

async fn send_eight_bit(connection: &mut AsyncSmtpConnection, message: &Message) -> Result<(), Failure> {
    let envelope = message.envelope();
    let recipient = envelope.to().first().cloned().ok_or("nobody to send to")?;
    let body = MailParameter::Body(MailBodyParameter::EightBitMime);
    let commands = [
        Mail::new(envelope.from().cloned(), vec![body]).to_string(),
        Rcpt::new(recipient, Vec::new()).to_string(),
        Data.to_string(),
    ];
    for command in commands {
        connection.command(command).await.map_err(|error| failed(&error))?;
    }
    connection.message(&message.formatted()).await.map(drop).map_err(|error| failed(&error))
}

/// Nothing but a trace header (RFC 5321 4.4) was added, on top.
fn arrived_whole(kept: &Kept, message: &Message) -> Result<(), Failure> {
    if kept.recipients != [format!("TO:<{LOCAL_RECIPIENT}>")] {
        return Err(format!("it went to {:?}", kept.recipients));
    }
    let sent = [message.formatted().as_slice(), b"\r\n"].concat();
    let Some(trace) = kept.content.strip_suffix(sent.as_slice()) else {
        return Err(format!(
            "sent {:?}, arrived {:?}",
            sent.escape_ascii().to_string(),
            kept.content.escape_ascii().to_string()
        ));
    };
    let trace = String::from_utf8_lossy(trace);
    let is_one_field = trace.split_inclusive("\r\n").enumerate().all(|(at, line)| match at {
        0 => line.starts_with(&format!("Received: from {CLIENT} ")),
        _ => line.starts_with([' ', '\t']) && line.ends_with("\r\n"),
    });
    let is_whole = is_one_field && trace.ends_with("\r\n") && trace.contains(&format!("by {HOST} "));
    if is_whole { Ok(()) } else { Err(format!("this is no trace header: {trace:?}")) }
}

/// Sends what this server can be sent on one connection.
async fn deliver(behaviours: &Behaviours, change: impl FnOnce(&mut Components)) -> Result<(), Failure> {
    let mut inside = Keeper::open().await?;
    let next_hop = NextHop::Address(inside.address());
    let server = serve(model(behaviours, change), NextHop::Nowhere, next_hop).await?;
    let mut connection = connect(server.address()).await?;

    let ordinary = message(false)?;
    let sent = connection.send(ordinary.envelope(), &ordinary.formatted()).await;
    sent.map_err(|error| failed(&error))?;
    arrived_whole(&inside.next().await?, &ordinary)?;

    if takes_eight_bit(behaviours) {
        let eight_bit = message(true)?;
        send_eight_bit(&mut connection, &eight_bit).await?;
        arrived_whole(&inside.next().await?, &eight_bit)?;
    }
    connection.quit().await.map(drop).map_err(|error| failed(&error))
}

#[tokio::test]
async fn an_ordinary_message_is_delivered_wherever_anonymous_clients_are_let_in() -> Result<(), Failure> {
    let mut left_out = Vec::new();
    let mut deliveries = Vec::new();
    let (mut without_eight_bit, mut with_eight_bit) = (0, 0);
    for deployment in &catalogue()?.deployments {
        for listener in &deployment.listeners {
            let admits = |found: &&Behaviours| found.settings.anonymous_access && deployment.id != REFUSES_OWN_USERS;
            let Some(behaviours) = listener.behaviours.as_ref().filter(admits) else {
                left_out.push(deployment.id.as_str());
                continue;
            };
            *(if takes_eight_bit(behaviours) { &mut with_eight_bit } else { &mut without_eight_bit }) += 1;
            deliveries.push(async move {
                let delivered = deliver(behaviours, |_| {}).await;
                delivered.err().map(|failure| format!("{}, {}: {failure}", deployment.id, listener.name))
            });
        }
    }
    // Side by side, since lettre writes the end of mail data apart and the system holds that back for a while.
    let failures: Vec<_> = join_all(deliveries).await.into_iter().flatten().collect();
    assert_eq!(failures, Vec::<String>::new());
    assert_eq!(left_out, WITHOUT_ANONYMOUS_CLIENTS);
    // Exchange 5.0 and 5.5 do not list 8BITMIME (KB:Q243894), the other products do: neither half was left out.
    assert!(without_eight_bit > 0 && with_eight_bit > 0, "{without_eight_bit} without 8BITMIME, {with_eight_bit} with");
    Ok(())
}

fn behaviours_of(deployment: &str) -> Result<&'static Behaviours, Failure> {
    let listener = catalogue()?.get(deployment).and_then(|deployment| deployment.listeners.first());
    let behaviours = listener.and_then(|listener| listener.behaviours.as_ref());
    behaviours.ok_or_else(|| format!("nothing answers at {deployment}"))
}

#[tokio::test]
async fn who_refuses_strangers_refuses_them_at_rcpt_for_its_own_users_too() -> Result<(), Failure> {
    let server = serve(model(behaviours_of(REFUSES_OWN_USERS)?, |_| {}), NextHop::Nowhere, NextHop::Nowhere).await?;
    let mut connection = connect(server.address()).await?;
    let ordinary = message(false)?;
    let mail = Mail::new(ordinary.envelope().from().cloned(), Vec::new());
    connection.command(mail).await.map_err(|error| failed(&error))?;
    let recipients = ordinary.envelope().to().iter().cloned();
    for rcpt in recipients.map(|recipient| Rcpt::new(recipient, Vec::new())) {
        let refusal = connection.command(rcpt).await.err().and_then(|error| error.status()).map(u16::from);
        // KB:Q243045.
        assert_eq!(refusal, Some(550));
    }
    Ok(())
}

#[tokio::test]
async fn a_message_without_a_trace_header_is_noticed() -> Result<(), Failure> {
    let delivered = deliver(behaviours_of("reference")?, |parts| parts.trace = Arc::new(NoTrace)).await;
    assert_eq!(delivered, Err("this is no trace header: \"\"".to_owned()));
    Ok(())
}
