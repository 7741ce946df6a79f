use proptest::prelude::*;
use rstest::rstest;

use super::super::cuts::octets;
use super::*;
use Tolerance::{
    BareCr, ControlOctet, EightBitOctet, ExtraSpace, LongLine, MalformedLocalPart, MalformedParameter,
    MissingAngleBrackets, MissingDomain, SourceRoute, SpaceAfterColon, TrailingSpace, UnexpectedArgument,
};

fn some(text: &str) -> Argument {
    Some(text.as_bytes().to_vec())
}

fn other(verb: Verb, argument: Argument) -> Result<Command, CommandError> {
    Ok(Command::Other { verb, argument })
}

fn unknown(word: &str) -> Verb {
    Verb::Other(word.as_bytes().to_vec())
}

fn malformed(argument: &str) -> Result<Command, CommandError> {
    Err(CommandError::MalformedArgument(argument.as_bytes().to_vec()))
}

/// The commands of RFC 5321 4.1.1, 3030 2, 3207 4, 4954 4, 1985 5, 2645 4, and what a relay scanner sends.
#[rstest]
#[case("EHLO mail.example.com", Ok(Command::Ehlo { argument: some("mail.example.com") }), &[])]
#[case("EHLO", Ok(Command::Ehlo { argument: None }), &[])]
#[case("HELO ", Ok(Command::Helo { argument: None }), &[TrailingSpace])]
#[case("helo  x  y\t", Ok(Command::Helo { argument: some("x  y") }), &[TrailingSpace, ExtraSpace])]
#[case("DATA", Ok(Command::Data), &[])]
#[case("dAtA x", Ok(Command::Data), &[UnexpectedArgument])]
#[case("RSET", Ok(Command::Rset), &[])]
#[case("QUIT now", Ok(Command::Quit), &[UnexpectedArgument])]
#[case("NOOP", Ok(Command::Noop { argument: None }), &[])]
#[case("NOOP x y", Ok(Command::Noop { argument: some("x y") }), &[])]
#[case("HELP MAIL", Ok(Command::Help { argument: some("MAIL") }), &[])]
#[case("VRFY root", Ok(Command::Vrfy { argument: some("root") }), &[])]
#[case("VRFY a b", Ok(Command::Vrfy { argument: some("a b") }), &[UnexpectedArgument])]
#[case("VRFY \"a b\"", Ok(Command::Vrfy { argument: some("\"a b\"") }), &[])]
#[case("HELP MAIL RCPT", Ok(Command::Help { argument: some("MAIL RCPT") }), &[UnexpectedArgument])]
#[case("EXPN\troot", Ok(Command::Expn { argument: some("root") }), &[ExtraSpace])]
#[case("ETRN @example.com", Ok(Command::Etrn { argument: some("@example.com") }), &[])]
#[case("ATRN a.example,b.example", Ok(Command::Atrn { domains: some("a.example,b.example") }), &[])]
#[case("ATRN", Ok(Command::Atrn { domains: None }), &[])]
#[case("TURN", Ok(Command::Turn), &[])]
#[case("STARTTLS", Ok(Command::StartTls), &[])]
#[case("starttls x", Ok(Command::StartTls), &[UnexpectedArgument])]
#[case("SOML FROM: <a@b>", other(Verb::Soml, some("FROM: <a@b>")), &[])]
#[case("SAML FROM: <a@b>", other(Verb::Saml, some("FROM: <a@b>")), &[])]
#[case("SEND", other(Verb::Send, None), &[])]
#[case("xexch50 2 3", other(unknown("XEXCH50"), some("2 3")), &[])]
#[case("X-EXPS GSSAPI", other(unknown("X-EXPS"), some("GSSAPI")), &[])]
#[case("MAILFROM:<a@b>", other(unknown("MAILFROM:<A@B>"), None), &[])]
#[case(".", other(unknown("."), None), &[])]
#[case("", other(unknown(""), None), &[])]
#[case(" NOOP", other(unknown(""), some("NOOP")), &[])]
#[case("NO\rOP", other(unknown("NO\rOP"), None), &[BareCr])]
#[case("NOOP \0", Ok(Command::Noop { argument: some("\0") }), &[ControlOctet])]
#[case("NOOP ü", Ok(Command::Noop { argument: some("ü") }), &[EightBitOctet])]
fn commands_without_a_path(
    #[case] line: &str,
    #[case] command: Result<Command, CommandError>,
    #[case] deviations: &[Tolerance],
) {
    let read = CommandLine::parse(line.as_bytes());
    assert_eq!(read.command, command);
    assert_eq!(read.deviations, deviations);
    assert_eq!(read.raw, line.as_bytes());
}

fn authentication(mechanism: &str, initial_response: Argument) -> Result<Command, CommandError> {
    Ok(Command::Auth { mechanism: mechanism.as_bytes().to_vec(), initial_response })
}

