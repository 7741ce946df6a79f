use proptest::prelude::*;
use rstest::rstest;

use super::super::cuts::octets;
use super::*;
use Tolerance::{
    EightBitOctet, MalformedDomain, MalformedLocalPart, MissingAngleBrackets, MissingDomain, SeveralAtSigns,
    SourceRoute,
};

fn parse(sent: &str) -> Path {
    Path::parse(sent.as_bytes()).expect("a path")
}

fn text(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).expect("UTF-8")
}

/// The address forms that relay tests send (Nmap's smtp-open-relay, MAPS, Microsoft's Q304897), taken apart by the
/// grammar of RFC 5321 4.1.2.
#[rstest]
#[case::plain("<R@D>", &[], "R", Some("D"), &[])]
#[case::percent("<R%D@[10.1.2.3]>", &[], "R%D", Some("[10.1.2.3]"), &[])]
#[case::percent_at_server("<R%D@S>", &[], "R%D", Some("S"), &[])]
#[case::percent_alone("<relaytest%contoso.net>", &[], "relaytest%contoso.net", None, &[MissingDomain])]
#[case::quoted(r#"<"R@D">"#, &[], r#""R@D""#, None, &[MissingDomain])]
#[case::quoted_percent(r#"<"R%D">"#, &[], r#""R%D""#, None, &[MissingDomain])]
#[case::two_at_signs("<R@D@S>", &[], "R@D", Some("S"), &[SeveralAtSigns, MalformedLocalPart])]
#[case::quoted_at_literal(r#"<"R@D"@[10.1.2.3]>"#, &[], r#""R@D""#, Some("[10.1.2.3]"), &[])]
#[case::route("<@S:R@D>", &["S"], "R", Some("D"), &[SourceRoute])]
#[case::route_over_literal("<@[10.1.2.3]:R@D>", &["[10.1.2.3]"], "R", Some("D"), &[SourceRoute])]
#[case::bang_alone("<D!R>", &[], "D!R", None, &[MissingDomain])]
#[case::bang("<D!R@S>", &[], "D!R", Some("S"), &[])]
#[case::encapsulated("<IMCEASMTP-R+40D@S>", &[], "IMCEASMTP-R+40D", Some("S"), &[])]
#[case::quoted_encapsulated(r#""IMCEA R@D"@S"#, &[], r#""IMCEA R@D""#, Some("S"), &[MissingAngleBrackets])]
#[case::bare("test", &[], "test", None, &[MissingAngleBrackets, MissingDomain])]
#[case::no_brackets("a@b", &[], "a", Some("b"), &[MissingAngleBrackets])]
fn relay_test_forms(
    #[case] sent: &str,
    #[case] route: &[&str],
    #[case] local_part: &str,
    #[case] domain: Option<&str>,
    #[case] deviations: &[Tolerance],
) {
    let path = parse(sent);
    assert_eq!(path.route().iter().map(|host| text(host)).collect::<Vec<_>>(), route);
    assert_eq!(text(path.local_part()), local_part);
    assert_eq!(path.domain().map(text), domain);
    assert_eq!(path.deviations(), deviations);
    assert_eq!(text(path.raw()), sent);
    assert!(!path.is_null());
}

