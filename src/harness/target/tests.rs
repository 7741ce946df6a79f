mod made_ready;

use rstest::rstest;

use super::*;

const SMALLEST: &str = "address: 127.0.0.1:2525\nservice: mx\n";

fn read(text: &str) -> TargetFile {
    TargetFile::read("lab.yaml", text).unwrap_or_else(|wrong| panic!("{wrong:?}"))
}

fn wrong(text: &str) -> Vec<Diagnostic> {
    TargetFile::read("lab.yaml", text).expect_err("an error is wanted")
}

#[test]
fn the_template_can_be_read_as_it_stands() {
    let file = read(TargetFile::TEMPLATE);
    assert_eq!(file.address(), "127.0.0.1:25");
    assert_eq!(file.limits, TimeLimits::default());
    assert_eq!(file.declaration().source, None, "no server is an open relay for trusting this machine");
}

#[test]
fn the_template_with_all_keys_uncommented_can_be_read() {
    let is_key = |line: &str| {
        let rest = line.strip_prefix("# ").unwrap_or_default().trim_start();
        let key = rest.split(':').next().unwrap_or_default();
        rest.contains(':') && !key.is_empty() && key.bytes().all(|octet| octet.is_ascii_lowercase() || octet == b'-')
    };
    let uncomment = |line: &str| if is_key(line) { line[2..].to_owned() } else { line.to_owned() };
    let text: String = TargetFile::TEMPLATE
        .lines()
        .filter(|line| !line.starts_with("# mx:") && !line.starts_with("# authorized") && !line.contains("wordings"))
        .map(|line| uncomment(line) + "\n")
        .collect();
    let text = text.replace("mail.lab.test", "127.0.0.1");
    let file = read(&text);
    assert!(file.disruption_is_allowed());
    assert_eq!(file.declaration().presence.get(&Role::UnauthorizedAccount), Some(&Presence::Given));
}

/// What is uncommented with a whole block must not excuse a mistyped password.
#[test]
fn no_key_of_the_template_expects_a_login_to_be_refused() {
    let mut keys = TargetFile::TEMPLATE.lines().map(|line| line.trim_start_matches(['#', ' ']));
    assert!(!keys.any(|key| key.starts_with("login:")));
    assert!(TargetFile::TEMPLATE.contains("`login: refused`"), "it is explained");
}

/// What a user does not know who has never routed a domain or read a password into a variable.
#[test]
fn the_template_says_what_has_to_be_done_outside_of_it() {
    for said in [
        "No NTLM in the EHLO list: write `null-session: absent`",
        "read -rs ALICE_PASSWORD; export ALICE_PASSWORD",
        "The server has to route that domain",
    ] {
        assert!(TargetFile::TEMPLATE.contains(said), "{said}");
    }
}

const DOCUMENTATION: &str = include_str!("../../../docs/target-file.md");

#[test]
fn the_example_of_the_documentation_can_be_read() {
    let example = DOCUMENTATION.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let declaration = read(example).declaration();
    assert_eq!(declaration.presence.get(&Role::UnauthorizedAccount), Some(&Presence::Given));
}

/// The keys are those that the error about an unknown one lists.
#[rstest]
#[case::file("x: 1\n")]
#[case::role("address: 127.0.0.1:25\nservice: mx\nroles: { x: absent }\n")]
#[case::of_a_role("address: 127.0.0.1:25\nservice: mx\nroles: { guest: { x: 1 } }\n")]
#[case::limit("address: 127.0.0.1:25\nservice: mx\nlimits: { x: 1s }\n")]
#[case::witness("address: 127.0.0.1:25\nservice: mx\nwitness: { listen: 127.0.0.1:2526, x: 1 }\n")]
fn every_key_is_documented(#[case] text: &str) {
    let wrong = wrong(text);
    let keys: Vec<&str> = wrong[0].notes[0].split('`').skip(1).step_by(2).collect();
    assert!(keys.len() > 1, "{keys:?}");
    for key in keys {
        let is_there = [format!("`{key}`"), format!("`{key}:"), format!(" {key}:")];
        assert!(key == "password" || is_there.iter().any(|form| DOCUMENTATION.contains(form)), "{key}");
    }
}

