use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::harness::client::Authenticate;
use crate::protocol::sasl::{Credentials, Entropy, Mechanism};
use crate::transport::Trust;

fn required() -> Secrecy {
    let client = TlsClient::new("mail.inside.example", Trust::Anything).unwrap();
    Secrecy::Required { begin: TlsBegun::Starttls, client: Box::new(client) }
}

fn said(line: &str) -> Step {
    Step::Command(line.as_bytes().to_vec())
}

fn ehlo(name: &str) -> Step {
    Step::Ehlo { name: name.to_owned(), helo_fallback: true }
}

fn start_tls(behind: &str) -> Step {
    Step::StartTls { behind: behind.as_bytes().to_vec() }
}

fn authenticate() -> Step {
    let entropy = Entropy { nonce: [0; 8], unix_milliseconds: 0 };
    Step::Authenticate(Authenticate { mechanism: Mechanism::Ntlm, credentials: Credentials::NullSession, entropy })
}

/// docs/target-file.md: "nothing is said in clear but EHLO, STARTTLS and QUIT".
#[rstest]
#[case::greeting(Step::Greeting, None)]
#[case::reply(Step::Reply, None)]
#[case::quit(Step::Quit, None)]
#[case::ehlo(ehlo("client.example"), None)]
#[case::ehlo_with_more(ehlo("a\r\nMAIL FROM:<>"), Some("EHLO with lines behind it"))]
#[case::own_ehlo(said("EHLO client.example"), None)]
#[case::own_helo(said("helo client.example"), None)]
#[case::own_quit(said("QUIT"), None)]
#[case::own_start_tls(said("STARTTLS"), None)]
#[case::own_mail(said("MAIL FROM:<a@b.example>"), Some("MAIL"))]
#[case::own_rcpt(said("rcpt to:<a@b.example>"), Some("rcpt"))]
#[case::own_login(said("AUTH PLAIN AGFsaWNlAHNlc2FtZQ=="), Some("AUTH"))]
#[case::own_response(said("c2VzYW1l"), Some("a line that is no command"))]
#[case::own_noop(said("NOOP"), Some("NOOP"))]
#[case::empty(said(""), None)]
#[case::indented(said(" AUTH PLAIN"), Some("a line that is no command"))]
#[case::long(said("AGFsaWNlAHNlc2FtZS1vZi1hbGljZQ=="), Some("a line that is no command"))]
#[case::behind_a_bare_line_feed(said("EHLO a\nMAIL FROM:<>"), Some("MAIL"))]
#[case::behind_a_bare_carriage_return(said("STARTTLS\rAUTH LOGIN"), Some("AUTH"))]
#[case::start_tls(start_tls(""), None)]
#[case::start_tls_and_noop(start_tls("NOOP\r\nRSET\r\nEHLO injected.example\r\n"), None)]
#[case::start_tls_and_mail(start_tls("RSET\r\nMAIL FROM:<a@b.example>\r\n"), Some("MAIL"))]
#[case::login(authenticate(), Some("AUTH"))]
#[case::mail_data(Step::MailData(Vec::new()), Some("mail data"))]
#[case::octets(Step::Octets(b"EHLO a\r\n".to_vec()), Some("octets of the case's own"))]
fn in_clear_is_said_what_leads_to_tls(#[case] step: Step, #[case] kept_back: Option<&str>) {
    assert_eq!(required().ask_in_clear(&step), kept_back.map_or(Ok(()), |what| Err(what.to_owned())));
    assert_eq!(Secrecy::NoTls.ask_in_clear(&step), Ok(()));
}

proptest! {
    #[test]
    fn any_octets_can_be_asked_about(octets: Vec<u8>) {
        let secrecy = required();
        let _ = secrecy.ask_in_clear(&Step::Command(octets.clone()));
        let _ = secrecy.ask_in_clear(&Step::StartTls { behind: octets });
    }
}