/// RFC 5321 4.1.2: Path, Dot-string, Quoted-string.
#[rstest]
#[case::null("<>", &[])]
#[case::postmaster("<Postmaster>", &[])]
#[case::postmaster_other_case("<POSTMASTER>", &[])]
#[case::postmaster_behind_route("<@a:postmaster>", &[SourceRoute])]
#[case::every_atext("<!#$%&'*+-/=?^_`{|}~.a1@b>", &[])]
#[case::escapes(r#"<"a\"b\\ >c"@d>"#, &[])]
#[case::empty_quoted_string(r#"<""@d>"#, &[])]
#[case::angle_bracket_in_quotes(r#"<"<a>"@d>"#, &[])]
#[case::several_hosts("<@a,@b.c:d@e>", &[SourceRoute])]
#[case::eight_bit("<ü@d>", &[EightBitOctet])]
#[case::eight_bit_domain("<a@dü.example>", &[EightBitOctet])]
#[case::eight_bit_route("<@ü:a@d>", &[SourceRoute, EightBitOctet])]
#[case::space("<invalid source>", &[MalformedLocalPart, MissingDomain])]
#[case::spaces_around("< a@b >", &[MalformedLocalPart, MalformedDomain])]
#[case::only_space("< >", &[MalformedLocalPart, MissingDomain])]
#[case::two_dots("<a..b@d>", &[MalformedLocalPart])]
#[case::dot_first("<.a@d>", &[MalformedLocalPart])]
#[case::dot_last("<a.@d>", &[MalformedLocalPart])]
#[case::no_local_part("<@d>", &[MalformedLocalPart])]
#[case::no_local_part_behind_route("<@a:@d>", &[SourceRoute, MalformedLocalPart])]
#[case::nothing_behind_route("<@a:>", &[SourceRoute, MalformedLocalPart, MissingDomain])]
#[case::backslash_outside_quotes(r"<DOMAIN\user@d>", &[MalformedLocalPart])]
#[case::quotes_inside(r#"<a"b"c@d>"#, &[MalformedLocalPart])]
#[case::two_quoted_strings(r#"<"a""b"@d>"#, &[MalformedLocalPart])]
#[case::nul_in_quotes("<\"a\0b\"@d>", &[MalformedLocalPart])]
#[case::escaped_control("<\"a\\\x01b\"@d>", &[MalformedLocalPart])]
#[case::colon_without_route("<a:b@d>", &[MalformedLocalPart])]
#[case::route_without_at_sign("<@a,b:c@d>", &[SourceRoute, MalformedDomain])]
#[case::route_with_empty_host("<@:c@d>", &[SourceRoute, MalformedDomain])]
#[case::only_a_bracket("[", &[MissingAngleBrackets, MalformedLocalPart, MissingDomain])]
fn departures_are_named(#[case] sent: &str, #[case] expected: &[Tolerance]) {
    assert_eq!(parse(sent).deviations(), expected);
}

/// RFC 5321 4.1.2 Domain and 4.1.3 address literals.
#[rstest]
#[case("example.com", true)]
#[case("1.example", true)]
#[case("a-b--c.d", true)]
#[case("localhost", true)]
#[case("", false)]
#[case("example.com.", false)]
#[case(".example.com", false)]
#[case("a..b", false)]
#[case("-a.b", false)]
#[case("a-.b", false)]
#[case("a_b.c", false)]
#[case("\"a\"", false)]
#[case("[10.10.10.10]", true)]
#[case("[255.255.255.255]", true)]
#[case("[001.02.3.4]", true)]
#[case("[256.1.1.1]", false)]
#[case("[0001.1.1.1]", false)]
#[case("[1.1.1]", false)]
#[case("[1.1.1.1.1]", false)]
#[case("[1.1.1.1", false)]
#[case("10.10.10.10", true)]
#[case("[]", false)]
#[case("[IPv6:::1]", true)]
#[case("[ipv6:2001:db8::25]", true)]
#[case("[IPv6:2001:db8:0:0:0:0:0:25]", true)]
#[case("[IPv6:::ffff:10.1.2.3]", true)]
#[case("[IPv6:::]", true)]
#[case::double_colon_for_one_group("[IPv6:1:2:3:4:5:6:7::]", false)]
#[case::double_colon_for_two_groups("[IPv6:1:2:3:4:5:6::]", true)]
#[case::four_groups_and_ipv4("[IPv6:1:2:3:4::1.2.3.4]", true)]
#[case::five_groups_and_ipv4("[IPv6:1:2:3:4:5::1.2.3.4]", false)]
#[case("[IPv6:1:2]", false)]
#[case("[IPv6:10.1.2.3]", false)]
#[case("[::1]", false)]
#[case("[X-tag:anything!]", true)]
#[case("[X-:a]", false)]
#[case("[X:]", false)]
#[case("[X:a[b]", false)]
fn domains_and_literals(#[case] domain: &str, #[case] is_well_formed: bool) {
    let path = parse(&format!("<a@{domain}>"));
    assert_eq!(path.domain().map(text), Some(domain));
    let expected: &[_] = if is_well_formed { &[] } else { &[MalformedDomain] };
    assert_eq!(path.deviations(), expected);
}

