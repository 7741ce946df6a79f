//! What may be sent to a server that is not ours: asked of every step before anything of it is written.

use super::client::{Outcome, Step};
use super::recipient::{ANY_RECIPIENT, check_path};
use crate::protocol::wire::{Command, CommandLine, Verb};

/// What is told where mail data is kept back.
const NO_WITNESS: &str = "no mail data is sent without a witness (`--send-data` allows it)";

/// One connection's permission. Whoever writes a line, a case or the harness, it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Permission {
    any_recipient: bool,
    sends_data: bool,
    /// Whether the server may have a recipient to send mail data to.
    has_recipient: bool,
    /// Whether the last reply was a 354: what is sent then is mail data, whatever it looks like.
    is_mail_data: bool,
    /// What the step under way does to recipients, once it is answered.
    pending: Pending,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pending {
    Nothing,
    Recipient,
    /// RSET, EHLO, HELO (RFC 5321 4.1.1.1, 4.1.1.5).
    Clearing,
}

impl Permission {
    /// At the beginning of a connection: whether recipients may be anybody, and whether mail data may be sent.
    pub(crate) const fn new(any_recipient: bool, sends_data: bool) -> Self {
        Self { any_recipient, sends_data, has_recipient: false, is_mail_data: false, pending: Pending::Nothing }
    }

    /// Whether a step may be performed.
    ///
    /// # Errors
    /// What keeps it back, and what in the target file or the arguments allows it.
    pub(crate) fn ask(&mut self, step: &Step) -> Result<(), String> {
        self.pending = Pending::Nothing;
        match step {
            Step::Command(line) => self.ask_for_line(line),
            Step::Octets(octets) => self.ask_for_octets(octets),
            Step::MailData(_) if !self.sends_data => Err(NO_WITNESS.to_owned()),
            Step::MailData(_)
            | Step::Greeting
            | Step::Ehlo { .. }
            | Step::Authenticate(_)
            | Step::Reply
            | Step::Quit => Ok(()),
            Step::StartTls { behind } => {
                self.ask_for_octets(behind)?;
                self.pending = Pending::Clearing;
                Ok(())
            }
        }
    }

    /// Takes note of what the step came to.
    pub(crate) fn note(&mut self, outcome: &Outcome) {
        let pending = std::mem::replace(&mut self.pending, Pending::Nothing);
        let code = match outcome {
            Outcome::Reply(reply) | Outcome::Introduced { reply, .. } | Outcome::Secured { reply, .. } => {
                Some(reply.code())
            }
            Outcome::Sent | Outcome::Exchange(_) | Outcome::NoAnswer(_) => None,
        };
        match (pending, code) {
            (Pending::Recipient, Some(code)) if code.get() >= 400 => {}
            (Pending::Recipient, _) => self.has_recipient = true,
            (Pending::Clearing, Some(code)) if code.is_positive() => self.has_recipient = false,
            (Pending::Clearing | Pending::Nothing, _) => {}
        }
        if let Some(code) = code {
            self.is_mail_data = code.get() == 354;
        }
    }

    /// A line may have others in it, for a server that ends lines at a bare CR or LF.
    fn ask_for_line(&mut self, line: &[u8]) -> Result<(), String> {
        if self.is_mail_data && !self.sends_data {
            return Err(NO_WITNESS.to_owned());
        }
        for line in line.split(|octet| matches!(octet, b'\r' | b'\n')) {
            let line = line.trim_ascii_start();
            let is_mail_data = begins(line, b"BDAT") || begins(line, b"DATA") && self.has_recipient;
            if is_mail_data && !self.sends_data {
                return Err(NO_WITNESS.to_owned());
            }
            if begins(line, b"RCPT") {
                self.ask_for_recipient(line)?;
                self.pending = Pending::Recipient;
            } else if matches!(CommandLine::parse(line).verb, Verb::Rset | Verb::Ehlo | Verb::Helo) {
                self.pending = Pending::Clearing;
            }
        }
        Ok(())
    }

    /// Where a command begins among octets is the server's to say: behind a chunk, or not.
    fn ask_for_octets(&mut self, octets: &[u8]) -> Result<(), String> {
        let holds = |verb| (0..octets.len()).any(|at| octets.get(at..).is_some_and(|rest| begins(rest, verb)));
        if !self.sends_data && (self.is_mail_data || holds(b"BDAT") || holds(b"DATA")) {
            return Err(NO_WITNESS.to_owned());
        }
        for at in 0..octets.len() {
            let rest = octets.get(at..).unwrap_or_default();
            if begins(rest, b"RCPT") {
                self.ask_for_recipient(rest.split(|octet| matches!(octet, b'\r' | b'\n')).next().unwrap_or_default())?;
                // Its reply may never be read.
                self.has_recipient = true;
            }
        }
        Ok(())
    }

    fn ask_for_recipient(&self, line: &[u8]) -> Result<(), String> {
        if self.any_recipient {
            return Ok(());
        }
        let told = match CommandLine::parse(line).command {
            Ok(Command::Rcpt { forward_path, .. }) => match check_path(&forward_path) {
                Ok(()) => return Ok(()),
                Err(error) => error.to_string(),
            },
            _ => format!("`{}` names no recipient that can be read", line.escape_ascii()),
        };
        Err(format!("{told} (`{ANY_RECIPIENT}` in the target file allows it)"))
    }
}

