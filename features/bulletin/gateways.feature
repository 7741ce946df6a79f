Feature: Relaying where it is meant
  A gateway takes the company's mail from anyone and passes it to the server inside. The flaw has nothing to do with it,
  and no patch may stop it.

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
      | windows-2000                                            |
      | windows-2000-patched                                    |
      | windows-xp-professional                                 |
      | exchange-5.0-rerouting                                  |
      | exchange-5.5-on-nt4                                     |
      | exchange-5.5-on-nt4-restricted                          |
      | exchange-5.5-on-nt4-restricted-patched                  |
      | exchange-5.5-on-windows-2000-restricted-connector-patch |
      | exchange-2000-on-windows-2000                           |

  @id:gateway/own-domain-only @ms02-011-c11 @ms02-011-c18
  Scenario: With rerouting off, Exchange 5.0 takes mail for its own domain only
    Given the deployment exchange-5.0-not-rerouting
    When an anonymous client sends mail to the local recipient
    Then the mail is delivered inside
    When an anonymous client sends mail to "somebody@branch.example"
    Then the mail is returned or refused