#[test]
fn colons_in_a_literal_do_not_end_a_route() {
    let path = parse("<@[IPv6:::1],@b:c@d>");
    assert_eq!(path.route(), [b"[IPv6:::1]".to_vec(), b"b".to_vec()]);
    assert_eq!(text(&path.address()), "c@d");
    assert_eq!(path.deviations(), [SourceRoute]);
}

#[rstest]
#[case::nothing("", PathError::Missing)]
#[case::no_end("<a@b", PathError::Unbalanced(b"<a@b".to_vec()))]
#[case::no_start("a@b>", PathError::Unbalanced(b"a@b>".to_vec()))]
#[case::end_in_quotes(r#"<"a>"@b"#, PathError::Unbalanced(br#"<"a>"@b"#.to_vec()))]
#[case::two_starts("<<a@b>", PathError::Unbalanced(b"<<a@b>".to_vec()))]
#[case::two_ends("<a@b>>", PathError::Unbalanced(b"<a@b>>".to_vec()))]
#[case::wrong_way_round(">a@b<", PathError::Unbalanced(b">a@b<".to_vec()))]
#[case::name_before("x<a@b>", PathError::Unbalanced(b"x<a@b>".to_vec()))]
#[case::text_behind("<a@b>x", PathError::Malformed(b"<a@b>x".to_vec()))]
#[case::open_quote(r#"<"a@b>"#, PathError::Malformed(br#"<"a@b>"#.to_vec()))]
#[case::quote_ends_in_backslash(r#"<"a\"@b>"#, PathError::Malformed(br#"<"a\"@b>"#.to_vec()))]
#[case::space_without_brackets("a b@c", PathError::Malformed(b"a b@c".to_vec()))]
#[case::control("<a\x01@b>", PathError::Malformed(b"<a\x01@b>".to_vec()))]
#[case::tab("<a\t@b>", PathError::Malformed(b"<a\t@b>".to_vec()))]
fn errors_carry_the_octets(#[case] sent: &str, #[case] expected: PathError) {
    assert_eq!(Path::parse(sent.as_bytes()), Err(expected));
}

/// What Windows 2000 printed back (Q304897; recorded sessions).
#[rstest]
#[case("<spamtest>", "spamtest", "spamtest@northwindtraders.com")]
#[case("<relaytest%contoso.net>", "relaytest%contoso.net", "relaytest%contoso.net@northwindtraders.com")]
#[case(
    r#"<"nobody@mail-contoso.org">"#,
    r#""nobody@mail-contoso.org""#,
    r#""nobody@mail-contoso.org"@northwindtraders.com"#
)]
#[case("<spamtest@[10.10.10.10]>", "spamtest@[10.10.10.10]", "spamtest@northwindtraders.com")]
#[case("danesh@example.com", "danesh@example.com", "danesh@northwindtraders.com")]
#[case("<@S:R@D>", "R@D", "R@northwindtraders.com")]
#[case("<>", "", "")]
fn addresses_as_printed_back_and_at_a_servers_own_domain(
    #[case] sent: &str,
    #[case] address: &str,
    #[case] completed: &str,
) {
    let path = parse(sent);
    assert_eq!(text(&path.address()), address);
    assert_eq!(text(&path.with_domain(b"northwindtraders.com").address()), completed);
}

#[test]
fn a_path_at_another_domain_is_the_path_that_would_be_read() {
    for sent in ["<a b>", "test", "<@S:R@D@E>", "<ü@[1.2.3.4]>", r#"<"a>b"@c>"#, "<>"] {
        let path = parse(sent).with_domain(b"d_");
        assert_eq!(Path::parse(path.raw()), Ok(path));
    }
}

