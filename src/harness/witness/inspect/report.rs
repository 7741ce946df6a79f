//! What a message says of the delivery of another: notices as RFC 3464 has them, and automatic replies as RFC 3834 does.

use super::{lines, value_of};
use crate::judge::{Action, Stated};

/// Groups that are read; a notice about more recipients than a message can have says nothing more.
const MOST_GROUPS: usize = 1000;

/// Octets of a status, and of a diagnostic, that are kept: a reply's line is no longer (RFC 5321 4.5.3.1.5).
const MOST_OF_A_STATUS: usize = 16;
const MOST_OF_A_DIAGNOSTIC: usize = 512;

/// What a message says of another's delivery.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    groups: Vec<Group>,
    /// `Auto-Submitted: auto-replied` (RFC 3834 5).
    is_automatic_reply: bool,
    /// The mailbox in its `From:`, without brackets.
    from: Option<String>,
}

/// An action, and for whom it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Group {
    recipients: Vec<String>,
    action: Action,
    stated: Stated,
}

/// What a message says of mail for one recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// What was done with it.
    Done(Action),
    /// It answers the mail of itself. Whoever wrote it may have received it.
    AutomaticReply,
    /// Nothing that can be read, as the notices of servers before RFC 3464 do.
    Nothing,
}

impl Report {
    /// Reads header fields, unfolded, and a body.
    pub(super) fn read(fields: &[Vec<u8>], body: &[u8]) -> Self {
        let values = |name: &'static str| fields.iter().filter_map(move |field| value_of(field, name));
        let mut groups = groups(body);
        // Exim's field, in notices that had no part for machines.
        let failed: Vec<String> = values("X-Failed-Recipients").flat_map(|value| mailboxes(value, b',')).collect();
        if !failed.is_empty() {
            groups.push(Group { recipients: failed, action: Action::Failed, stated: Stated::default() });
        }
        let is_automatic_reply = values("Auto-Submitted")
            .any(|value| value.get(..12).is_some_and(|start| start.eq_ignore_ascii_case(b"auto-replied")));
        let from = values("From").next().and_then(|value| mailboxes(value, b',').next());
        Self { groups, is_automatic_reply, from }
    }

    /// What it says of mail for a recipient, without brackets. What is told for others alone is told for this one too where
    /// no group names it: a server may know it by another name. Notices say of themselves that they are automatic replies,
    /// so that an action counts for more.
    pub fn about(&self, recipient: &str) -> Said {
        let telling = self.telling(recipient);
        let actions = || telling.iter().map(|group| group.action);
        let success = actions().find(|action| action.is_success());
        let is_from_it = self.from.as_ref().is_some_and(|from| from.eq_ignore_ascii_case(recipient));
        match success.or_else(|| actions().find(|action| *action != Action::Failed)).or_else(|| actions().next()) {
            Some(action) => Said::Done(action),
            None if self.is_automatic_reply || is_from_it => Said::AutomaticReply,
            None => Said::Nothing,
        }
    }
}

impl Report {
    /// Why mail for a recipient, without brackets, has failed by this. `None` where it does not say for machines.
    pub fn stated(&self, recipient: &str) -> Option<Stated> {
        let failed = self.telling(recipient).into_iter().filter(|group| group.action == Action::Failed);
        failed.map(|group| &group.stated).find(|stated| **stated != Stated::default()).cloned()
    }

    /// The groups that name a recipient; where none does, all.
    fn telling(&self, recipient: &str) -> Vec<&Group> {
        let names_it = |group: &&Group| group.recipients.iter().any(|named| named.eq_ignore_ascii_case(recipient));
        let telling: Vec<&Group> = self.groups.iter().filter(names_it).collect();
        if telling.is_empty() { self.groups.iter().collect() } else { telling }
    }
}

/// The groups of fields with an action; an empty line ends one (RFC 3464 2.1).
fn groups(body: &[u8]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let (mut recipients, mut actions, mut stated) = (Vec::new(), Vec::new(), Stated::default());
    for line in lines(body).chain([&b""[..]]) {
        if groups.len() >= MOST_GROUPS {
            break;
        }
        if line.trim_ascii().is_empty() {
            let (named, why) = (std::mem::take(&mut recipients), std::mem::take(&mut stated));
            let group = |action| Group { recipients: named.clone(), action, stated: why.clone() };
            groups.extend(actions.drain(..).map(group));
        } else if let Some(value) = value_of(line, "Final-Recipient").or_else(|| value_of(line, "Original-Recipient")) {
            recipients.extend(mailboxes(value, b';').last());
        } else if let Some(value) = value_of(line, "Status") {
            stated.status = Some(first_of(value, MOST_OF_A_STATUS));
        } else if let Some(value) = value_of(line, "Diagnostic-Code") {
            stated.diagnostic = Some(first_of(value, MOST_OF_A_DIAGNOSTIC));
        } else if value_of(line, "Disposition").is_some() {
            // RFC 8098 2.1: whoever is told what the recipient did with it had it delivered.
            actions.push(Action::Delivered);
        } else if let Some(value) = value_of(line, "Action") {
            let word = value.split(|octet| !octet.is_ascii_alphabetic()).next().unwrap_or_default();
            let is_it = |action: &Action| action.word().as_bytes().eq_ignore_ascii_case(word);
            actions.extend(Action::ALL.into_iter().find(is_it));
        }
    }
    groups
}