#[test]
fn what_the_file_leaves_out_has_a_default() {
    let declaration = read(SMALLEST).declaration();
    let presence = |role| declaration.presence.get(&role).copied();
    assert_eq!(presence(Role::Anonymous), Some(Presence::Given));
    assert_eq!(presence(Role::NullSession), Some(Presence::Given));
    assert_eq!(presence(Role::Guest), Some(Presence::Given));
    assert_eq!(presence(Role::WrongPassword), Some(Presence::NotGiven));
    assert_eq!(presence(Role::UnauthorizedAccount), Some(Presence::NotGiven));
    assert_eq!(presence(Role::AuthorizedAccount), Some(Presence::NotGiven));
    assert_eq!((declaration.source, declaration.witness), (None, false));
    assert!(declaration.sender_given.is_empty() && !declaration.passwords_are_ours);
    assert_eq!(declaration.address, "127.0.0.1");
    assert_eq!(read(SMALLEST).failed_logins, 3);
}

#[test]
fn a_sender_for_the_file_is_one_for_each_role() {
    let declaration = read(&format!("{SMALLEST}sender: a@client.example\n")).declaration();
    assert!(
        [Role::Anonymous, Role::NullSession, Role::Guest].iter().all(|role| declaration.sender_given.contains(role))
    );
}

#[test]
fn the_wrong_password_is_tried_on_an_account_of_the_file_rather_the_unauthorized_one() {
    let accounts = "roles:\n  authorized-account: { user: alice, secret: { env: A }, sender: alice@a.example }\n  \
                    unauthorized-account: { user: bob, secret: { env: B }, sender: bob@a.example, mechanism: PLAIN }\n";
    let file = read(&format!("{SMALLEST}{accounts}"));
    let given = file.roles.get(&Role::WrongPassword).and_then(RoleEntry::given).unwrap();
    assert!(matches!(&given.login, Login::WrongPassword { user, .. } if user == "bob"));
    assert_eq!(given.sender.as_deref(), Some("bob@a.example"));
    assert_eq!(given.mechanism, Some(crate::protocol::sasl::Mechanism::Plain));
}

#[test]
fn wordings_of_refusals_are_read_whether_an_account_may_relay_or_not() {
    for authorized in ["", "authorized: none\n"] {
        let file = read(&format!("{SMALLEST}{authorized}refusal-wordings: [\"no rights\"]\n"));
        assert_eq!(file.declaration().refusal_wordings, ["no rights"]);
        assert_eq!(file.declaration().no_authorized_account, !authorized.is_empty());
    }
}

#[test]
fn a_role_can_be_declared_absent_and_its_login_refused() {
    let roles = "roles:\n  null-session: absent\n  unauthorized-account:\n    user: bob\n    secret: { env: B }\n    \
                 login: refused\n";
    let file = read(&format!("{SMALLEST}{roles}"));
    let declaration = file.declaration();
    assert_eq!(declaration.presence.get(&Role::NullSession), Some(&Presence::Absent));
    assert_eq!(file.failed_logins, 4, "a refusal that is expected is allowed");
    assert!(declaration.login_refused.contains(&Role::UnauthorizedAccount));
}

/// The title of the only error, and where it is: line and column from 1.
#[rstest]
#[case::empty("", "the file is empty", 1, 1)]
#[case::no_service("address: 127.0.0.1:25\n", "the key `service` is missing", 1, 1)]
#[case::unknown_key("adress: 127.0.0.1:25\nservice: mx\n", "unknown key `adress`", 1, 1)]
#[case::duplicate_key(
    "address: 127.0.0.1:25\naddress: 127.0.0.1:26\nservice: mx\n",
    "the key `address` stands here a second time",
    2,
    1
)]
#[case::unknown_service("address: 127.0.0.1:25\nservice: mta\n", "unknown value `mta`", 2, 10)]
#[case::no_port("address: 127.0.0.1\nservice: mx\n", "this is no address with its port", 1, 10)]
#[case::not_loopback(
    "address: mail.lab.test:25\nservice: mx\n",
    "this is not a loopback address, and the file does not allow it",
    1,
    10
)]
#[case::another_allowed(
    "address: mail.lab.test:25\nservice: mx\nallow-address: lab.test\n",
    "this allows another address than mail.lab.test",
    3,
    16
)]
fn a_mistake_is_told_with_its_place(
    #[case] text: &str,
    #[case] title: &str,
    #[case] line: usize,
    #[case] column: usize,
) {
    let wrong = wrong(text);
    let [diagnostic] = wrong.as_slice() else { panic!("{wrong:?}") };
    assert_eq!(diagnostic.title, title);
    let source = diagnostic.source.as_ref().expect("a place");
    assert_eq!((source.name.as_str(), source.line(), source.column()), ("lab.yaml", line, column));
}