#[test]
fn only_empty_brackets_are_the_null_path() {
    assert!(parse("<>").is_null());
    assert_eq!(parse("<>").domain(), None);
    assert!(!parse("< >").is_null());
    assert!(!parse(r#"<"">"#).is_null());
}

#[rstest]
#[case::brackets("<a@b> SIZE=1", "<a@b>", " SIZE=1")]
#[case::space_in_brackets("<a b> X", "<a b>", " X")]
#[case::end_in_quotes(r#"<"a>"@b> X"#, r#"<"a>"@b>"#, " X")]
#[case::stuck("<a@b>>X Y", "<a@b>>X", " Y")]
#[case::no_end("<a@b SIZE=1", "<a@b SIZE=1", "")]
#[case::bare("a@b SIZE=1", "a@b", " SIZE=1")]
#[case::bare_before_tab("a@b\tX", "a@b", "\tX")]
#[case::space_in_quotes(r#""a b"@c X"#, r#""a b"@c"#, " X")]
#[case::nothing("", "", "")]
fn a_path_ends_before_its_parameters(#[case] argument: &str, #[case] path: &str, #[case] behind: &str) {
    assert_eq!(Path::split_from(argument.as_bytes()), (path.as_bytes(), behind.as_bytes()));
}

fn dot_string() -> impl Strategy<Value = String> {
    proptest::collection::vec("[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]{1,8}", 1..4).prop_map(|atoms| atoms.join("."))
}

fn quoted_string() -> impl Strategy<Value = String> {
    r#"([ !#-\[\]-~]|\\[ -~]){0,12}"#.prop_map(|content| format!("\"{content}\""))
}

fn domain() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9]([a-zA-Z0-9-]{0,6}[a-zA-Z0-9])?(\\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,6}[a-zA-Z0-9])?){0,3}"
}

fn literal() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<std::net::Ipv4Addr>().prop_map(|address| format!("[{address}]")),
        any::<[u16; 8]>().prop_map(|groups| format!("[IPv6:{}]", groups.map(|group| format!("{group:x}")).join(":"))),
    ]
}

proptest! {
    #[test]
    fn the_parts_of_a_well_formed_path_come_back(
        route in proptest::collection::vec(domain(), 0..3),
        local_part in prop_oneof![dot_string(), quoted_string()],
        domain in prop_oneof![domain(), literal()],
    ) {
        let hosts: Vec<_> = route.iter().map(|host| format!("@{host}")).collect();
        let colon = if route.is_empty() { "" } else { ":" };
        let sent = format!("<{}{colon}{local_part}@{domain}>", hosts.join(","));
        let path = Path::parse(sent.as_bytes()).unwrap();
        prop_assert_eq!(path.raw(), sent.as_bytes());
        prop_assert_eq!(path.route(), route.iter().map(|host| host.as_bytes().to_vec()).collect::<Vec<_>>());
        prop_assert_eq!(path.local_part(), local_part.as_bytes());
        prop_assert_eq!(path.domain(), Some(domain.as_bytes()));
        prop_assert_eq!(path.address(), format!("{local_part}@{domain}").into_bytes());
        let expected: &[_] = if route.is_empty() { &[] } else { &[SourceRoute] };
        prop_assert_eq!(path.deviations(), expected);
    }

    #[test]
    fn no_octet_is_lost(sent in octets(br#"<>@@:,"\.[]ab "#)) {
        match Path::parse(&sent) {
            Ok(path) => {
                prop_assert_eq!(path.raw(), &sent);
                let inner = sent.strip_prefix(b"<").and_then(|rest| rest.strip_suffix(b">")).unwrap_or(&sent);
                if path.route().is_empty() {
                    prop_assert_eq!(path.address(), inner);
                } else {
                    prop_assert!(inner.ends_with(&[b":".as_slice(), &path.address()].concat()));
                }
            }
            Err(PathError::Missing) => prop_assert!(sent.is_empty()),
            Err(PathError::Unbalanced(bytes) | PathError::Malformed(bytes)) => prop_assert_eq!(bytes, sent),
        }
    }

    #[test]
    fn splitting_loses_no_octet(argument in octets(br#"<>@"\ 	ab"#)) {
        let (path, behind) = Path::split_from(&argument);
        prop_assert_eq!([path, behind].concat(), argument);
    }
}
