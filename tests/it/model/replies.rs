//! A reply for everything that is owed one, and no more: counted by a reading of the octets that knows of the server only
//! the codes it answered with.

use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;
use smtpspec::reference::deployment::behaviours::{Behaviours, ChunkingComponent};
use smtpspec::reference::model::{Model, Output, Session};

use super::cuts::any_behaviours;
use super::grammar::session;
use super::support::{HOST, NONCE, NOW, behaviours, connection, directory};

/// The code of each reply, in order, and whether the connection stood at the end.
fn answers(behaviours: &Behaviours, octets: &[u8]) -> (Vec<u16>, bool) {
    let model = Model::new(Arc::new(behaviours.clone()), Arc::new(directory()), HOST);
    let mut session = Session::open(Arc::new(model), connection(), NOW);
    session.receive(octets, NOW);
    let (mut codes, mut stands) = (Vec::new(), true);
    while let Some(output) = session.poll() {
        match output {
            Output::Reply { bytes, .. } => codes.push(String::from_utf8_lossy(&bytes[..3]).parse().unwrap()),
            Output::NeedNonce => session.nonce(NONCE, NOW),
            Output::Transmit { .. } => {}
            Output::BeginTls | Output::Close | Output::ServiceFails => stands = false,
        }
    }
    (codes, stands)
}

/// How many replies are owed: one to connecting, one to each line up to its LF, one to the mail data behind a 354 up to
/// CRLF `.` CRLF (RFC 5321 4.1.1.4), one to BDAT once its octets are there (RFC 3030 2). No more than `codes` are where
/// they end, since what ends a connection is not read from the octets.
fn owed(behaviours: &Behaviours, octets: &[u8], codes: &[u16]) -> usize {
    let has_chunks = behaviours.chunking != ChunkingComponent::Absent;
    let (mut rest, mut owed, mut is_response) = (octets, 1, false);
    while owed < codes.len() {
        let Some(length) = rest.iter().position(|octet| *octet == b'\n') else { return owed };
        let (line, behind) = rest.split_at(length + 1);
        rest = behind;
        let chunk = chunk_size(line).filter(|_| has_chunks && !is_response);
        if let Some(size) = chunk {
            let Some(behind) = rest.get(size..) else { return owed };
            rest = behind;
        }
        let code = codes[owed];
        owed += 1;
        is_response = code == 334;
        if code == 354 {
            let Some(end) = end_of_mail_data(rest) else { return owed };
            rest = &rest[end..];
            owed += 1;
        }
    }
    // Whatever is left has to be owed nothing: else a reply is missing.
    let is_line_left = rest.contains(&b'\n');
    owed + usize::from(is_line_left && !is_waiting(has_chunks && !is_response, rest))
}

/// The size in `BDAT size` or `BDAT size LAST` (RFC 3030 2).
fn chunk_size(line: &[u8]) -> Option<usize> {
    let text = std::str::from_utf8(line).ok()?.trim_end();
    let mut words = text.split(' ').filter(|word| !word.is_empty());
    let is_chunk = !text.starts_with(' ') && words.next()?.eq_ignore_ascii_case("BDAT");
    let size = words.next()?.parse().ok()?;
    let is_well_formed = words.next().is_none_or(|last| last.eq_ignore_ascii_case("LAST")) && words.next().is_none();
    (is_chunk && is_well_formed).then_some(size)
}

/// Whether the first line is a BDAT whose octets have not all come.
fn is_waiting(has_chunks: bool, octets: &[u8]) -> bool {
    let length = octets.iter().position(|octet| *octet == b'\n').map_or(octets.len(), |position| position + 1);
    let (line, behind) = octets.split_at(length);
    has_chunks && chunk_size(line).is_some_and(|size| size > behind.len())
}

/// Where the mail data is over: behind CRLF `.` CRLF, or behind `.` CRLF at its very start.
fn end_of_mail_data(octets: &[u8]) -> Option<usize> {
    if octets.starts_with(b".\r\n") {
        return Some(3);
    }
    octets.windows(5).position(|window| window == b"\r\n.\r\n").map(|position| position + 5)
}

proptest! {
    #[test]
    fn any_octets_are_answered(octets in vec(any::<u8>(), 0..2000)) {
        let (codes, stands) = answers(&behaviours(), &octets);
        prop_assert!(stands);
        prop_assert_eq!(codes.len(), octets.iter().filter(|octet| **octet == b'\n').count() + 1);
    }

    #[test]
    fn each_command_gets_one_reply(behaviours in any_behaviours(), octets in session()) {
        let (codes, stands) = answers(&behaviours, &octets);
        let owed = owed(&behaviours, &octets, &codes);
        // Behind QUIT, STARTTLS and the service's failure nothing is read, and so nothing is owed.
        prop_assert!(owed == codes.len() || (!stands && owed > codes.len()), "{owed} are owed, and there are {codes:?}");
    }
}