/// Behind the smallest file, from its third line on.
#[rstest]
#[case::source("source: 127.0.0.2\n", "unknown value `127.0.0.2`")]
#[case::source_address("source-address: lo\n", "this is no IP address")]
#[case::families("source-address: ::1\n", "this address and the target's are of different families")]
#[case::sender("sender: <a@b.example>\n", "this is no mailbox")]
#[case::sender_with_a_line("sender: \"a@b.example\\r\\nDATA\"\n", "this is no mailbox")]
#[case::recipient("remote-recipient: a@elsewhere.org\n", "this recipient is not in a reserved domain")]
#[case::looks_reserved("local-recipient: a@notexample.com\n", "this recipient is not in a reserved domain")]
#[case::percent("remote-recipient: a%elsewhere.org@b.example\n", "this recipient asks the server to send the mail on")]
#[case::bang("local-recipient: elsewhere.org!a@b.example\n", "this recipient asks the server to send the mail on")]
#[case::route(
    "remote-recipient: \"@elsewhere.org:a@b.example\"\n",
    "this recipient asks the server to send the mail on"
)]
#[case::no_path("remote-recipient: a..b@c.example\n", "this recipient is no forward-path")]
#[case::no_domain("local-recipient: postmaster\n", "this is no mailbox")]
#[case::name("name: ' '\n", "the name is empty")]
#[case::client_name("client-name: a b\n", "this is no host name")]
#[case::witness_nowhere(
    "witness: { inside: 127.0.0.1:2526 }\n",
    "the witness is nowhere: `listen` and `at` are missing"
)]
#[case::witness_here_and_elsewhere(
    "witness: { listen: 127.0.0.1:2526, at: 127.0.0.1:2600 }\n",
    "the witness is in the run (`listen`), and yet it is elsewhere (`at`)"
)]
#[case::witness_without_key(
    "witness: { at: 127.0.0.1:2600 }\n",
    "a witness elsewhere has to prove that it is ours, and there is no `key`"
)]
#[case::witness_with_its_key(
    "witness: { at: 127.0.0.1:2600, key: hunter2 }\n",
    "a key is not taken here: the file may be read by many"
)]
#[case::witness_of_somebody(
    "witness: { at: 192.0.2.7:2600, key: { env: KEY } }\n",
    "this is not a loopback address, and the file does not allow it"
)]
#[case::witness_of_somebody_else(
    "witness: { at: 192.0.2.7:2600, allow-address: 192.0.2.8, key: { env: KEY } }\n",
    "this allows another address than 192.0.2.7"
)]
#[case::witness_with_a_command_for_a_shell(
    "witness: { at: 127.0.0.1:2600, key: { command: echo $KEY } }\n",
    "no shell reads a command"
)]
#[case::key_of_no_witness("witness: { listen: 127.0.0.1:2526, key: { env: KEY } }\n", "`key` goes with `at`")]
#[case::door_elsewhere(
    "witness: { at: 127.0.0.1:2600, key: { env: KEY }, inside: 127.0.0.1:2527 }\n",
    "`inside` goes with `listen`"
)]
#[case::witness_open_to_all(
    "witness: { listen: 0.0.0.0:2526 }\n",
    "the witness listens on a fixed port of a loopback address"
)]
#[case::witness_port("witness: { listen: 127.0.0.1:0 }\n", "the witness listens on a fixed port of a loopback address")]
#[case::doors(
    "witness: { listen: 127.0.0.1:2526, inside: 127.0.0.1:2526 }\n",
    "both doors of the witness are at the same address"
)]
#[case::both(
    "authorized: none\nroles: { authorized-account: { user: a, secret: { env: A } } }\n",
    "`authorized: none`, and yet an `authorized-account` is described"
)]
#[case::unknown_role("roles: { gast: absent }\n", "unknown key `gast`")]
#[case::role_word("roles: { guest: abscent }\n", "unknown value `abscent`")]
#[case::anonymous("roles: { anonymous: absent }\n", "a client that does not authenticate is always there")]
#[case::no_user("roles: { authorized-account: { secret: { env: A } } }\n", "`authorized-account` has no `user`")]
#[case::no_secret("roles: { authorized-account: { user: a } }\n", "`authorized-account` has no `secret`")]
#[case::whose_password("roles: { wrong-password: { sender: a@b.example } }\n", "whose password is to be wrong?")]
#[case::user_of_nobody("roles: { null-session: { user: a } }\n", "`null-session` has no `user`")]
#[case::login("roles: { anonymous: { login: refused } }\n", "`login: refused` says nothing about `anonymous`")]
#[case::mechanism("roles: { guest: { mechanism: LOGON } }\n", "`LOGON` is no mechanism that this role can use")]
#[case::null_session_by_plain(
    "roles: { null-session: { mechanism: PLAIN } }\n",
    "`PLAIN` is no mechanism that this role can use"
)]
#[case::two_places(
    "roles: { authorized-account: { user: a, secret: { env: A, file: b } } }\n",
    "this cannot be read: it says twice where the secret is: `env`, `file`, `command` exclude each other"
)]
#[case::no_place(
    "roles: { authorized-account: { user: a, secret: {} } }\n",
    "this cannot be read: it does not say where the secret is: one of `env`, `file`, `command`"
)]
#[case::command_for_a_shell(
    "roles: { authorized-account: { user: a, secret: { command: pass show $USER } } }\n",
    "no shell reads a command"
)]
#[case::empty_command("roles: { authorized-account: { user: a, secret: { command: ' ' } } }\n", "the command is empty")]
#[case::guest_by_token(
    "roles: { guest: { mechanism: XOAUTH2 } }\n",
    "`XOAUTH2` is no mechanism that this role can use"
)]
#[case::wrong_certificate(
    "roles: { wrong-password: { user: a, mechanism: EXTERNAL } }\n",
    "`EXTERNAL` is no mechanism that this role can use"
)]
#[case::no_mechanism_of_ours(
    "roles: { authorized-account: { user: a, secret: { env: A }, mechanism: GSSAPI } }\n",
    "`GSSAPI` is no mechanism that this role can use"
)]
#[case::whose_token(
    "roles: { authorized-account: { secret: { env: A }, mechanism: XOAUTH2 } }\n",
    "`authorized-account` has no `user`"
)]
#[case::no_token("roles: { authorized-account: { mechanism: OAUTHBEARER } }\n", "`authorized-account` has no `secret`")]
#[case::certificate_and_secret(
    "roles: { authorized-account: { secret: { env: A }, mechanism: EXTERNAL } }\n",
    "`authorized-account` has no `secret` by EXTERNAL: the client's certificate is it"
)]
#[case::limit(
    "limits: { reply: 30 }\n",
    "this cannot be read: `30` is no time up to a day with its unit: `250ms`, `10s`, `5min`"
)]
fn every_key_is_checked(#[case] text: &str, #[case] title: &str) {
    let wrong = wrong(&format!("{SMALLEST}{text}"));
    let titles: Vec<&str> = wrong.iter().map(|diagnostic| diagnostic.title.as_str()).collect();
    assert_eq!(titles, [title]);
    let source = wrong.first().and_then(|diagnostic| diagnostic.source.as_ref()).expect("a place");
    assert!(source.line() >= 3, "line {}", source.line());
}

