//! Notices of undeliverable mail (RFC 3464, RFC 5321 6.1).

use std::collections::BTreeSet;

/// Digits of a boundary's number; there are more numbers than a message of any size could hold.
const NUMBER_LENGTH: usize = 8;

/// Why mail comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReturnReason {
    /// The recipient has no mailbox here (RFC 3463: 5.1.1).
    NoSuchMailbox,
    /// The server does not relay to it (5.7.1).
    RelayRefused,
    /// It went round too often (5.4.6).
    HopCount,
}

impl ReturnReason {
    const fn status(self) -> &'static str {
        match self {
            Self::NoSuchMailbox => "5.1.1",
            Self::RelayRefused => "5.7.1",
            Self::HopCount => "5.4.6",
        }
    }

    const fn sentence(self) -> &'static str {
        match self {
            Self::NoSuchMailbox => "There is no such mailbox here.",
            Self::RelayRefused => "This server does not pass mail on to it.",
            Self::HopCount => "The message passed through too many servers.",
        }
    }
}

/// Mail that comes back.
#[derive(Clone, Debug)]
pub struct Returned<'a> {
    /// The server's own name.
    pub host: &'a str,
    /// The date of the notice.
    pub date: &'a str,
    /// The id of the original message.
    pub queue_id: &'a str,
    /// Whom it goes to, without brackets.
    pub reverse_path: &'a [u8],
    /// The recipients who did not get it, and why.
    pub recipients: &'a [(Vec<u8>, ReturnReason)],
    /// The original message, which is returned whole.
    pub content: &'a [u8],
}

/// The notice's content: what happened in words, the same for machines, and the original message.
pub(crate) fn content(returned: &Returned<'_>) -> Vec<u8> {
    let Returned { host, date, queue_id, reverse_path, recipients, content } = returned;
    let boundary = boundary(queue_id, content);
    let mut notice = format!("From: <postmaster@{host}>\r\nTo: <").into_bytes();
    notice.extend_from_slice(reverse_path);
    notice.extend_from_slice(
        format!(
            ">\r\nDate: {date}\r\nMessage-ID: <{queue_id}.returned@{host}>\r\n\
             Subject: Delivery Status Notification (Failure)\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary=\"{boundary}\"\r\n\r\n\
             --{boundary}\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n\
             The message below could not be delivered to:\r\n\r\n"
        )
        .as_bytes(),
    );
    for (recipient, reason) in *recipients {
        notice.extend_from_slice(b"  ");
        notice.extend_from_slice(recipient);
        notice.extend_from_slice(format!("\r\n    {}\r\n", reason.sentence()).as_bytes());
    }
    notice.extend_from_slice(
        format!(
            "\r\n--{boundary}\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns;{host}\r\n\
             Arrival-Date: {date}\r\n"
        )
        .as_bytes(),
    );
    for (recipient, reason) in *recipients {
        notice.extend_from_slice(b"\r\nFinal-Recipient: rfc822;");
        notice.extend_from_slice(recipient);
        notice.extend_from_slice(format!("\r\nAction: failed\r\nStatus: {}\r\n", reason.status()).as_bytes());
    }
    notice.extend_from_slice(format!("\r\n--{boundary}\r\nContent-Type: message/rfc822\r\n\r\n").as_bytes());
    notice.extend_from_slice(content);
    if !content.ends_with(b"\r\n") {
        notice.extend_from_slice(b"\r\n");
    }
    notice.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    notice
}

/// A boundary that stands nowhere in the content (RFC 2046 5.1.1). One pass over it, whatever it holds: the first number
/// that the content does not have behind the boundary's stem.
fn boundary(queue_id: &str, content: &[u8]) -> String {
    let stem = format!("returned.{queue_id}.");
    let taken: BTreeSet<&[u8]> = content
        .windows(stem.len() + NUMBER_LENGTH)
        .filter(|window| window.starts_with(stem.as_bytes()))
        .filter_map(|window| window.get(stem.len()..))
        .collect();
    let numbers = (0_u64..).map(|number| format!("{number:0NUMBER_LENGTH$x}"));
    let free = numbers.into_iter().find(|number| !taken.contains(number.as_bytes()));
    stem + &free.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notice(content: &[u8]) -> String {
        let recipients = [
            (b"a%b@inside.example".to_vec(), ReturnReason::NoSuchMailbox),
            (b"c@outside.example".to_vec(), ReturnReason::RelayRefused),
        ];
        let returned = Returned {
            host: "mail.inside.example",
            date: "Thu, 3 Apr 2008 15:39:17 +0000",
            queue_id: "id1",
            reverse_path: b"sender@outside.example",
            recipients: &recipients,
            content,
        };
        String::from_utf8(super::content(&returned)).unwrap()
    }

    // The fields are those of RFC 3464 2.2.2, 2.3.2, 2.3.3 and 2.3.4.
    #[test]
    fn names_recipients_and_carries_the_original() {
        let notice = notice(b"Subject: x\r\n\r\nnonce-1234\r\n");
        for part in [
            "To: <sender@outside.example>\r\n",
            "\r\nReporting-MTA: dns;mail.inside.example\r\n",
            "\r\n\r\nFinal-Recipient: rfc822;a%b@inside.example\r\nAction: failed\r\nStatus: 5.1.1\r\n",
            "\r\n\r\nFinal-Recipient: rfc822;c@outside.example\r\nAction: failed\r\nStatus: 5.7.1\r\n",
            "Content-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nnonce-1234\r\n--returned.id1.00000000--\r\n",
        ] {
            assert!(notice.contains(part), "{part:?} is not in {notice}");
        }
    }

    #[test]
    fn the_boundary_is_not_in_the_original() {
        let notice = notice(b"--returned.id1.00000000--\r\n");
        assert!(notice.ends_with("\r\n--returned.id1.00000001--\r\n"), "{notice}");
    }
}