/// RFC 4954 4.
#[rstest]
#[case("AUTH NTLM", authentication("NTLM", None), &[])]
#[case("AUTH NTLM TlRMTVNTUAABAAAA", authentication("NTLM", some("TlRMTVNTUAABAAAA")), &[])]
#[case("AUTH PLAIN =", authentication("PLAIN", some("=")), &[])]
#[case("auth login", authentication("login", None), &[])]
#[case("AUTH LOGIN  eA==", authentication("LOGIN", some("eA==")), &[ExtraSpace])]
#[case("AUTH LOGIN a b", authentication("LOGIN", some("a b")), &[UnexpectedArgument])]
#[case("AUTH LOGIN ", authentication("LOGIN", None), &[TrailingSpace])]
#[case("AUTH", Err(CommandError::MissingArgument), &[])]
#[case("AUTH=LOGIN", other(unknown("AUTH=LOGIN"), None), &[])]
fn authentication_commands(
    #[case] line: &str,
    #[case] command: Result<Command, CommandError>,
    #[case] deviations: &[Tolerance],
) {
    let read = CommandLine::parse(line.as_bytes());
    assert_eq!((read.command, read.deviations.as_slice()), (command, deviations));
}

/// RFC 3030 2.
#[rstest]
#[case("BDAT 4", Ok(Command::Bdat { size: 4, last: false }), &[])]
#[case("BDAT 0 LAST", Ok(Command::Bdat { size: 0, last: true }), &[])]
#[case("bdat 86 last", Ok(Command::Bdat { size: 86, last: true }), &[])]
#[case("BDAT 007", Ok(Command::Bdat { size: 7, last: false }), &[])]
#[case("BDAT 18446744073709551615", Ok(Command::Bdat { size: u64::MAX, last: false }), &[])]
#[case("BDAT 4  LAST", Ok(Command::Bdat { size: 4, last: true }), &[ExtraSpace])]
#[case("BDAT 4 LAST x", Ok(Command::Bdat { size: 4, last: true }), &[UnexpectedArgument])]
#[case("BDAT", Err(CommandError::MissingArgument), &[])]
#[case("BDAT x", malformed("x"), &[])]
#[case("BDAT LAST", malformed("LAST"), &[])]
#[case("BDAT -1", malformed("-1"), &[])]
#[case("BDAT +1", malformed("+1"), &[])]
#[case("BDAT 4 NEXT", malformed("NEXT"), &[])]
#[case("BDAT 18446744073709551616", malformed("18446744073709551616"), &[])]
#[case("BDAT 99999999999999999999999999", malformed("99999999999999999999999999"), &[])]
fn chunks(#[case] line: &str, #[case] command: Result<Command, CommandError>, #[case] deviations: &[Tolerance]) {
    let read = CommandLine::parse(line.as_bytes());
    assert_eq!((read.command, read.deviations.as_slice()), (command, deviations));
}

/// RFC 5321 4.1.1.2 and 4.1.1.3, and probes that old servers were sent.
#[rstest]
#[case("MAIL FROM:<userx@y.foo.org>", "<userx@y.foo.org>", "", &[])]
#[case("RCPT TO:<@hosta.int,@jkl.org:userc@d.bar.org>", "<@hosta.int,@jkl.org:userc@d.bar.org>", "", &[SourceRoute])]
#[case("mail from:<>", "<>", "", &[])]
#[case("MAIL FROM: <>", "<>", "", &[SpaceAfterColon])]
#[case("MAIL FROM: a@b", "a@b", "", &[SpaceAfterColon, MissingAngleBrackets])]
#[case("MAIL FROM:\ta@b", "a@b", "", &[SpaceAfterColon, MissingAngleBrackets])]
#[case("MAIL FROM: <invalid source>", "<invalid source>", "", &[SpaceAfterColon, MalformedLocalPart, MissingDomain])]
#[case("RCPT TO: test", "test", "", &[SpaceAfterColon, MissingAngleBrackets, MissingDomain])]
#[case("RCPT TO:<Postmaster>", "<Postmaster>", "", &[])]
#[case("MAIL   FROM:<a@b>", "<a@b>", "", &[ExtraSpace])]
#[case("MAIL\t\tFROM:<a@b>", "<a@b>", "", &[ExtraSpace])]
#[case("MAIL FROM:<a@b> ", "<a@b>", "", &[TrailingSpace])]
#[case("MAIL FROM:<a@b> SIZE=1000 BODY=8BITMIME AUTH=<> X", "<a@b>", "SIZE=1000 BODY=8BITMIME AUTH=<> X", &[])]
#[case("MAIL FROM:a@b SIZE=1", "a@b", "SIZE=1", &[MissingAngleBrackets])]
#[case(r#"RCPT TO:"IMCEA R@D"@S X"#, r#""IMCEA R@D"@S"#, "X", &[MissingAngleBrackets])]
#[case("MAIL FROM:<a@b>  SIZE=1", "<a@b>", "SIZE=1", &[ExtraSpace])]
#[case("MAIL FROM:<a@b> =1", "<a@b>", "=1", &[MalformedParameter])]
#[case("MAIL FROM:<ü@b>", "<ü@b>", "", &[EightBitOctet])]
fn mail_and_rcpt(#[case] line: &str, #[case] path: &str, #[case] parameters: &str, #[case] deviations: &[Tolerance]) {
    let read = CommandLine::parse(line.as_bytes());
    let (Ok(Command::Mail { reverse_path: sent, parameters: sent_parameters })
    | Ok(Command::Rcpt { forward_path: sent, parameters: sent_parameters })) = read.command
    else {
        panic!("{:?}", read.command);
    };
    assert_eq!(sent, Path::parse(path.as_bytes()).unwrap());
    assert_eq!(sent_parameters, Parameters::read(parameters.as_bytes(), &mut Vec::new()));
    assert_eq!(read.deviations, deviations);
}