#[rstest]
#[case::password("password: hunter2")]
#[case::secret("secret: hunter2")]
#[case::number("secret: 12345")]
#[case::in_flow("{ user: bob, password: hunter2 }")]
fn a_password_in_the_file_is_refused_and_never_shown(#[case] key: &str) {
    let role = if key.starts_with('{') { key.to_owned() } else { format!("\n    user: bob\n    {key}") };
    let wrong = wrong(&format!("{SMALLEST}roles:\n  unauthorized-account: {role}\n"));
    let rendered: String = wrong.iter().map(|diagnostic| diagnostic.render(false, 100)).collect();
    assert!(rendered.contains("is not taken here"), "{rendered}");
    assert!(rendered.contains("secret: {env: NAME}"), "{rendered}");
    assert!(!rendered.contains("hunter2") && !rendered.contains("12345") && !format!("{wrong:?}").contains("hunter2"));
}

#[test]
fn all_mistakes_are_told_at_once() {
    let wrong = wrong("address: x\nservice: mx\nsender: y\nlocal-recipient: z\n");
    assert_eq!(wrong.len(), 3);
}

/// Mistakes of form and of meaning, each once, and none that only follows from another.
#[test]
fn mistakes_of_every_kind_are_told_together_in_the_order_of_the_file() {
    let text = "adress: 127.0.0.1:2525\nservice: mta\nsource: out\nsource: outside\nsender: <a@b.example>\n\
                limits: { reply: 30, case: 1h }\nwitness: { lisen: 127.0.0.1:2526 }\nroles:\n  guest: abscent\n  \
                unauthorized-account:\n    usr: bob\n    secret: hunter2\n  authorized-account:\n    user: alice\n";
    let wrong = wrong(text);
    let told: Vec<String> = wrong.iter().map(ToString::to_string).collect();
    let expected = [
        "1:1: error: unknown key `adress`",
        "2:10: error: unknown value `mta`",
        "3:9: error: unknown value `out`",
        "4:1: error: the key `source` stands here a second time",
        "5:9: error: this is no mailbox",
        "6:18: error: this cannot be read: `30` is no time",
        "6:28: error: this cannot be read: `1h` is no time",
        "7:12: error: unknown key `lisen`",
        "9:10: error: unknown value `abscent`",
        "11:5: error: unknown key `usr`",
        "12:13: error: a secret is not taken here",
        "14:5: error: `authorized-account` has no `secret`",
    ];
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    for (told, expected) in told.iter().zip(expected) {
        assert!(told.starts_with(&format!("lab.yaml:{expected}")), "{told}");
    }
    assert!(!format!("{wrong:?}").contains("hunter2"));
}

