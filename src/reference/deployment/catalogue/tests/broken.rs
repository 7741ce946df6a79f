//! What is said of files that are wrong.

use rstest::Context;

use super::*;

const GOOD: &str = "\
title: Windows 2000 of ours
about: A server with two lines of description.
sources: [our inventory]
host:
  name: mail.inside.example
  system: windows-2000
  guest-enabled: false
  patches: []
listeners:
  - name: smtp
    port: 25
    product: windows-2000-smtp
    service: running
    settings:
      local-domains: [inside.example]
      relay:
        iis:
          only-the-list: true
          list: [192.0.2.0/24]
";

const EXCHANGE_55: &str = "\
title: Exchange 5.5 of ours
host: {name: mail.inside.example, system: windows-nt4}
listeners:
  - name: connector
    product: exchange-5.5
    settings:
      local-domains: [inside.example]
      relay:
        exchange-5.5:
          relay-flags: 8
";

#[test]
fn the_texts_below_are_wrong_by_the_one_change_alone() {
    for text in [GOOD, EXCHANGE_55] {
        CATALOGUE.read_deployment("ours.yaml", text).unwrap_or_else(|wrong| panic!("{}", drawn(&wrong)));
    }
}

/// What the cases of hosts that cannot be must not forbid.
#[rstest]
#[case::one_patch_level(EXCHANGE_55.replace(
    "listeners:\n",
    "listeners:\n  - name: other\n    port: 26\n    product: exchange-5.5\n    settings: {local-domains: [inside.example]}\n",
))]
#[case::a_product_that_is_not_installed_has_no_patches(EXCHANGE_55.replace(
    "listeners:\n",
    "listeners:\n  - name: gone\n    port: 26\n    product: exchange-5.5\n    service: not-installed\n    \
     patches: [Q289258]\n    settings: {local-domains: [inside.example]}\n",
))]
#[case::tls_required_with_a_certificate(
    GOOD.replace("    port: 25", "    certificate: true\n    tls-required: true\n    port: 25")
)]
#[case::passwords_need_tls_with_a_certificate(
    GOOD.replace("    port: 25", "    certificate: true\n    passwords-need-tls: true\n    port: 25")
)]
#[case::a_domain_and_one_below_it(GOOD.replace("[inside.example]", "[inside.example, sub.inside.example]"))]
fn a_host_that_can_be(#[case] text: String) {
    CATALOGUE.read_deployment("ours.yaml", &text).unwrap_or_else(|wrong| panic!("{}", drawn(&wrong)));
}

/// Ten lists of ten lists of ten …, by aliases.
fn billion_laughs() -> String {
    let mut text = "sources:\n  - &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..10 {
        let references = vec![format!("*a{}", level - 1); 10].join(", ");
        text.push_str(&format!("  - &a{level} [{references}]\n"));
    }
    text
}