#[rstest]
#[case("MAIL", CommandError::MissingKeyword("FROM:"))]
#[case("MAIL FROM", CommandError::MissingKeyword("FROM:"))]
#[case("MAIL FROM test", CommandError::MissingKeyword("FROM:"))]
#[case("MAIL FROM <a@b>", CommandError::MissingKeyword("FROM:"))]
#[case("MAIL FROM :<a@b>", CommandError::MissingKeyword("FROM:"))]
#[case("MAIL TO:<a@b>", CommandError::MissingKeyword("FROM:"))]
#[case("RCPT <a@b>", CommandError::MissingKeyword("TO:"))]
#[case("MAIL FROM:", CommandError::Path(PathError::Missing))]
#[case("RCPT TO:  ", CommandError::Path(PathError::Missing))]
#[case("MAIL FROM: <a@b", CommandError::Path(PathError::Unbalanced(b"<a@b".to_vec())))]
#[case("MAIL FROM:<a@b>SIZE=1", CommandError::Path(PathError::Malformed(b"<a@b>SIZE=1".to_vec())))]
fn mail_and_rcpt_that_cannot_be_read(#[case] line: &str, #[case] expected: CommandError) {
    let read = CommandLine::parse(line.as_bytes());
    assert_eq!(read.command, Err(expected));
    assert_eq!(read.verb, if line.starts_with("MAIL") { Verb::Mail } else { Verb::Rcpt });
}

/// RFC 5321 4.5.3.1.4: 512 octets, CRLF included, which extensions may raise; RFC 4954 4: 12288 for AUTH.
#[rstest]
#[case::at_the_limit("NOOP ", 505, "", false)]
#[case::over_it("NOOP ", 506, "", true)]
#[case::unknown_verb("X", 510, "", true)]
#[case::parameters_do_not_count("MAIL FROM:<", 498, "> SIZE=1 X", false)]
#[case::path_over_it("MAIL FROM:<", 499, "> SIZE=1 X", true)]
#[case::authentication("AUTH NTLM ", 12_276, "", false)]
#[case::authentication_over_it("AUTH NTLM ", 12_277, "", true)]
fn lines_over_the_standards_limit_are_named(
    #[case] start: &str,
    #[case] repeat: usize,
    #[case] end: &str,
    #[case] expected: bool,
) {
    let line = format!("{start}{}{end}", "a".repeat(repeat));
    assert_eq!(CommandLine::parse(line.as_bytes()).deviations.contains(&LongLine), expected);
}

proptest! {
    #[test]
    fn any_line_is_a_command_line(line in octets(br#"<>@:=" 	aMFROIL"#)) {
        let read = CommandLine::parse(&line);
        prop_assert_eq!(&read.raw, &line);
    }

    #[test]
    fn any_argument_is_taken(
        verb in "(MAIL FROM|RCPT TO|mail from)(:| )|(AUTH|BDAT|EHLO|DATA|ATRN|VRFY) ",
        argument in octets(br#"<>@:,="\. 	LAST01"#),
    ) {
        let line = [verb.as_bytes(), &argument].concat();
        let read = CommandLine::parse(&line);
        prop_assert!(!matches!(read.verb, Verb::Other(_)), "{:?}", read.verb);
        let mut once = read.deviations.clone();
        once.sort();
        once.dedup();
        prop_assert_eq!(once.len(), read.deviations.len());
    }

    #[test]
    fn the_case_of_a_verb_does_not_matter(
        line in "(MAIL FROM|RCPT TO):<[a-z]{1,5}@[a-z]{1,5}>|BDAT [0-9]{1,9} LAST|STARTTLS",
    ) {
        let upper = CommandLine::parse(line.as_bytes());
        let (word, argument) = line.split_at(line.find([':', ' ']).unwrap_or(line.len()));
        let lower = CommandLine::parse(format!("{}{argument}", word.to_ascii_lowercase()).as_bytes());
        prop_assert!(upper.command.is_ok());
        prop_assert_eq!((upper.verb, upper.command, upper.deviations), (lower.verb, lower.command, lower.deviations));
    }
}
