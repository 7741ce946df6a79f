Feature: The protocol all of this is about
  SMTP as RFC 2821 has it: under all the differences in wording, an ordinary message for the server's own recipient is
  taken by every server of the record that answers. One of them lets nobody in who does not authenticate, so the client
  signs in first; and one has RelayFlags left behind by which it takes mail from listed hosts alone, so the session ends
  at RCPT, in good order.

  @id:protocol/ordinary-session @ms02-011-c24
  Scenario Outline: An ordinary session on <deployment>
    Given the deployment <deployment>
    When the client connects
    Then the greeting has the code 220
    When the client says "EHLO client.example"
    Then the reply has the code 250
    When the client names its sender
    Then the reply has the code 250
    When the client names the local recipient
    Then the reply has the code 250
    When the client says "DATA"
    Then the reply has the code 354
    When the client sends its message
    Then the reply has the code 250
    When the client says "QUIT"
    Then the reply has the code 221
    And the message is delivered inside

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
      | exchange-5.0-not-rerouting                              |
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
      | exchange-5.5-on-nt4-not-rerouting                       |
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

  @id:protocol/session-that-signs-in @ms02-011-c24
  Scenario: An ordinary session where anonymous access is off
    Given the deployment windows-2000-anonymous-access-off
    When the client connects
    Then the greeting has the code 220
    When the authorized account signs in
    Then AUTH is accepted
    When the client names its sender
    Then the reply has the code 250
    When the client names the local recipient
    Then the reply has the code 250
    When the client says "DATA"
    Then the reply has the code 354
    When the client sends its message
    Then the reply has the code 250
    When the client says "QUIT"
    Then the reply has the code 221
    And the message is delivered inside

  @id:protocol/session-of-a-host-not-listed @ms02-011-c24
  Scenario: An ordinary session where only listed hosts are served
    Given the deployment exchange-5.5-on-nt4-not-rerouting-flags-left
    When the client connects
    Then the greeting has the code 220
    When the client says "EHLO client.example"
    Then the reply has the code 250
    When the client names its sender
    Then the reply has the code 250
    When the client names the local recipient
    Then the server refuses
    When the client says "QUIT"
    Then the reply has the code 221