#[rstest]
#[case::a_slip_in_what_allows_the_address("address: mail.lab.test:25\nservice: mx\nallow-adress: mail.lab.test\n")]
#[case::a_slip_in_what_makes_wordings_read(
    "address: 127.0.0.1:25\nservice: mx\nauthorised: none\nrefusal-wordings: [no]\n"
)]
#[case::an_account_that_cannot_be_read(
    "address: 127.0.0.1:25\nservice: mx\nroles:\n  unauthorized-account: bob\n  wrong-password: { sender: a@b.example }\n"
)]
fn what_follows_from_a_mistake_is_not_told_beside_it(#[case] text: &str) {
    let wrong = wrong(text);
    assert_eq!(wrong.len(), 1, "{wrong:?}");
}

#[test]
fn an_address_is_allowed_by_its_name_in_the_file_or_beside_it() {
    let text = "address: mail.lab.test:25\nservice: mx\n";
    assert!(TargetFile::read("lab.yaml", &format!("{text}allow-address: mail.lab.test\n")).is_ok());
    assert!(TargetFile::read_allowing("lab.yaml", text, &["mail.lab.test".to_owned()]).is_ok());
    assert!(TargetFile::read_allowing("lab.yaml", text, &["lab.test".to_owned()]).is_err());
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "(address|service|roles|secret|mx|: |\n|  |\\{|\\}|127.0.0.1:25|absent|\\PC){0,40}") {
        if let Err(wrong) = TargetFile::read("lab.yaml", &text) {
            proptest::prop_assert!(!wrong.is_empty());
        }
    }
}

/// `localhost` needs no leave (RFC 6761 6.3 has it loopback), whatever this machine's resolver makes of it. 192.0.2.1 is
/// for documentation (RFC 5737).
#[rstest]
#[case::as_it_should_be("localhost:25", "", &["127.0.0.1:25"], Ok("127.0.0.1:25"))]
#[case::astray("localhost:25", "", &["192.0.2.1:25"], Err("localhost is 192.0.2.1 here, which is no loopback address"))]
#[case::allowed_by_name("mail.lab.test:25", "allow-address: mail.lab.test\n", &["192.0.2.1:25"], Ok("192.0.2.1:25"))]
#[case::other_family(
    "localhost:25",
    "source-address: 127.0.0.2\n",
    &["[::1]:25", "127.0.0.1:25"],
    Ok("127.0.0.1:25")
)]
#[case::none_of_the_family(
    "localhost:25",
    "source-address: 127.0.0.2\n",
    &["[::1]:25"],
    Err("localhost has no address of the family of `source-address`")
)]
fn what_a_name_resolves_to_has_to_be_what_was_allowed(
    #[case] address: &str,
    #[case] more: &str,
    #[case] found: &[&str],
    #[case] expected: Result<&str, &str>,
) {
    let file = read(&format!("address: {address}\nservice: mx\n{more}"));
    let found: Vec<std::net::SocketAddr> = found.iter().map(|address| address.parse().unwrap()).collect();
    let chosen = file.choose(&found).map(|address| address.to_string()).map_err(|wrong| wrong.title);
    assert_eq!(chosen.as_deref().map_err(String::as_str), expected);
}