/// As much of a value as is kept.
fn first_of(value: &[u8], most: usize) -> String {
    String::from_utf8_lossy(value.get(..most).unwrap_or(value)).into_owned()
}

/// What stands between separators, without names and brackets.
fn mailboxes(value: &[u8], separator: u8) -> impl Iterator<Item = String> {
    value.split(move |octet| *octet == separator).filter_map(|part| {
        let start = part.iter().rposition(|octet| *octet == b'<').map_or(0, |at| at.saturating_add(1));
        let mailbox = part.get(start..)?.split(|octet| *octet == b'>').next()?.trim_ascii();
        (!mailbox.is_empty()).then(|| String::from_utf8_lossy(mailbox).into_owned())
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use std::collections::BTreeSet;

    use super::super::Inspected;
    use super::*;

    /// RFC 3464 2.1 and 2.3.3 for actions; RFC 3834 5 for automatic replies; the notices of Exim have `X-Failed-Recipients`
    /// (its specification, chapter 50), those of Postfix `Auto-Submitted: auto-replied` beside their actions.
    #[rstest]
    #[case::failed("", "Final-Recipient: rfc822;a@b.example\r\nAction: failed\r\n", Said::Done(Action::Failed))]
    #[case::capitals("", "FINAL-RECIPIENT: RFC822; A@b.example\r\naction:Failed\r\n", Said::Done(Action::Failed))]
    #[case::delayed("", "Action: delayed\r\nStatus: 4.4.1\r\n", Said::Done(Action::Delayed))]
    #[case::delivered("", "Action: delivered (to mailbox)\r\n", Said::Done(Action::Delivered))]
    #[case::relayed("", "Action: relayed\r\n", Said::Done(Action::Relayed))]
    #[case::expanded("", "Action: expanded\r\n", Said::Done(Action::Expanded))]
    #[case::receipt(
        "From: Desk <desk@b.example>\r\n",
        "Final-Recipient: rfc822;a@b.example\r\nDisposition: manual-action/MDN-sent-manually; displayed\r\n",
        Said::Done(Action::Delivered)
    )]
    #[case::no_such_action("", "Action: lost\r\n", Said::Nothing)]
    #[case::in_a_sentence("", "The Action: failed\r\n", Said::Nothing)]
    #[case::another_recipients(
        "",
        "Final-Recipient: rfc822;c@d.example\r\nAction: failed\r\n\r\n\
         Final-Recipient: rfc822;a@b.example\r\nAction: relayed\r\n",
        Said::Done(Action::Relayed)
    )]
    #[case::its_own_beside_anothers(
        "",
        "Final-Recipient: rfc822;c@d.example\r\nAction: relayed\r\n\r\n\
         Original-Recipient: rfc822;a@b.example\r\nFinal-Recipient: rfc822;x@y.example\r\nAction: failed\r\n",
        Said::Done(Action::Failed)
    )]
    #[case::by_another_name("", "Final-Recipient: x400;/S=a/\r\nAction: failed\r\n", Said::Done(Action::Failed))]
    #[case::both("", "Action: failed\r\n\r\nAction: relayed\r\n", Said::Done(Action::Relayed))]
    #[case::exim(
        "X-Failed-Recipients: a@b.example\r\nAuto-Submitted: auto-replied\r\n",
        "",
        Said::Done(Action::Failed)
    )]
    #[case::postfix("Auto-Submitted: auto-replied\r\n", "Action: failed\r\n", Said::Done(Action::Failed))]
    #[case::automatic_reply("Auto-Submitted: Auto-Replied (vacation)\r\n", "I am away\r\n", Said::AutomaticReply)]
    #[case::from_the_recipient("From: A <a@B.example>\r\n", "I am away\r\n", Said::AutomaticReply)]
    #[case::generated("Auto-Submitted: auto-generated\r\n", "No.\r\n", Said::Nothing)]
    #[case::in_words_alone("From: MAILER-DAEMON@b.example\r\n", "Your mail comes back\r\n", Said::Nothing)]
    fn a_notice_says_what_was_done(#[case] header: &str, #[case] body: &str, #[case] expected: Said) {
        let content = format!("Subject: x\r\n{header}\r\n{body}");
        assert_eq!(Inspected::read(content.as_bytes(), &BTreeSet::new()).report.about("a@b.example"), expected);
    }

    /// RFC 3464 2.3.4 and 2.3.6. A fold of the diagnostic is left out.
    #[test]
    fn a_notice_says_why() {
        let body = "Final-Recipient: rfc822;c@d.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n\
                    Final-Recipient: rfc822;a@b.example\r\nAction: failed\r\nStatus: 5.7.1\r\n\
                    Diagnostic-Code: smtp; 550 5.7.1 no\r\n";
        let read = |body: &str| {
            let content = format!("Subject: x\r\n\r\n{body}");
            Inspected::read(content.as_bytes(), &BTreeSet::new()).report.stated("a@b.example")
        };
        let (status, diagnostic) = (Some("5.7.1".to_owned()), Some("smtp; 550 5.7.1 no".to_owned()));
        assert_eq!(read(body), Some(Stated { status, diagnostic }));
        assert_eq!(read("Action: failed\r\n"), None);
        assert_eq!(read("Action: delayed\r\nStatus: 4.4.1\r\n"), None);
    }
}
