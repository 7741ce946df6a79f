//! Mail that leaves the model: as SMTP octets, to a next hop.

use std::net::SocketAddr;
use std::time::Duration;

use crate::harness::client::{Client, Script, Step};
use crate::harness::clock::Clock;
use crate::harness::dialogue::Dialogue;
use crate::harness::limits::Deadline;
use crate::harness::witness::{Witness, WitnessPeer};
use crate::judge::Door;
use crate::reference::model::{Hop, Mail};
use crate::transport::{Link, connect};

/// How long one message may take to be passed on, and each reply in it.
const LIMIT: Duration = Duration::from_secs(10);

/// Where mail for a hop goes.
#[derive(Clone, Debug)]
pub enum NextHop {
    /// A witness in this process, at the door of that hop.
    Witness(Witness),
    /// A server on a socket.
    Address(SocketAddr),
    /// Nowhere: the mail is gone.
    Nowhere,
}

/// Both next hops of a model.
#[derive(Clone, Debug)]
pub struct Outbox {
    /// For the world outside.
    pub outside: NextHop,
    /// For the server inside.
    pub inside: NextHop,
    /// The name that the sending side introduces itself with.
    pub host: String,
    /// The clock.
    pub clock: Clock,
}

impl Outbox {
    /// Passes a message on. Whether the next hop took it; mail that it did not take is not kept, and nobody is told.
    pub async fn transmit(&self, hop: Hop, mail: Mail) -> bool {
        let (next_hop, door) = match hop {
            Hop::Outside => (&self.outside, Door::Outside),
            Hop::Inside => (&self.inside, Door::Inside),
        };
        let link = match next_hop {
            NextHop::Witness(witness) => Link::in_process(WitnessPeer::new(witness.clone(), door)),
            NextHop::Address(address) => match connect(*address, None, LIMIT).await {
                Ok(link) => link,
                Err(_) => return false,
            },
            NextHop::Nowhere => return false,
        };
        let deadline = Deadline { at: self.clock.now().saturating_add(LIMIT), limit: "case" };
        let mut dialogue = Dialogue::new(link, Client::default(), self.clock.clone(), LIMIT, deadline);
        for step in script(&self.host, mail) {
            let is_farewell = matches!(step, Step::Quit);
            let wanted = if matches!(&step, Step::Command(line) if line == b"DATA") { 300..400 } else { 200..300 };
            let outcome = dialogue.perform(step).await;
            let is_wanted = outcome.into_reply().is_ok_and(|reply| wanted.contains(&reply.code().get()));
            if !is_wanted && !is_farewell {
                return false;
            }
        }
        true
    }
}

fn script(host: &str, mail: Mail) -> Script {
    let path = |keyword: &[u8], address: &[u8]| Step::Command([keyword, b"<", address, b">"].concat());
    let mut script = vec![
        Step::Greeting,
        Step::Ehlo { name: host.to_owned(), helo_fallback: true },
        path(b"MAIL FROM:", &mail.reverse_path),
    ];
    script.extend(mail.forward_paths.iter().map(|address| path(b"RCPT TO:", address)));
    script.extend([Step::Command(b"DATA".to_vec()), Step::MailData(mail.content), Step::Quit]);
    script
}
