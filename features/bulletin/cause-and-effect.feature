Feature: Cause, effect and bounds of the flaw
  The flaw is one missing question between "who is this?" and "may this client send there?". It gives the use of the
  mail service and nothing beyond it.

  Rule: The check alone decides

    @id:cause/same-credentials @ms02-011-c07 @ms02-011-c22
    Scenario Outline: The same credentials of <role> relay on <without> and not on <with>
      Given the deployment <without>
      When <role> sends mail to the remote recipient
      Then AUTH is accepted
      And the mail is relayed
      Given the deployment <with>
      When <role> sends mail to the remote recipient
      Then the mail is refused

      Examples:
        | role                     | without                                 | with                                                    |
        | the null session         | nt4-option-pack                         | nt4-option-pack-patched                                 |
        | the unauthorized account | nt4-option-pack                         | nt4-option-pack-patched                                 |
        | the null session         | windows-2000                            | windows-2000-patched                                    |
        | the unauthorized account | windows-2000                            | windows-2000-patched                                    |
        | the null session         | exchange-5.5-on-nt4-restricted          | exchange-5.5-on-nt4-restricted-patched                  |
        | the unauthorized account | exchange-5.5-on-nt4-restricted          | exchange-5.5-on-nt4-restricted-patched                  |
        | the null session         | exchange-5.5-on-windows-2000-restricted | exchange-5.5-on-windows-2000-restricted-connector-patch |
        | the unauthorized account | exchange-5.5-on-windows-2000-restricted | exchange-5.5-on-windows-2000-restricted-connector-patch |

  Rule: The mail leaves as the server's own

    @id:effect/trace @ms02-011-c09
    Scenario Outline: Mail of the null session leaves <deployment> with that server's trace header
      Given the deployment <deployment>
      When the null session sends mail to the remote recipient
      Then the mail is relayed
      And its newest trace header names the server

      Examples:
        | deployment                     |
        | nt4-option-pack                |
        | windows-2000                   |
        | exchange-5.5-on-nt4-restricted |

    @id:effect/many-recipients @ms02-011-c09
    Scenario Outline: The null session reaches many recipients with one message through <deployment>
      Given the deployment <deployment>
      When the null session sends one message to 50 remote recipients
      Then every recipient is accepted
      And the message is relayed to every recipient

      Examples:
        | deployment                     |
        | nt4-option-pack                |
        | windows-2000                   |
        | exchange-5.5-on-nt4-restricted |

    @id:effect/forged-sender @ms02-011-c09
    Scenario: The null session sends under a name of its own choosing
      Given the deployment windows-2000
      When the null session sends mail from "someone.else@elsewhere.example" to the remote recipient
      Then the mail is relayed

  Rule: Nothing beyond the use of the mail service
    Administering the service, running programs and system commands, and reading or creating other people's mail are
    beyond what SMTP has a verb for. No dialogue can try them: the record says that the flaw does not give them, and
    nothing here counts as a test of it. What can be tried is tried behind mail that the flaw let through: another
    domain's waiting mail (TURN, ATRN), the members of a list (EXPN), and sending as another's mailbox, where the
    server binds accounts to their addresses. A sender that is merely made up is part of the flaw, and is shown above.

    @id:bounds/commands @ms02-011-c10
    Scenario Outline: On <deployment> the null session relays, and "<command>" yields nothing to it
      Given the deployment <deployment>
      When the null session sends mail to the remote recipient
      Then the mail is relayed
      When the null session signs in
      Then AUTH is accepted
      When the client says "<command>"
      Then the server refuses

      Examples:
        | deployment                     | command                |
        | nt4-option-pack                | TURN                   |
        | nt4-option-pack                | ATRN elsewhere.example |
        | nt4-option-pack                | EXPN staff             |
        | windows-2000                   | TURN                   |
        | windows-2000                   | ATRN elsewhere.example |
        | windows-2000                   | EXPN staff             |
        | exchange-5.5-on-nt4-restricted | TURN                   |
        | exchange-5.5-on-nt4-restricted | ATRN elsewhere.example |
        | exchange-5.5-on-nt4-restricted | EXPN staff             |

    @id:bounds/another-mailbox @ms02-011-c10
    Scenario Outline: Where the account must match the address, <role> does not submit as another mailbox
      Given the deployment exchange-5.5-on-nt4-account-matches-address
      When <role> sends mail from "authorized@inside.example" to the remote recipient
      Then AUTH is accepted
      And the mail is refused at the end of its data with the code 554

      Examples:
        | role                     |
        | the null session         |
        | the unauthorized account |

    @id:bounds/own-mailbox @ms02-011-c10
    Scenario Outline: Where the account must match the address, <role> does submit as its own
      Given the deployment exchange-5.5-on-nt4-account-matches-address
      When <role> sends mail to the remote recipient
      Then AUTH is accepted
      And the mail is relayed

      Examples:
        | role                     |
        | the unauthorized account |
        | the authorized account   |
