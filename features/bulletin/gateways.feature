Feature: Relaying where it is meant
  A gateway takes the company's mail from anyone and passes it to the server inside. The flaw has nothing to do with it,
  and no patch may stop it. A gateway is every server of the record that answers, lets anonymous clients in and
  reroutes.

  @id:gateway/inbound @ms02-011-c11
  Scenario Outline: On <deployment>, mail for the company is taken from an anonymous client and passed inside
    Given the deployment <deployment>
    When an anonymous client sends mail to the local recipient
    Then the mail is delivered inside
    When an anonymous client sends mail to "somebody@branch.example"
    Then the mail is delivered inside

    Examples:
      | deployment                                              |
      | nt4-option-pack                                         |
      | nt4-option-pack-patched                                 |
      | nt4-option-pack-guest-enabled                           |
      | windows-2000                                            |
      | windows-2000-patched                                    |
      | windows-2000-guest-enabled                              |
      | windows-2000-guest-enabled-patched                      |
      | windows-xp-professional                                 |
      | windows-xp-professional-patched                         |
      | exchange-5.0-rerouting                                  |
      | exchange-5.5-on-nt4                                     |
      | exchange-5.5-on-nt4-patched                             |
      | exchange-5.5-on-nt4-restricted                          |
      | exchange-5.5-on-nt4-restricted-patched                  |
      | exchange-5.5-on-nt4-restricted-guest-enabled            |
      | exchange-5.5-on-nt4-deny-list                           |
      | exchange-5.5-on-nt4-allow-list                          |
      | exchange-5.5-on-nt4-local-addresses                     |
      | exchange-5.5-on-nt4-deny-list-and-authenticated         |
      | exchange-5.5-on-nt4-allow-list-and-authenticated        |
      | exchange-5.5-on-nt4-all-restrictions                    |
      | exchange-5.5-on-nt4-override-domain                     |
      | exchange-5.5-on-nt4-account-matches-address             |
      | exchange-5.5-on-nt4-homed-only                          |
      | exchange-5.5-on-windows-2000                            |
      | exchange-5.5-on-windows-2000-restricted                 |
      | exchange-5.5-on-windows-2000-restricted-windows-patch   |
      | exchange-5.5-on-windows-2000-restricted-connector-patch |
      | exchange-5.5-on-windows-2000-restricted-both-patches    |
      | exchange-5.5-and-native-service:connector               |
      | exchange-5.5-and-native-service:native                  |
      | exchange-2000-on-windows-2000                           |
      | exchange-2000-on-windows-2000-patched                   |
      | reference                                               |
      | reference-refuses-at-relay                              |
      | reference-tls                                           |

  @id:gateway/from-anyone @ms02-011-c11
  Scenario Outline: On <deployment>, mail for the company is taken from <role> too, and passed inside
    Given the deployment <deployment>
    When <role> sends mail to the local recipient
    Then the mail is delivered inside

    Examples:
      | deployment                                              | role                   |
      | nt4-option-pack                                         | the null session       |
      | nt4-option-pack                                         | the authorized account |
      | nt4-option-pack-patched                                 | the null session       |
      | nt4-option-pack-patched                                 | the authorized account |
      | windows-2000                                            | the null session       |
      | windows-2000                                            | the authorized account |
      | windows-2000-patched                                    | the null session       |
      | windows-2000-patched                                    | the authorized account |
      | exchange-5.5-on-nt4-restricted                          | the null session       |
      | exchange-5.5-on-nt4-restricted                          | the authorized account |
      | exchange-5.5-on-nt4-restricted-patched                  | the null session       |
      | exchange-5.5-on-nt4-restricted-patched                  | the authorized account |
      | exchange-5.5-on-windows-2000-restricted                 | the null session       |
      | exchange-5.5-on-windows-2000-restricted                 | the authorized account |
      | exchange-5.5-on-windows-2000-restricted-connector-patch | the null session       |
      | exchange-5.5-on-windows-2000-restricted-connector-patch | the authorized account |

  @id:gateway/own-domain-only @ms02-011-c11 @ms02-011-c18
  Scenario Outline: With rerouting off, <deployment> takes mail for its own domain only
    Given the deployment <deployment>
    When an anonymous client sends mail to the local recipient
    Then the mail is delivered inside
    When an anonymous client sends mail to "somebody@branch.example"
    Then the mail is returned or refused

    Examples:
      | deployment                        |
      | exchange-5.0-not-rerouting        |
      | exchange-5.5-on-nt4-not-rerouting |