/// Whether octets begin with a verb. A server may look at four letters alone.
fn begins(octets: &[u8], verb: &[u8; 4]) -> bool {
    octets.get(..verb.len()).is_some_and(|start| start.eq_ignore_ascii_case(verb))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;
    use crate::protocol::wire::Reply;

    fn said(line: &str) -> Step {
        Step::Command(line.as_bytes().to_vec())
    }

    fn answered(reply: &str) -> Outcome {
        Outcome::Reply(Reply::from_bytes(format!("{reply}\r\n").as_bytes()).unwrap().unwrap())
    }

    #[rstest]
    #[case::reserved("RCPT TO:<somebody@elsewhere.example>", true)]
    #[case::no_domain("RCPT TO:<postmaster>", true)]
    #[case::no_brackets("rcpt to: a@b.example", true)]
    #[case::somebody("RCPT TO:<victim@gmail.com>", false)]
    #[case::other_case("rcpt to:victim@gmail.com", false)]
    #[case::indented(" RCPT TO:<victim@gmail.com>", false)]
    #[case::four_letters("RCPTX TO:<victim@gmail.com>", false)]
    #[case::no_keyword("RCPT <victim@gmail.com>", false)]
    #[case::percent("RCPT TO:<victim%gmail.com@inside.example>", false)]
    #[case::bang("RCPT TO:<gmail.com!victim>", false)]
    #[case::route("RCPT TO:<@gmail.com:victim@inside.example>", false)]
    #[case::second_path("RCPT TO:<a@b.example>,<victim@gmail.com>", false)]
    #[case::in_the_same_write("NOOP\r\nRCPT TO:<victim@gmail.com>", false)]
    #[case::behind_a_bare_line_feed("NOOP\nRCPT TO:<victim@gmail.com>", false)]
    #[case::something_else("EHLO rcpt.example", true)]
    #[case::vrfy("VRFY victim@gmail.com", true)]
    fn recipients_are_asked_for(#[case] line: &str, #[case] may: bool) {
        assert_eq!(Permission::new(false, true).ask(&said(line)).is_ok(), may);
        assert_eq!(Permission::new(true, true).ask(&said(line)), Ok(()));
    }

    #[rstest]
    #[case::behind_a_chunk("BDAT 4\r\nxxxxRCPT TO:<victim@gmail.com>\r\n", false)]
    #[case::behind_no_chunk("BDAT 0\r\nRCPT TO:<victim@gmail.com>\r\n", false)]
    #[case::reserved("BDAT 4\r\nxxxxRCPT TO:<a@b.example>\r\n", true)]
    #[case::something_else("BDAT 4\r\nxxxxAUTH LOGIN\r\n", true)]
    fn recipients_are_found_among_octets(#[case] octets: &str, #[case] may: bool) {
        let step = Step::Octets(octets.as_bytes().to_vec());
        assert_eq!(Permission::new(false, true).ask(&step).is_ok(), may);
        assert_eq!(Permission::new(true, true).ask(&step), Ok(()));
        assert_eq!(Permission::new(true, false).ask(&step), Err(NO_WITNESS.to_owned()));
    }

    /// What was said and answered, and whether DATA may follow without a witness.
    #[rstest]
    #[case::nothing_yet(&[], true)]
    #[case::recipient(&[("RCPT TO:<a@b.example>", "250 ok")], false)]
    #[case::unanswered(&[("RCPT TO:<a@b.example>", "251 will forward")], false)]
    #[case::refused(&[("RCPT TO:<a@b.example>", "550 no")], true)]
    #[case::reset(&[("RCPT TO:<a@b.example>", "250 ok"), ("RSET", "250 ok")], true)]
    #[case::reset_refused(&[("RCPT TO:<a@b.example>", "250 ok"), ("RSET", "500 what")], false)]
    #[case::second_refused(&[("RCPT TO:<a@b.example>", "250 ok"), ("RCPT TO:<c@b.example>", "550 no")], false)]
    #[case::introduced_again(&[("RCPT TO:<a@b.example>", "250 ok"), ("EHLO a", "250 ok")], true)]
    fn data_is_kept_back_while_there_is_a_recipient(#[case] before: &[(&str, &str)], #[case] may: bool) {
        for line in ["DATA", "data", " DATA"] {
            let mut permission = Permission::new(false, false);
            for (line, reply) in before {
                permission.ask(&said(line)).unwrap();
                permission.note(&answered(reply));
            }
            assert_eq!(permission.ask(&said(line)).is_ok(), may, "{line}");
            assert!(permission.ask(&said("BDAT 4 LAST")).is_err());
            assert!(permission.ask(&Step::MailData(Vec::new())).is_err());
        }
    }

    #[test]
    fn nothing_at_all_is_sent_behind_a_354() {
        let mut permission = Permission::new(false, false);
        permission.ask(&said("DATA")).unwrap();
        permission.note(&answered("354 go on"));
        assert!(permission.ask(&said(".")).is_err());
        assert!(permission.ask(&Step::Octets(b".\r\n".to_vec())).is_err());
    }

    #[test]
    fn a_recipient_without_an_answer_may_have_been_taken() {
        let mut permission = Permission::new(false, false);
        permission.ask(&Step::Octets(b"RCPT TO:<a@b.example>\r\n".to_vec())).unwrap();
        permission.note(&Outcome::Sent);
        assert!(permission.ask(&said("DATA")).is_err());
    }

    proptest! {
        #[test]
        fn any_octets_can_be_asked_about(octets in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut permission = Permission::new(false, false);
            let _ = permission.ask(&Step::Octets(octets.clone()));
            let _ = permission.ask(&Step::Command(octets));
        }
    }
}
