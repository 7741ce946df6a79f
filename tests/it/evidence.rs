//! What cases may say to a server that is not ours. Only the other end can tell what was really sent.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use rstest::rstest;
use smtpspec::feature::{FeatureText, Scope};
use smtpspec::judge::{Judgement, Verdict};

use crate::lab::judge;

/// A server that takes everything, and keeps each line it was told.
fn taking_all() -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let (address, told) = (listener.local_addr().unwrap(), Arc::<Mutex<Vec<String>>>::default());
    let keeping = Arc::clone(&told);
    // It ends with the test's process.
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let keeping = Arc::clone(&keeping);
            std::thread::spawn(move || attend(stream, &keeping));
        }
    });
    (address, told)
}

/// One session. A connection that breaks is over.
fn attend(stream: TcpStream, told: &Mutex<Vec<String>>) -> Option<()> {
    let say = |text: &str| (&stream).write_all(format!("{text}\r\n").as_bytes()).ok();
    say("220 mail.inside.example ESMTP")?;
    for line in BufReader::new(stream.try_clone().ok()?).lines().map_while(Result::ok) {
        let answer = match line.get(..4) {
            Some("DATA") => "354 go on",
            Some("QUIT") => "221 bye",
            _ => "250 ok",
        };
        // Whoever has the answer may look.
        told.lock().unwrap().push(line);
        say(answer)?;
    }
    None
}

/// What one case comes to, by the steps behind "the mail server".
fn judged(address: SocketAddr, steps: &str) -> Judgement {
    let text = format!(
        "Feature: A case of somebody's own\n\n  @id:own/case @must\n  Scenario: It says what it likes\n    \
         Given the mail server\n{steps}"
    );
    let file = format!("address: {address}\nservice: mx\nlocal-recipient: postmaster@inside.example\n");
    let cases = [FeatureText::new("own.feature", &text)];
    let results = judge(("lab.yaml", &file), cases, |target| Scope::Requirements(vec![target]));
    let [result] = results.as_slice() else { panic!("{results:#?}") };
    result.judgement.clone()
}

const TRANSACTION: &str = "    When the client says \"EHLO client.example\"\n    \
                           And the client says \"MAIL FROM:<a@client.example>\"\n";

/// The case ends at the step that is kept back: the steps behind it would be judged by what was never said.
#[rstest]
#[case::recipient(
    "    And the client says \"RCPT TO:<victim@gmail.com>\"\n    And the client says \"NOOP\"\n    \
     Then the reply has the code 250\n",
    "allow-recipients-outside-reserved-domains: true",
    "RCPT"
)]
#[case::percent(
    "    And the client says \"RCPT TO:<victim%gmail.com@inside.example>\"\n    Then the server refuses\n",
    "allow-recipients-outside-reserved-domains: true",
    "RCPT"
)]
#[case::data(
    "    And the client names the local recipient\n    And the client says \"DATA\"\n    \
     Then the reply has the code 250\n",
    "--send-data",
    "DATA"
)]
#[case::message(
    "    And the client sends its message\n    Then the reply has the code 354\n",
    "--send-data",
    "X-Smtpspec-Nonce"
)]
#[case::chunk(
    "    And the client names the local recipient\n    \
     And the client sends the chunk \"BDAT 4\" and \"NOOP\" behind it in one write\n    \
     Then the command behind it is refused\n",
    "--send-data",
    "BDAT"
)]
fn a_case_of_somebodys_own_is_kept_within_bounds(
    #[case] steps: &str,
    #[case] allowed_by: &str,
    #[case] kept_back: &str,
) {
    let (address, told) = taking_all();
    let judgement = judged(address, &format!("{TRANSACTION}{steps}"));
    assert_eq!(judgement.verdict(), Verdict::Inconclusive, "{judgement:?}");
    assert!(judgement.reasons.iter().any(|reason| reason.contains(allowed_by)), "{judgement:?}");
    let told = told.lock().unwrap();
    assert!(told.iter().any(|line| line.starts_with("MAIL")), "{told:?}");
    assert!(!told.iter().any(|line| line.starts_with(kept_back) || line == "NOOP"), "{told:?}");
}

#[rstest]
#[case::somebody("victim@gmail.com")]
#[case::bang("gmail.com!victim")]
#[case::percent("victim%gmail.com@inside.example")]
#[case::route("@gmail.com:victim@inside.example")]
#[case::parameters("x@inside.example> NOTIFY=NEVER ORCPT=rfc822;<")]
fn a_recipient_of_somebodys_own_is_kept_within_bounds(#[case] recipient: &str) {
    let (address, told) = taking_all();
    let steps = format!(
        "    When an anonymous client sends mail to \"{recipient}\"\n    \
         Then its mail goes no further than anybody's may\n"
    );
    let judgement = judged(address, &steps);
    assert_eq!(judgement.verdict(), Verdict::Inconclusive, "{judgement:?}");
    assert!(judgement.reasons.join(" ").contains("allow-recipients-outside-reserved-domains"), "{judgement:?}");
    assert!(!told.lock().unwrap().iter().any(|line| line.starts_with("RCPT")));
}

/// Where there is no recipient there is no mail: that DATA is refused then can be asked of any server.
#[test]
fn data_without_a_recipient_is_sent() {
    let (address, told) = taking_all();
    let steps = format!("{TRANSACTION}    And the client says \"DATA\"\n    Then the server refuses\n");
    assert_eq!(judged(address, &steps).verdict(), Verdict::Deviates);
    assert!(told.lock().unwrap().iter().any(|line| line == "DATA"));
}
