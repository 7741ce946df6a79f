//! Laws: replies are well formed, and do not depend on how the octets were cut into reads.

use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;
use smtpspec::reference::deployment::behaviours::{
    AuthorizationComponent, Behaviours, ChunkingComponent, EncapsulatedAddresses,
};
use smtpspec::reference::model::{Model, Output, Session};

use super::grammar::session;
use super::support::{HOST, NONCE, NOW, behaviours, connection, directory};

/// All outputs of a session whose octets come in these reads. TLS never comes to
/// stand, so that a session ends at STARTTLS: what is thrown away there would depend on what has arrived.
fn run(behaviours: &Behaviours, reads: &[&[u8]]) -> Vec<Output> {
    let model = Model::new(Arc::new(behaviours.clone()), Arc::new(directory()), HOST);
    let mut session = Session::open(Arc::new(model), connection(), NOW);
    let mut outputs = Vec::new();
    for read in [&b""[..]].iter().chain(reads) {
        session.receive(read, NOW);
        while let Some(output) = session.poll() {
            if output == Output::NeedNonce {
                session.nonce(NONCE, NOW);
            }
            outputs.push(output);
        }
    }
    outputs
}

/// The octets in pieces of these lengths, over and over.
pub(super) fn cut<'a>(octets: &'a [u8], lengths: &[usize]) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    let mut rest = octets;
    for length in lengths.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (piece, behind) = rest.split_at((*length).clamp(1, rest.len()));
        pieces.push(piece);
        rest = behind;
    }
    pieces
}

pub(super) fn any_behaviours() -> impl Strategy<Value = Behaviours> {
    let components = (
        prop::sample::select(
            &[
                AuthorizationComponent::Absent,
                AuthorizationComponent::AtAuthentication,
                AuthorizationComponent::AfterAuthentication,
            ][..],
        ),
        prop::sample::select(
            &[ChunkingComponent::Absent, ChunkingComponent::Sequenced, ChunkingComponent::Unsequenced][..],
        ),
        prop::sample::select(
            &[EncapsulatedAddresses::Local, EncapsulatedAddresses::Refused, EncapsulatedAddresses::Relayed][..],
        ),
    );
    (components, any::<[bool; 7]>()).prop_map(|((authorization, chunking, encapsulated_addresses), flags)| {
        let mut behaviours = Behaviours { authorization, chunking, encapsulated_addresses, ..behaviours() };
        behaviours.settings.anonymous_access = flags[0];
        behaviours.strictness.mail_needs_helo = flags[1];
        behaviours.strictness.authenticates_inside_transaction = flags[2];
        behaviours.strictness.second_ehlo_refused = flags[3];
        behaviours.guest_enabled = flags[4];
        behaviours.certificate = flags[5];
        behaviours.passwords_need_tls = flags[6];
        behaviours
    })
}

proptest! {
    #[test]
    fn replies_do_not_depend_on_cuts(
        behaviours in any_behaviours(),
        octets in session(),
        lengths in vec(1_usize..200, 1..20),
    ) {
        let whole = run(&behaviours, &[&octets]);
        prop_assert_eq!(&run(&behaviours, &cut(&octets, &lengths)), &whole);
    }

    #[test]
    fn every_reply_is_well_formed(behaviours in any_behaviours(), octets in session()) {
        for output in run(&behaviours, &[&octets]) {
            let Output::Reply { bytes, facts } = output else { continue };
            let text = String::from_utf8_lossy(&bytes);
            let lines: Vec<_> = text.strip_suffix("\r\n").unwrap().split("\r\n").collect();
            prop_assert_eq!(lines.len(), facts.len());
            for (number, line) in lines.iter().enumerate() {
                prop_assert!(line.len() <= 510 && !line.contains(['\r', '\n']));
                prop_assert!(('2'..='5').contains(&line.chars().next().unwrap()));
                let separator = if number + 1 == lines.len() { ' ' } else { '-' };
                prop_assert_eq!(line.chars().nth(3), Some(separator));
                prop_assert_eq!(&line[..3], &lines[0][..3]);
            }
        }
    }
}

/// Every cut into two reads, of one session with everything in it.
#[test]
fn every_single_cut_of_a_whole_session() {
    let octets = b"EHLO c\r\nAUTH NTLM TlRMTVNTUAABAAAAB4IAgAAAAAAAAAAAAAAAAAAAAAA=\r\n\
        TlRMTVNTUAADAAAAAQABAEAAAAAAAAAAQQAAAAAAAABAAAAAAAAAAEAAAAAAAAAAQAAAAAAAAABBAAAABYIAAAA=\r\n\
        MAIL FROM:<a@b.example>\r\nRCPT TO:<c@outside.example>\r\nDATA\r\n..x\r\n.y\r\n.\r\n\
        MAIL FROM:<>\r\nRCPT TO:<d@inside.example>\r\nBDAT 7\r\n\r\n.\r\nab\nNOOP\nBDAT 2 LAST\r\n\r\nQUIT\r\nNOOP\r\n";
    let flawed = Behaviours { authorization: AuthorizationComponent::Absent, ..behaviours() };
    let whole = run(&flawed, &[octets]);
    assert_eq!(whole.iter().filter(|output| matches!(output, Output::Transmit { .. })).count(), 2, "{whole:?}");
    assert_eq!(whole.last(), Some(&Output::Close));
    for position in 0..octets.len() {
        let (first, second) = octets.split_at(position);
        assert_eq!(run(&flawed, &[first, second]), whole, "cut at {position}");
    }
}
