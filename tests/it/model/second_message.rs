//! A connection may carry any number of messages (RFC 5321 4.1.1.4: after one the state is that of before MAIL), and who
//! may relay does not change with their count.

use std::sync::Arc;

use smtpspec::protocol::sasl::Mechanism;
use smtpspec::reference::deployment::behaviours::Behaviours;
use smtpspec::reference::model::{Hop, Model};

use super::product::all_by_name;
use super::role::Role;
use super::support::{Client, HOST, connection, directory};

const LOCAL: &str = "somebody@inside.example";
const REMOTE: &str = "victim@outside.example";

/// What RCPT answered, and which mail left for where: the hop, the reverse-path, the forward-paths.
#[derive(Debug, PartialEq, Eq)]
struct Answered {
    rcpt: String,
    left: Vec<(Hop, Vec<u8>, Vec<Vec<u8>>)>,
}

impl Answered {
    fn is_relayed(&self) -> bool {
        self.left.iter().any(|(_, _, forward_paths)| forward_paths.contains(&REMOTE.as_bytes().to_vec()))
    }
}

fn client(behaviours: &Behaviours, role: Role, mechanism: Mechanism) -> Client {
    let model = Model::new(Arc::new(behaviours.clone()), Arc::new(directory()), HOST);
    let (mut client, _) = Client::greeted(model, connection());
    client.say("EHLO c");
    role.sign_in(&mut client, mechanism);
    client
}

fn send(client: &mut Client, forward_path: &str) -> Answered {
    client.mails.clear();
    client.say("MAIL FROM:<authorized@inside.example>");
    let rcpt = client.say(&format!("RCPT TO:<{forward_path}>"));
    if client.say("DATA").starts_with("354") {
        client.say("Subject: x\n\nx\n.");
    }
    client.say("RSET");
    let left = client.mails.drain(..).map(|(hop, mail)| (hop, mail.reverse_path, mail.forward_paths)).collect();
    Answered { rcpt, left }
}

/// The test on every built-in listener, with every role by two mechanisms.
fn on_each(mut test: impl FnMut(&str, &Behaviours, Role, Mechanism)) {
    for (name, behaviours) in all_by_name() {
        for role in Role::ALL {
            for mechanism in [Mechanism::Login, Mechanism::Ntlm] {
                test(&name, &behaviours, role, mechanism);
            }
        }
    }
}

#[test]
fn local_mail_before_it_changes_nothing_for_remote_mail() {
    let (mut taken, mut refused) = (0, 0);
    on_each(|name, behaviours, role, mechanism| {
        let first = send(&mut client(behaviours, role, mechanism), REMOTE);
        let mut second = client(behaviours, role, mechanism);
        let is_taken = !send(&mut second, LOCAL).left.is_empty();
        assert_eq!(send(&mut second, REMOTE), first, "{name}, {role:?} by {mechanism}");
        // KB:Q243045: with RelayFlags left from before, those that are not listed are refused even for own users.
        let takes_none = name.starts_with("exchange-5.5-on-nt4-not-rerouting-flags-left:");
        assert!(is_taken || role != Role::Authorized || takes_none, "{name} takes no mail");
        taken += usize::from(is_taken);
        refused += usize::from(is_taken && first.rcpt.starts_with('5'));
    });
    assert!(
        taken > 400 && refused > 200,
        "{taken} times local mail was taken, {refused} times with no relay behind it"
    );
}

#[test]
fn who_may_relay_may_go_on() {
    let (mut authorized, mut others) = (0, 0);
    on_each(|name, behaviours, role, mechanism| {
        let mut client = client(behaviours, role, mechanism);
        let [first, second, third] = [(); 3].map(|()| send(&mut client, REMOTE));
        assert_eq!(second, first, "{name}, {role:?} by {mechanism}");
        assert_eq!(third, first, "{name}, {role:?} by {mechanism}");
        let count = if role == Role::Authorized { &mut authorized } else { &mut others };
        *count += usize::from(first.is_relayed());
    });
    assert!(
        authorized > 60 && others > 60,
        "relayed for the authorized account {authorized} times, for others {others}"
    );
}
