Feature: The protocol all of this is about
  SMTP as RFC 2821 has it: under all the differences in wording, an ordinary message for the server's own recipient is
  taken by every one of these servers.

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
      | windows-2000                                            |
      | windows-2000-patched                                    |
      | windows-2000-guest-enabled                              |
      | windows-xp-professional                                 |
      | exchange-5.0-rerouting                                  |
      | exchange-5.0-not-rerouting                              |
      | exchange-5.5-on-nt4                                     |
      | exchange-5.5-on-nt4-restricted                          |
      | exchange-5.5-on-nt4-restricted-patched                  |
      | exchange-5.5-on-windows-2000-restricted                 |
      | exchange-5.5-on-windows-2000-restricted-connector-patch |
      | exchange-2000-on-windows-2000                           |