#[rstest]
// The form of the file.
#[case::unknown_key(GOOD.replace("guest-enabled", "guest-enable"))]
#[case::unknown_key_with_no_neighbour(GOOD.replace("about:", "colour:"))]
#[case::duplicate_key(GOOD.replace("    port: 25\n", "    port: 25\n    port: 26\n"))]
#[case::missing_key(GOOD.replace("  name: mail.inside.example\n", ""))]
#[case::wrong_type(GOOD.replace("port: 25", "port: smtp"))]
#[case::port_too_large(GOOD.replace("port: 25", "port: 70000"))]
#[case::not_quite_a_boolean(GOOD.replace("guest-enabled: false", "guest-enabled: no"))]
#[case::a_list_where_none_belongs(GOOD.replace("title: Windows 2000 of ours", "title: [Windows, 2000]"))]
#[case::no_value(GOOD.replace("title: Windows 2000 of ours", "title:"))]
#[case::unknown_value(GOOD.replace("service: running", "service: runing"))]
#[case::tab_in_the_indentation(GOOD.replace("    port: 25", "\tport: 25"))]
#[case::indentation_that_does_not_fit(GOOD.replace("    port: 25", "   port: 25"))]
#[case::quote_that_does_not_end(GOOD.replace("title: Windows 2000 of ours", "title: \"Windows 2000 of ours"))]
#[case::empty(String::new())]
#[case::comments_alone("# nothing yet\n\n   # nothing here\n".to_owned())]
#[case::a_list("- title: T\n".to_owned())]
#[case::two_documents(format!("{GOOD}---\ntitle: Another\n"))]
#[case::merge_key(GOOD.replace("    port: 25", "    <<: {port: 25}"))]
#[case::tag(GOOD.replace("port: 25", "port: !secret 25"))]
#[case::nesting_bomb(format!("title: {}1{}\n", "[".repeat(20_000), "]".repeat(20_000)))]
#[case::endless_list(format!("sources: [{}]\n", "x, ".repeat(60_000)))]
#[case::endless_aliases(format!("title: &t T\nsources: [{}]\n", "*t, ".repeat(60_000)))]
#[case::alias_bomb(billion_laughs())]
// Hosts that cannot be.
#[case::unknown_product(GOOD.replace("windows-2000-smtp", "windows-2000-stmp"))]
#[case::exchange_2000_on_nt4(
    GOOD.replace("system: windows-2000", "system: windows-nt4").replace("windows-2000-smtp", "exchange-2000")
)]
#[case::exchange_2000_beside_the_service_it_takes_over(GOOD.replace(
    "listeners:\n",
    "listeners:\n  - {name: exchange, port: 26, product: exchange-2000, settings: {local-domains: [inside.example]}}\n",
))]
#[case::patch_of_another_product(GOOD.replace("patches: []", "patches: [Q289258]"))]
#[case::patch_of_another_system(EXCHANGE_55.replace("windows-nt4}", "windows-nt4, patches: [Q313450]}"))]
#[case::patch_under_the_wrong_head(GOOD.replace("    port: 25", "    patches: [Q313450]\n    port: 25"))]
#[case::patch_with_a_slip(GOOD.replace("patches: []", "patches: [Q313540]"))]
#[case::patch_named_twice(GOOD.replace("patches: []", "patches: [Q313450, Q313450]"))]
#[case::xp_with_an_option_pack(
    GOOD.replace("system: windows-2000", "system: windows-xp-professional\n  option-pack: true")
        .replace("windows-2000-smtp", "windows-xp-smtp")
)]
#[case::option_pack_not_applied(
    GOOD.replace("system: windows-2000", "system: windows-nt4").replace("windows-2000-smtp", "nt4-option-pack-smtp")
)]
#[case::relay_sheet_of_another_product(
    EXCHANGE_55.replace("exchange-5.5:\n", "exchange-5.0:\n").replace("relay-flags: 8", "reroute: true")
)]
#[case::two_relay_sheets(GOOD.replace("        iis:\n", "        exchange-5.0: {reroute: true}\n        iis:\n"))]
#[case::relay_flags_that_do_not_exist(EXCHANGE_55.replace("relay-flags: 8", "relay-flags: 24"))]
#[case::no_network(GOOD.replace("192.0.2.0/24", "192.0.2.0/42"))]
#[case::network_that_nobody_is_in(GOOD.replace("192.0.2.0/24", "192.0.2.7/24"))]
#[case::no_domain(GOOD.replace("[inside.example]", "[inside..example]"))]
#[case::no_domain_at_all(GOOD.replace("[inside.example]", "[]"))]
#[case::empty_title(GOOD.replace("title: Windows 2000 of ours", "title: \"\""))]
#[case::blank_title(GOOD.replace("title: Windows 2000 of ours", "title: \"  \""))]
#[case::host_name_with_a_line_break(GOOD.replace("name: mail.inside.example", "name: \"mail\\r\\n250 OK\""))]
#[case::one_port_for_two(GOOD.replace(
    "listeners:\n",
    "listeners:\n  - {name: other, product: windows-2000-smtp, settings: {local-domains: [inside.example]}}\n",
))]
#[case::one_name_for_two(GOOD.replace(
    "listeners:\n",
    "listeners:\n  - {name: smtp, port: 26, product: windows-2000-smtp, settings: {local-domains: [inside.example]}}\n",
))]
#[case::two_patch_levels_of_one_product(EXCHANGE_55.replace(
    "listeners:\n",
    "listeners:\n  - name: patched\n    port: 26\n    product: exchange-5.5\n    patches: [Q289258]\n    \
     settings: {local-domains: [inside.example]}\n",
))]
#[case::local_domain_twice(GOOD.replace("[inside.example]", "[inside.example, Inside.Example]"))]
#[case::local_domain_twice_once_exactly(EXCHANGE_55.replace("[inside.example]", "[inside.example, \"#inside.example\"]"))]
#[case::gateway_domain_twice(
    GOOD.replace("[inside.example]", "[inside.example]\n      gateway-domains: [branch.example, BRANCH.example]")
)]
#[case::domain_of_both_kinds(
    GOOD.replace("[inside.example]", "[inside.example]\n      gateway-domains: [branch.example, INSIDE.example]")
)]
#[case::tls_required_without_a_certificate(GOOD.replace("    port: 25", "    tls-required: true\n    port: 25"))]
#[case::passwords_need_tls_without_a_certificate(
    GOOD.replace("    port: 25", "    passwords-need-tls: true\n    port: 25")
)]
#[case::several_at_once(GOOD.replace("patches: []", "patches: [Q1]").replace("192.0.2.0/24", "everybody"))]
fn a_wrong_deployment(#[context] context: Context, #[case] text: String) {
    let wrong = CATALOGUE.read_deployment("ours.yaml", &text).unwrap_err();
    let name = context.description.unwrap_or_default();
    insta::assert_snapshot!(format!("deployment_{name}"), drawn(&wrong));
}
